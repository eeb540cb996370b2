import type { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { KEY } from '../../chain/metadata.ts';
import { takeMarkedSnapshot } from '../../chain/markedSnapshot.ts';
import type { OpenRun } from '../../chain/openRun.ts';
import type { PageBlob, SnapshotId, SnapshotInfo } from '../../pageBlob.ts';
import { discard } from '../../hold/discard.ts';
import type { Tools } from '../../tools.ts';
import { together } from '../../transfer/together.ts';
import { refuse } from './refusals.ts';
import type { BackupRequest } from './request.ts';

/** How many entries back a source snapshot is looked for before it is left alone. */
const LOOK_BACK = 64;

/**
 * The source snapshot of this run: the one it took before it was interrupted, as long as it lives, else a new one.
 * @throws busy where a restore writes to the disk
 */
export async function sourceSnapshot(
  source: PageBlob,
  backup: PageBlob,
  open: OpenRun,
  tools: Tools,
): Promise<{ id: SnapshotId; resumed: boolean }> {
  const { retrier, signal, emit } = tools;
  const mark = { key: KEY.run, value: open.run };
  const [{ metadata }, live] = await together([
    retrier.repeat('properties', () => source.image().properties({ signal }), signal),
    retrier.repeat('snapshots', () => liveSnapshots(source, signal), signal),
  ]);
  // A run that died between the snapshot and its record left one with its mark. Once the mark is on the blob itself a copy has passed it on, and it
  // may be on anybody's snapshots: then it proves nothing.
  const passedOn = metadata[mark.key] === mark.value;
  const marked = () => [...live.values()].find((snapshot) => snapshot.metadata[mark.key] === mark.value)?.id;
  const earlier = open.snapshot ?? (passedOn ? undefined : marked());
  if (earlier !== undefined && live.has(earlier)) {
    // What the record names has been looked at by the run that wrote it.
    if (earlier === open.snapshot || (await isOfWholeDisk(source, earlier, tools))) return { id: earlier, resumed: true };
    emit({ type: 'note', text: `The snapshot ${earlier} of an interrupted run was taken before a restore in place, and is not used.` });
  }
  const id = await takeMarkedSnapshot(source, mark, metadata, { [KEY.backup]: backup.url }, { retrier, signal });
  if (await isOfWholeDisk(source, id, tools)) return { id, resumed: false };
  await discard(source, [id], undefined, tools);
  throw refuse.halfRestored(source.url);
}

/** A restore in place may have begun since the plan was made, and also ended since the snapshot was taken: its marks tell. */
async function isOfWholeDisk(source: PageBlob, id: SnapshotId, { retrier, signal }: Tools): Promise<boolean> {
  const look = (snapshot?: SnapshotId) => retrier.repeat('properties', () => source.image(snapshot).properties({ signal }), signal);
  const [{ metadata: taken }, { metadata: now }] = await together([look(id), look()]);
  const hasEnded = now[KEY.restoredOn] !== undefined && now[KEY.restoredOn] !== taken[KEY.restoredOn];
  return now[KEY.restore] !== 'partial' && taken[KEY.restore] !== 'partial' && !hasEnded;
}

/**
 * Deletes the source snapshots that older recovery points name and that no difference needs any more, by their exact recorded ids. One that cannot
 * be deleted is left and told: it costs money, not safety.
 */
export async function deleteOldAnchors(
  { source, backup }: BackupRequest,
  tip: CatalogueEntry,
  keep: number,
  catalogue: Catalogue,
  tools: Tools,
): Promise<void> {
  const { retrier, signal } = tools;
  const [live, { numbers }] = await together([
    retrier.repeat('snapshots', () => liveSnapshots(source, signal), signal),
    catalogue.index(signal),
  ]);
  const older = numbers.filter((number) => number <= tip.number - Math.max(1, keep)).slice(-LOOK_BACK);
  live.delete(tip.source.snapshot);
  for (const number of older.reverse()) {
    if (live.size === 0) return;
    const entry = await catalogue.entry(number, signal);
    // Records that were copied here from another backup blob speak of snapshots that its chain still needs.
    if (entry.source.url !== source.url || entry.backup.url !== backup.url) continue;
    if (live.delete(entry.source.snapshot)) await discard(source, [entry.source.snapshot], undefined, tools);
  }
}

/** Oldest first. */
async function liveSnapshots(blob: PageBlob, signal?: AbortSignal): Promise<Map<SnapshotId, SnapshotInfo>> {
  const live = new Map<SnapshotId, SnapshotInfo>();
  for await (const snapshot of blob.snapshots({ signal })) live.set(snapshot.id, snapshot);
  return live;
}
