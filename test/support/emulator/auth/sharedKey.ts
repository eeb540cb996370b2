import { createHmac } from 'node:crypto';

import { StorageError } from '../errors.ts';
import type { StorageRequest } from '../request.ts';

/** Headers that are signed without their names, in this order. */
const SIGNED = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

export function hmac(key: string, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64');
}

export function authenticationFailed(detail: string): StorageError {
  return new StorageError('AuthenticationFailed', { details: { AuthenticationErrorDetail: detail } });
}

/** Checks `Authorization: SharedKey account:signature`. @throws AuthenticationFailed */
export function checkSharedKey(request: StorageRequest, key: string, now: number, skewMs: number | undefined): void {
  const match = /^SharedKey ([^:]+):(.+)$/.exec(request.headers['authorization'] ?? '');
  if (match === null || match[1] !== request.account)
    throw authenticationFailed('The Authorization header is malformed or names another account.');
  const date = Date.parse(request.headers['x-ms-date'] ?? request.headers['date'] ?? '');
  if (Number.isNaN(date)) throw authenticationFailed('x-ms-date or Date is missing.');
  if (skewMs !== undefined && Math.abs(date - now) > skewMs) {
    throw authenticationFailed(`The Date header in the request is incorrect: ${request.headers['x-ms-date']}.`);
  }
  const text = stringToSign(request);
  if (hmac(key, text) !== match[2]) {
    throw authenticationFailed(
      `The MAC signature found in the HTTP request is not the same as any computed signature. Server used following string to sign: '${text}'.`,
    );
  }
}

function stringToSign(request: StorageRequest): string {
  const { headers } = request;
  const plain = SIGNED.map((name) => {
    const value = headers[name] ?? '';
    if (name === 'content-length' && value === '0') return '';
    return name === 'date' && headers['x-ms-date'] !== undefined ? '' : value;
  });
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort(compareNames)
    .map((name) => `${name}:${headers[name]!.trim().replaceAll(/\s+/g, ' ')}\n`)
    .join('');
  // In a path-style address the path holds the account too, so it appears twice.
  const resource = [...request.query].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `\n${name}:${value}`);
  return `${request.method}\n${plain.join('\n')}\n${own}/${request.account}${request.rawPath}${resource.join('')}`;
}

/** The service sorts as .NET does for en-US: underscores before digits before letters, hyphens only where all else is equal. */
function compareNames(a: string, b: string): number {
  const [bareA, bareB] = [a, b].map((name) => name.replaceAll('-', '').replaceAll('_', '!')) as [string, string];
  if (bareA !== bareB) return bareA < bareB ? -1 : 1;
  return a < b ? -1 : 1;
}
