import { formatAddress, parseBlobUrl } from '../../azure/blobAddress.ts';
import { restoredName } from '../../engine/jobs/restore/restoredName.ts';
import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';
import type { FieldName } from '../../messages/restore.ts';
import type { RestoredPoint, RestoreSpec } from '../runs/run.ts';
import { urlKey } from '../words/places.ts';
import type { AccountChoice, RestoreState } from './state.ts';

/** The point that was chosen, as it was listed. */
export function chosenPoint({ points, point }: RestoreState): RecoveryPoint | undefined {
  return points.list.find(({ entry, state }) => entry.backup.snapshot === point && state !== 'missing');
}

/** The chosen point, once nothing keeps it from being restored. */
export function usablePoint(state: RestoreState): RecoveryPoint | undefined {
  const point = chosenPoint(state);
  return point?.state === 'failed' && !state.acceptsWrong ? undefined : point;
}

/** URL of the disk, as the newest point that is listed records it. */
export function diskOf(state: RestoreState): string | undefined {
  return (chosenPoint(state) ?? state.points.list[0])?.entry.source.url;
}

export function chosenAccount(state: RestoreState): AccountChoice | undefined {
  const id = state.fields.account;
  return id === undefined ? accountOf(diskOf(state), state) : state.accounts?.find((account) => account.id === id);
}

/** What stands in a field: what was typed, or what is suggested. */
export function valueOf(state: RestoreState, field: FieldName): string {
  return state.fields[field] ?? suggestionFor(state, field);
}

export function continuesChain(state: RestoreState): boolean {
  return valueOf(state, 'continueChain') === 'true';
}

/** URL of the blob that is made; undefined while the account is not known. */
export function targetUrl(state: RestoreState): string | undefined {
  const account = chosenAccount(state);
  if (!account) return undefined;
  const [container, blob] = [valueOf(state, 'container').trim(), valueOf(state, 'name').trim()];
  return formatAddress({ endpoint: account.endpoint, account: undefined, container, blob, snapshot: undefined });
}

/** URL of the backup blob of the new chain: beside the one that there is. */
export function newBackupUrl(state: RestoreState): string {
  const { address } = parseBlobUrl(state.backup, endpointsOf(state));
  return formatAddress({ ...address, blob: valueOf(state, 'newBackup').trim() });
}

/** What would be run; undefined while a choice is missing. It says nothing about whether the choices are any good. */
export function specOf(state: RestoreState): RestoreSpec | undefined {
  const point = usablePoint(state);
  if (!point) return undefined;
  const from = pointSpec(state.backup, point);
  if (state.kind === 'inPlace') return { ...from, job: 'rewind' };
  if (state.kind === 'file') {
    const path = valueOf(state, 'path').trim();
    return path === '' ? undefined : { ...from, job: 'restoreFile', path };
  }
  const target = targetUrl(state);
  if (target === undefined) return undefined;
  const tier = hasTier(state) ? valueOf(state, 'tier') || undefined : undefined;
  return continuesChain(state)
    ? { ...from, job: 'restoreChain', target, tier, newBackup: newBackupUrl(state) }
    : { ...from, job: 'restore', target, tier };
}

/** What a run is told of the point that it restores. */
export function pointSpec(backup: string, { entry, state }: RecoveryPoint): RestoredPoint {
  const { number, source } = entry;
  return { source: source.url, backup, point: entry.backup.snapshot, number, evenIfFailed: state === 'failed' };
}

/** The same as a text that can be compared. */
export function inputsKey(state: RestoreState): string | undefined {
  const spec = specOf(state);
  return spec && JSON.stringify(spec);
}

/** Only premium accounts have tiers of page blobs; of one that was attached nobody knows. */
export function hasTier(state: RestoreState): boolean {
  const account = chosenAccount(state);
  return account !== undefined && account.premium !== false;
}

function suggestionFor(state: RestoreState, field: FieldName): string {
  const disk = diskOf(state);
  switch (field) {
    case 'account':
      return accountOf(disk, state)?.id ?? '';
    case 'container': {
      const account = chosenAccount(state);
      if (account?.container !== undefined) return account.container;
      return disk !== undefined && account && accountOf(disk, state)?.id === account.id ? addressIn(disk, state).container : '';
    }
    case 'name':
      return disk === undefined ? '' : restoredName(addressIn(disk, state).blob);
    case 'newBackup':
      return restoredName(addressIn(state.backup, state).blob);
    case 'tier':
    case 'path':
      return '';
    case 'continueChain':
      return 'false';
  }
}

/** The account that a URL lies in. */
function accountOf(url: string | undefined, { accounts }: RestoreState): AccountChoice | undefined {
  if (url === undefined) return undefined;
  const key = urlKey(url);
  return accounts?.find(({ endpoint }) => key.startsWith(`${urlKey(endpoint)}/`));
}

/** URLs in records hold no secret; one that cannot be read suggests nothing. */
function addressIn(url: string, state: RestoreState): { readonly container: string; readonly blob: string } {
  try {
    return parseBlobUrl(url, endpointsOf(state)).address;
  } catch {
    return { container: '', blob: '' };
  }
}

function endpointsOf({ accounts }: RestoreState): string[] {
  return accounts?.map(({ endpoint }) => endpoint) ?? [];
}
