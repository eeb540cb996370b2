import { StorageError } from '../errors.ts';
import type { Operation } from '../operations.ts';
import type { Target } from '../request.ts';
import type { Account } from '../store/model.ts';
import { delegationKey } from './delegationKey.ts';
import type { Grant } from './grant.ts';
import { PERMISSIONS } from './permissions.ts';
import { authenticationFailed, hmac } from './sharedKey.ts';

/**
 * Checks the SAS in a target's query: signature, time, protocol, resource, permission.
 * @throws AuthenticationFailed, AuthorizationPermissionMismatch and their kin
 */
export function checkSas(target: Target, account: Account, operation: Operation, now: number, protocol: 'http' | 'https'): Grant {
  const forAccount = target.query.has('ss');
  const text = forAccount ? accountSasText(target) : serviceSasText(target);
  const key = target.query.has('skoid') ? delegationKey(account.key, signedKey(target, now)) : account.key;
  if (hmac(key, text) !== target.query.get('sig')) {
    throw authenticationFailed(`Signature did not match. String to sign used was ${text}`);
  }
  checkTime(target, now);
  if (target.query.get('spr') === 'https' && protocol === 'http') throw new StorageError('AuthorizationProtocolMismatch');
  const letters = target.query.get('sp') ?? '';
  const needed = PERMISSIONS[operation];
  if (forAccount) {
    if (!target.query.get('ss')?.includes('b')) throw new StorageError('AuthorizationServiceMismatch');
    if (!target.query.get('srt')?.includes(needed.level)) throw new StorageError('AuthorizationResourceTypeMismatch');
  } else if (needed.accountOnly) {
    throw new StorageError('AuthorizationFailure');
  } else if (needed.level === 'c' && target.query.get('sr') !== 'c') {
    throw new StorageError('AuthorizationResourceTypeMismatch');
  }
  if (!needed.letters.split('').some((letter) => letters.includes(letter))) throw new StorageError('AuthorizationPermissionMismatch');
  return { kind: 'sas', letters };
}

function accountSasText(target: Target): string {
  const part = (name: string): string => target.query.get(name) ?? '';
  const scope = part('sv') >= '2020-12-06' ? [part('ses')] : [];
  return [
    target.account,
    part('sp'),
    part('ss'),
    part('srt'),
    part('st'),
    part('se'),
    part('sip'),
    part('spr'),
    part('sv'),
    ...scope,
    '',
  ].join('\n');
}

/** Of a service SAS, or of one signed with a user delegation key. What the form of a version lacks is left out, not empty. */
function serviceSasText(target: Target): string {
  const part = (name: string): string => target.query.get(name) ?? '';
  const version = part('sv');
  const delegated = target.query.has('skoid');
  const from = (first: string, ...parts: string[]): string[] => (version >= first ? parts : []);
  const signer = delegated
    ? [
        ...SIGNED_KEY.map(part),
        ...from('2020-02-10', part('saoid'), part('suoid'), part('scid')),
        ...from('2025-07-05', part('skdutid'), part('sduoid')),
      ]
    : [part('si')];
  return [
    part('sp'),
    part('st'),
    part('se'),
    resource(target),
    ...signer,
    part('sip'),
    part('spr'),
    version,
    ...from('2018-11-09', part('sr'), part('sr') === 'bs' ? part('snapshot') : ''),
    ...from('2020-12-06', part('ses')),
    ...(delegated ? from('2026-04-06', part('srh'), part('srq')) : []),
    ...['rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map(part),
  ].join('\n');
}

/** What is signed as the resource; comes from the address, so a SAS for something else does not match. */
function resource(target: Target): string {
  const sr = target.query.get('sr');
  const container = `/blob/${target.account}/${target.container ?? ''}`;
  if (sr === 'c') return container;
  if ((sr === 'b' || sr === 'bs') && target.blob !== undefined) return `${container}/${target.blob}`;
  throw authenticationFailed(`Signed resource ${sr} does not fit the address.`);
}

const SIGNED_KEY = ['skoid', 'sktid', 'skt', 'ske', 'sks', 'skv'];

function signedKey(target: Target, now: number): string[] {
  const key = SIGNED_KEY.map((name) => target.query.get(name) ?? '');
  if (now < Date.parse(key[2]!) || now >= Date.parse(key[3]!))
    throw authenticationFailed('The user delegation key is not valid in the specified time frame.');
  return key;
}

function checkTime(target: Target, now: number): void {
  const [start, expiry] = [target.query.get('st'), target.query.get('se')];
  if (expiry === undefined) throw authenticationFailed('se is mandatory. Cannot be empty');
  if ((start !== undefined && now < Date.parse(start)) || now >= Date.parse(expiry) || Number.isNaN(Date.parse(expiry))) {
    const show = (time: string | number | undefined): string => (time === undefined ? '' : new Date(time).toUTCString());
    throw authenticationFailed(
      `Signature not valid in the specified time frame: Start [${show(start)}] - Expiry [${show(expiry)}] - Current [${show(now)}]`,
    );
  }
}
