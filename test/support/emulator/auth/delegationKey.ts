import { hmac } from './sharedKey.ts';

/**
 * The value of a user delegation key. It is derived from what the key says of itself (object, tenant, start, expiry, service, version), so the server
 * need not remember the keys that it has given out.
 */
export function delegationKey(accountKey: string, signed: readonly string[]): string {
  return hmac(accountKey, `user delegation key\n${signed.join('\n')}`);
}
