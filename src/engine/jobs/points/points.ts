import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { isBackupError } from '../../errors.ts';
import type { PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';

export interface PointsRequest {
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
}

export interface RecoveryPoint {
  readonly entry: CatalogueEntry;
  /** `missing`: its snapshot was deleted outside this tool. `failed`: a later verification found it wrong. */
  readonly state: 'good' | 'missing' | 'failed';
}

/** The recovery points of a chain, newest first. @throws blobNotFound where there is neither a catalogue nor a backup blob */
export async function listPoints({ backup, catalogue }: PointsRequest, options: JobOptions): Promise<RecoveryPoint[]> {
  const tools = toolsFor(options);
  const chain = new Catalogue(catalogue, tools.retrier);
  const { failed } = await chain.index(tools.signal);
  const entries = await chain.entries(tools.signal);
  if (entries.length === 0)
    await tools.retrier.repeat('properties', () => backup.image().properties({ signal: tools.signal }), tools.signal);
  const live = await tools.retrier.repeat('snapshots', () => liveSnapshots(backup, tools.signal), tools.signal);
  const stateOf = ({ number, backup: { snapshot } }: CatalogueEntry) => {
    if (!live.has(snapshot)) return 'missing';
    return failed.has(number) ? 'failed' : 'good';
  };
  return entries.reverse().map((entry) => ({ entry, state: stateOf(entry) }));
}

async function liveSnapshots(blob: PageBlob, signal: AbortSignal | undefined): Promise<Set<SnapshotId>> {
  const live = new Set<SnapshotId>();
  try {
    for await (const { id } of blob.snapshots({ signal })) live.add(id);
  } catch (error) {
    if (!isBackupError(error, 'blobNotFound', 'containerNotFound')) throw error;
  }
  return live;
}
