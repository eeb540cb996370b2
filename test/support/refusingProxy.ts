import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * How a proxy refuses: it asks for a name and a password (407), answers with a status that nobody knows, sends what is no HTTP, or closes. Each time it
 * repeats all that it was told, as error pages of proxies do. `passes` sends on what comes without TLS.
 */
export type Refusal = 'asks' | 'teapot' | 'garbles' | 'closes' | 'passes';

export interface RefusingProxy {
  /** With a name and this password. */
  url(password: string): string;
  refusal: Refusal;
  /** First lines and headers of the requests so far. */
  readonly heads: string[];
  close(): void;
}

/** A proxy for http and https, as HTTP_PROXY and HTTPS_PROXY name one. */
export async function startRefusingProxy(): Promise<RefusingProxy> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined).on('close', () => open.delete(socket)));
    let head = '';
    const read = (part: Buffer): void => {
      head += part.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', read);
      proxy.heads.push(head);
      answer(socket, head, proxy.refusal, open);
    };
    socket.on('data', read);
  });
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const proxy: RefusingProxy = {
    url: (password) => `http://marked-user:${password}@127.0.0.1:${port}`,
    refusal: 'asks',
    heads: [],
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
  return proxy;
}

function answer(socket: Socket, head: string, refusal: Refusal, open: Set<Socket>): void {
  if (refusal === 'closes') return void socket.destroy();
  if (refusal === 'garbles') return void socket.end(head);
  if (refusal === 'passes') {
    const { host, hostname, port } = new URL(head.split(' ')[1]!);
    const there = connect(Number(port), hostname, () => {
      there.write(head.replace(`http://${host}`, '').replace(/^connection: .*$/im, 'connection: close'), 'latin1');
      socket.pipe(there).pipe(socket);
    });
    open.add(there.on('error', () => socket.destroy()).on('close', () => open.delete(there)));
    return;
  }
  const page = `<html><h1>Refused</h1>${head.replaceAll('\r\n', ' ')} sent by ${head.split(' ')[1]}</html>`;
  const status = refusal === 'asks' ? '407 Proxy Authentication Required' : "418 I'm a proxy";
  const lines = [
    `HTTP/1.1 ${status}`,
    'Proxy-Authenticate: Basic realm="the office"',
    'Content-Type: text/html',
    `Content-Length: ${page.length}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${page}`);
}
