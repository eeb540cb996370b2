import type { Account } from '../store/model.ts';
import { isoSeconds } from '../ticker.ts';
import { hmac } from './sharedKey.ts';

/** What a SAS is to open: a snapshot, a blob, a container or, with none of them, the whole account. */
export interface SasRequest {
  readonly container?: string;
  readonly blob?: string;
  readonly snapshot?: string;
  /** Letters, in the service's order: racwdxltmeop. */
  readonly permissions: string;
  readonly startsOn?: Date;
  readonly expiresOn: Date;
}

const VERSION = '2021-12-02';

/** A SAS as query text without the question mark. For a snapshot it holds the snapshot's id too. */
export function mintSas(account: Account, request: SasRequest): string {
  const { container, blob, snapshot, permissions } = request;
  const se = isoSeconds(request.expiresOn.getTime());
  const st = request.startsOn === undefined ? '' : isoSeconds(request.startsOn.getTime());
  const times: [string, string][] =
    st === ''
      ? [['se', se]]
      : [
          ['st', st],
          ['se', se],
        ];
  if (container === undefined) {
    const text = [account.name, permissions, 'b', 'sco', st, se, '', '', VERSION, '', ''].join('\n');
    return query([['sv', VERSION], ['ss', 'b'], ['srt', 'sco'], ...times, ['sp', permissions], ['sig', hmac(account.key, text)]]);
  }
  const sr = blob === undefined ? 'c' : snapshot === undefined ? 'b' : 'bs';
  const resource = `/blob/${account.name}/${container}${blob === undefined ? '' : `/${blob}`}`;
  const text = [permissions, st, se, resource, '', '', '', VERSION, sr, snapshot ?? '', '', '', '', '', '', ''].join('\n');
  const named: [string, string][] = snapshot === undefined ? [] : [['snapshot', snapshot]];
  return query([...named, ['sv', VERSION], ...times, ['sr', sr], ['sp', permissions], ['sig', hmac(account.key, text)]]);
}

function query(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}
