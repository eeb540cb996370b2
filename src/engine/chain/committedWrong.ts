import { timeText, type Tools } from '../tools.ts';
import type { Catalogue } from './catalogue.ts';
import type { CatalogueEntry } from './entry.ts';

/** An interrupted try of a run has committed a snapshot that the run then found wrong: the point counts as failed, and nothing is built on it. */
export async function markCommittedWrong(
  catalogue: Catalogue,
  { number, run, backup }: CatalogueEntry,
  { world, signal }: Tools,
): Promise<void> {
  const fault = 'It differs from the source snapshot that it names; the run that went on from its own found so.';
  const evidence = { format: 1, number, recoveryPoint: backup.snapshot, verdict: 'failed', fault, run, verifiedOn: timeText(world) };
  await catalogue.addProof(number, false, run, evidence, signal);
}
