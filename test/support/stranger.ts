import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TEST_CERTIFICATE, TEST_KEY } from '../unit/azure/selfSigned.ts';

/** An https host that belongs to nobody we know, and notes what it is asked. */
export interface Stranger {
  /** `https://127.0.0.1:PORT` */
  readonly origin: string;
  /** Method, path, and what it was shown to prove who asks. */
  readonly seen: SeenRequest[];
  /** Answers every request by sending it on to this address. */
  redirectTo: string | undefined;
  close(): Promise<void>;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

export async function startStranger(): Promise<Stranger> {
  const seen: SeenRequest[] = [];
  const stranger = { origin: '', seen, redirectTo: undefined as string | undefined, close };
  const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (request: IncomingMessage, response) => {
    const { authorization, 'x-ms-copy-source-authorization': ofSource } = request.headers;
    seen.push({ method: request.method ?? '', url: request.url ?? '', authorization: authorization ?? (ofSource as string | undefined) });
    request.resume();
    const there = stranger.redirectTo && `${stranger.redirectTo}${request.url ?? ''}`;
    if (there) response.writeHead(307, { location: there }).end();
    else response.writeHead(404, { 'x-ms-error-code': 'BlobNotFound', 'x-ms-request-id': 'r' }).end();
  });
  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise<void>((done) => void server.close(() => done()));
  }
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready));
  stranger.origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stranger;
}
