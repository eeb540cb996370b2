import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import type { PageBlob } from '../../pageBlob.ts';
import type { Proof } from '../../proof/proof.ts';
import type { RecordStore } from '../../recordStore.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';
import { liveSnapshots, pointOf } from './pointState.ts';

export interface PointsRequest {
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
}

export interface RecoveryPoint {
  readonly entry: CatalogueEntry;
  /** `missing`: its snapshot was deleted outside this tool. `failed`: a later verification found it wrong. */
  readonly state: 'good' | 'missing' | 'failed';
  /** What the later verification that read most has compared, where that was looked up. */
  readonly verified?: Proof | undefined;
}

/** The recovery points of a chain, newest first. @throws blobNotFound where there is neither a catalogue nor a backup blob */
export async function listPoints({ backup, catalogue }: PointsRequest, options: JobOptions): Promise<RecoveryPoint[]> {
  const tools = toolsFor(options);
  const chain = new Catalogue(catalogue, tools.retrier);
  const { failed } = await chain.index(tools.signal);
  const entries = await chain.entries(tools.signal);
  if (entries.length === 0)
    await tools.retrier.repeat('properties', () => backup.image().properties({ signal: tools.signal }), tools.signal);
  const live = await liveSnapshots(backup, tools);
  return entries.reverse().map((entry) => pointOf(entry, live.has(entry.backup.snapshot), failed));
}
