import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { authorize } from './auth/authorize.ts';
import { invalidHeader, StorageError } from './errors.ts';
import { flipBit } from './faults.ts';
import type { Fault, RequestHook } from './faults.ts';
import { HANDLERS } from './handlers/table.ts';
import { operationOf } from './operations.ts';
import type { Operation } from './operations.ts';
import { parseRequest } from './request.ts';
import type { StorageRequest } from './request.ts';
import type { Answer, Service } from './service.ts';
import { httpDate } from './ticker.ts';
import { element, XML_HEAD } from './xml.ts';

const MAX_BODY = 300 * 1024 * 1024;

/** Headers that change what a request means and that this server knows nothing of. Refused, for to ignore them would be a lie. */
const NOT_IMPLEMENTED = ['x-ms-structured-body', 'x-ms-encryption-key', 'x-ms-encryption-scope', 'x-ms-if-tags', 'x-ms-source-if-tags'];

/** PEM texts. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** A server, HTTPS with `tls`, that answers for `service`; each request is asked of `hook` first. */
export function storageServer(service: Service, hook: RequestHook, tls: Tls | undefined): Server {
  let index = 0;
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    // A client that hangs up while sending is no error of ours.
    respond(message, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  // Tests hold connections open between calls and hold single requests for long.
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;

  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(message);
    try {
      await carryOut(parseRequest(message, body), message, response);
    } catch (error) {
      // A hook that throws, too: the test sees its text instead of a broken connection.
      await send(response, message, errorAnswer(error, service), service);
    }
  }

  async function carryOut(asked: StorageRequest, message: IncomingMessage, response: ServerResponse): Promise<void> {
    let request = asked;
    const { body } = request;
    const operation = operationOf(request);
    const { account, container, blob, query, headers, method } = request;
    const info = {
      index: ++index,
      operation,
      method,
      account,
      container,
      blob,
      snapshot: query.get('snapshot'),
      query,
      headers,
      body,
    };
    count(service, request, operation);
    const fault = await hook(info);
    if (fault?.kind === 'drop' && !fault.afterEffect) return void response.destroy();
    if (fault?.kind === 'status' && !fault.afterEffect) return send(response, message, faultAnswer(fault), service);
    if (fault?.kind === 'delay') await new Promise((wake) => setTimeout(wake, fault.ms));
    if (fault?.kind === 'flipBit' && body.length > 0) request = { ...request, body: flipBit(body, fault.at) };

    const answer = perform(service, request, operation, fault?.kind === 'half');
    if (fault?.kind === 'half' && fault.end === 'status 500')
      return send(response, message, faultAnswer({ kind: 'status', status: 500, code: 'InternalError' }), service);
    if (fault?.kind === 'drop' || fault?.kind === 'half') return void response.destroy();
    if (fault?.kind === 'status') return send(response, message, faultAnswer(fault), service);
    if (fault?.kind === 'truncateAnswer') return truncate(response, answer, fault.bytes, fault.cleanly ?? false);
    if (fault?.kind === 'flipBit' && body.length === 0)
      return send(response, message, { ...answer, body: flipBit(wholeBody(answer), fault.at) }, service);
    return send(response, message, answer, service);
  }
  return server;
}

function perform(service: Service, request: StorageRequest, operation: Operation, storesHalf: boolean): Answer {
  try {
    const newest = service.switches.newestVersion;
    const version = request.headers['x-ms-version'];
    if (newest !== undefined && version !== undefined && version > newest) throw invalidHeader('x-ms-version', version);
    const meant = NOT_IMPLEMENTED.find((name) => request.headers[name] !== undefined);
    if (meant !== undefined) throw new StorageError('NotImplemented', { details: { HeaderName: meant } });
    const grant = authorize(service, request, operation);
    const handler = HANDLERS[operation];
    if (handler === undefined) throw new StorageError('NotImplemented');
    return handler({ service, request, account: service.store.account(request.account), grant, storesHalf });
  } catch (error) {
    return errorAnswer(error, service);
  }
}

function errorAnswer(error: unknown, service: Service): Answer {
  const known =
    error instanceof StorageError
      ? error
      : new StorageError('InternalError', { message: String(error instanceof Error ? error.stack : error) });
  const headers = { ...known.headers, 'x-ms-error-code': known.code };
  if (known.status === 304) return { status: 304, headers };
  const details = Object.entries(known.details).map(([name, text]) => element(name, text));
  const time = new Date(service.ticker.now()).toISOString();
  const message = `${known.message}\nRequestId:${randomUUID()}\nTime:${time}`;
  const xml = `${XML_HEAD}<Error>${element('Code', known.code)}${element('Message', message)}${details.join('')}</Error>`;
  return { status: known.status, headers: { ...headers, 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}

function faultAnswer(fault: Extract<Fault, { kind: 'status' }>): Answer {
  const xml = `${XML_HEAD}<Error>${element('Code', fault.code)}${element('Message', fault.message ?? 'A fault that the test asked for.')}</Error>`;
  const headers = { 'content-type': 'application/xml', 'x-ms-error-code': fault.code, ...fault.headers };
  return { status: fault.status, headers, ...(fault.status === 304 ? {} : { body: Buffer.from(xml) }) };
}

async function send(response: ServerResponse, message: IncomingMessage, answer: Answer, service: Service): Promise<void> {
  const { body } = answer;
  response.statusCode = answer.status;
  response.setHeader('server', 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0');
  response.setHeader('date', httpDate(service.ticker.now()));
  response.setHeader('x-ms-request-id', randomUUID());
  for (const name of ['x-ms-version', 'x-ms-client-request-id']) if (message.headers[name]) response.setHeader(name, message.headers[name]);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (typeof body !== 'string' && answer.status !== 304 && !response.hasHeader('content-length')) {
    response.setHeader('content-length', body?.length ?? 0);
  }
  if (message.method === 'HEAD' || body === undefined) return void response.end();
  if (typeof body === 'string') {
    service.counts.bytesOut += body.length;
    // Written apart from the end, which makes Node send it chunked.
    response.write(body);
    return void response.end();
  }
  service.counts.bytesOut += body.length;
  if (Buffer.isBuffer(body)) return void response.end(body);
  for (const piece of body.pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

/** Room again, or nobody there any more. */
async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((go) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      go();
    };
    response.on('drain', done).on('close', done);
  });
}

function truncate(response: ServerResponse, answer: Answer, bytes: number, cleanly: boolean): void {
  const whole = wholeBody(answer);
  const part = whole.subarray(0, bytes);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': cleanly ? part.length : whole.length });
  if (cleanly) return void response.end(part);
  response.write(part, () => response.destroy());
}

function wholeBody(answer: Answer): Buffer {
  const { body } = answer;
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.isBuffer(body) ? body : Buffer.concat([...body.pieces]);
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const length = Number(message.headers['content-length'] ?? NaN);
  if (length > MAX_BODY) throw new Error('body too large for this server');
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

function count(service: Service, request: StorageRequest, operation: Operation): void {
  const { counts } = service;
  counts.requests++;
  counts.byOperation[operation] = (counts.byOperation[operation] ?? 0) + 1;
  counts.byAccount[request.account] = (counts.byAccount[request.account] ?? 0) + 1;
  counts.bytesIn += request.body.length;
}
