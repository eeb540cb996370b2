import { formatAddress } from '../../../azure/blobAddress.ts';
import { isBackupError, type BackupError } from '../../../engine/errors.ts';
import { toolsFor } from '../../../engine/tools.ts';
import { urlKey } from '../../words/places.ts';
import type { RunSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';

/** A container, and where its account is. */
interface Place {
  readonly account: string;
  readonly container: string;
}

/**
 * URLs of the backup blobs whose catalogues lie in an account or a container, and of those there whose catalogues are known to lie elsewhere.
 * @param onUnlisted told of a container that cannot be listed; it does not take the others away
 * @throws what listing throws where there is nothing else to list
 */
export async function backupsIn(
  { account, container, place }: RunSpec & { job: 'verifyAll' },
  context: JobContext,
  onUnlisted: (container: string, error: BackupError) => void,
): Promise<readonly string[]> {
  const { session, options, places } = context;
  const { retrier, signal } = toolsFor(options);
  const names = container === undefined ? await containersOf(account, context) : [container];
  const own = names.map((name): Place => ({ account, container: name }));
  const isOwn = (other: Place): boolean => own.some((each) => urlOf(each, '') === urlOf(other, ''));
  const all = [...own, ...((await places?.placesFor(account)) ?? []).filter((other) => !isOwn(other))];
  const backups = new Map<string, string>();
  for (const where of all) {
    try {
      const browser = await session.browse(where.account, { container: where.container });
      const page = (from: string | undefined) => browser.pageBlobs(where.container, from, '', { signal });
      let marker: string | undefined;
      do {
        const from = marker;
        const { catalogues, next } = await retrier.repeat('blobs', () => page(from), signal);
        for (const name of catalogues) {
          const found = urlOf(where, name);
          const backup = (await places?.backupOf(found)) ?? found;
          if (isOwn(where) || urlKey(backup).startsWith(`${urlKey(place)}/`)) backups.set(urlKey(backup), backup);
        }
        marker = next;
      } while (marker !== undefined);
    } catch (error) {
      if (!isBackupError(error) || error.code === 'cancelled' || all.length === 1) throw error;
      onUnlisted(urlOf(where, ''), error);
    }
  }
  return [...backups.values()];
}

async function containersOf(account: string, { session, options }: JobContext): Promise<string[]> {
  const { retrier, signal } = toolsFor(options);
  const browser = await session.browse(account);
  const names: string[] = [];
  let marker: string | undefined;
  do {
    const from = marker;
    const { items, next } = await retrier.repeat('containers', () => browser.containers(from, { signal }), signal);
    names.push(...items.map(({ name }) => name));
    marker = next;
  } while (marker !== undefined);
  return names;
}

function urlOf({ account, container }: Place, blob: string): string {
  return formatAddress({ endpoint: account, account: undefined, container, blob, snapshot: undefined });
}
