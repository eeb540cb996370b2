import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { operationOf } from '../emulator/operations.ts';
import { parseRequest } from '../emulator/request.ts';
import { applies, flipped, type Decide, type Verb } from './verbs.ts';

/** A real HTTP proxy between the SDK and a service, which does to single requests what networks and busy services do. */
export interface FaultProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Asked about every request; undefined lets all through. */
  decide: Decide | undefined;
  /** Requests since the start or `resetCount`. */
  readonly count: number;
  resetCount(): void;
  /** Verbs that have happened, in order. */
  readonly fired: readonly Verb['verb'][];
  /** Sends what was held back to the service now. @returns how many requests that were */
  deliverLate(): Promise<number>;
  close(): Promise<void>;
}

/** Only an answer with a body can suffer these, and whether it has one is known when it comes. */
const ON_ANSWERS: readonly Verb['verb'][] = ['flipAnswer', 'cutAnswer'];

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Starts a proxy before the service on `port` of this machine. */
export async function startFaultProxy(port: number): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const late: (() => Promise<unknown>)[] = [];
  const fired: Verb['verb'][] = [];
  const happened = (verb: Verb): void => void fired.push(verb.verb);
  let decide: Decide | undefined;
  let count = 0;

  const server = createServer((message, response) => {
    // What breaks here was broken on purpose, or its sender has gone.
    respond(message, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;

  /** Sends a request on. `bytes`: how much of the body arrives before the connection breaks. */
  const forward = (message: IncomingMessage, body: Buffer, bytes = body.length): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { method = '', url = '', rawHeaders } = message;
      // As they were written: the names of metadata keep their case.
      const onward = request({ agent, host: '127.0.0.1', port, method, path: url, headers: rawHeaders }, (answer) => {
        readAll(answer).then((read) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: read }), reject);
      });
      onward.once('error', reject);
      if (bytes === body.length) onward.end(body);
      else onward.write(body.subarray(0, bytes), () => onward.destroy(new Error('cut')));
    });

  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(message);
    const index = count++;
    const { method = '', url = '' } = message;
    const passing = { index, operation: operationOf(parseRequest(message, body)), method, path: url, bytes: body.length };
    const verb = await decide?.(passing);
    if (!verb || !applies(verb, passing)) return give(response, message, await forward(message, body));
    if (!ON_ANSWERS.includes(verb.verb)) happened(verb);
    switch (verb.verb) {
      case 'drop':
        return void response.destroy();
      case 'stall':
        return;
      case 'late':
        late.push(() => forward(message, body));
        return void response.destroy();
      case 'echo':
        late.push(() => forward(message, body));
        return give(response, message, await forward(message, body));
      case 'loseAnswer':
        await forward(message, body);
        return void response.destroy();
      case 'duplicate':
        await forward(message, body);
        return give(response, message, await forward(message, body));
      case 'cutRequest':
        await forward(message, body, body.length >> 1).catch(() => undefined);
        return void response.destroy();
      case 'flipRequest':
        return give(response, message, await forward(message, flipped(body, verb.at)));
      case 'flipAnswer': {
        const answer = await forward(message, body);
        if (answer.body.length > 0) happened(verb);
        return give(response, message, { ...answer, body: flipped(answer.body, verb.at) });
      }
      case 'cutAnswer': {
        const answer = await forward(message, body);
        if (answer.body.length === 0) return give(response, message, answer);
        happened(verb);
        return cut(response, answer, verb.cleanly ?? false);
      }
      case 'status':
        if (verb.afterEffect) await forward(message, body);
        return give(response, message, refusal(verb.status, verb.code));
      case 'slow':
        await new Promise((wake) => setTimeout(wake, verb.ms));
        return give(response, message, await forward(message, body));
    }
  }

  await new Promise<void>((ready, failed) => server.once('error', failed).listen(0, '127.0.0.1', ready));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get decide() {
      return decide;
    },
    set decide(next) {
      decide = next;
    },
    get count() {
      return count;
    },
    resetCount: () => void (count = 0),
    fired,
    async deliverLate() {
      const held = late.splice(0);
      for (const send of held) await send();
      return held.length;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function give(response: ServerResponse, message: IncomingMessage, { status, headers, body }: Answer): void {
  response.writeHead(status, withLength(headers, message.method === 'HEAD' ? undefined : body.length));
  response.end(body);
}

function cut(response: ServerResponse, { status, headers, body }: Answer, cleanly: boolean): void {
  const half = body.subarray(0, body.length >> 1);
  response.writeHead(status, withLength(headers, cleanly ? half.length : body.length));
  if (cleanly) response.end(half);
  else response.write(half, () => response.destroy());
}

/** An answer is passed on in one piece, also where the service has sent it chunked. `length` undefined: as it said itself. */
function withLength(headers: IncomingMessage['headers'], length: number | undefined): Record<string, string | string[] | number> {
  const kept = Object.entries(headers).filter(
    ([name]) => name !== 'transfer-encoding' && (name !== 'content-length' || length === undefined),
  );
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...(length !== undefined && { 'content-length': length }) };
}

function refusal(status: number, code: string): Answer {
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>A fault of the line.</Message></Error>`;
  const isBare = status === 304;
  return {
    status,
    headers: { 'x-ms-error-code': code, 'x-ms-request-id': 'proxy', ...(!isBare && { 'content-type': 'application/xml' }) },
    body: Buffer.from(isBare ? '' : xml),
  };
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
