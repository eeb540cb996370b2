import type { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { BackupError } from '../../errors.ts';
import type { Proof } from '../../proof/proof.ts';
import type { Tools } from '../../tools.ts';

/**
 * The first point of the chain that a restore begins, where it is recorded already: by a run of this restore that was interrupted later.
 * @throws alreadyExists where the catalogue is another chain's
 */
export async function firstPoint(
  catalogue: Catalogue,
  target: string,
  newBackup: string,
  { signal }: Tools,
): Promise<CatalogueEntry | undefined> {
  const { numbers, failed } = await catalogue.index(signal);
  if (numbers.length === 0) return undefined;
  const entry = numbers[0] === 1 ? await catalogue.entry(1, signal) : undefined;
  if (entry?.source.url === target && entry.backup.url === newBackup && !failed.has(1)) return entry;
  throw new BackupError('alreadyExists', `Beside ${newBackup} there are recovery points of another chain already.`, {
    unharmed: 'Nothing was changed.',
    hint: 'Name another blob for the backups to come.',
  });
}

/** Both snapshots were proven against the same recovery point; the record tells the smaller proof. */
export function lesserProof(a: Proof, b: Proof): Proof {
  const compared = ({ changedCompared, restCompared }: Proof): number => changedCompared + restCompared;
  return compared(a) <= compared(b) ? a : b;
}
