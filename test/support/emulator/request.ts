import type { IncomingMessage } from 'node:http';

import { StorageError } from './errors.ts';

/** A request as the handlers see it. */
export interface StorageRequest {
  readonly method: string;
  /** As sent, percent-encoded: what SharedKey signs. */
  readonly rawPath: string;
  readonly account: string;
  readonly container: string | undefined;
  readonly blob: string | undefined;
  /** Names in lower case, values decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names as the client wrote them. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** What a URL names: used for requests and for copy sources alike. */
export interface Target {
  readonly account: string;
  readonly container: string | undefined;
  readonly blob: string | undefined;
  readonly query: ReadonlyMap<string, string>;
}

const META = 'x-ms-meta-';

export function parseTarget(url: string): Target & { readonly rawPath: string } {
  const [rawPath, search = ''] = splitOnce(url, '?');
  const [account = '', container, ...blob] = rawPath.split('/').slice(1).map(decode);
  const query = new Map<string, string>();
  for (const pair of search.split('&')) {
    if (pair === '') continue;
    const [name, value = ''] = splitOnce(pair, '=');
    query.set(decode(name).toLowerCase(), decode(value));
  }
  return { rawPath, account, container: container || undefined, blob: blob.join('/') || undefined, query };
}

/** @param body the whole body, read before */
export function parseRequest(message: IncomingMessage, body: Buffer): StorageRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) headers[name] = Array.isArray(value) ? value.join(',') : (value ?? '');
  const metadata = new Map<string, string>();
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i]!;
    if (name.toLowerCase().startsWith(META)) metadata.set(name.slice(META.length), message.rawHeaders[i + 1]!.trim());
  }
  return { method: message.method ?? 'GET', ...parseTarget(message.url ?? '/'), headers, metadata, body };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StorageError('InvalidUri');
  }
}
