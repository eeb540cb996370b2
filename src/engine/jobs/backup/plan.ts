import { givesHonestDifferences, isDifferenceRefusal } from '../../chain/canary.ts';
import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry, RecoveryPointKind } from '../../chain/entry.ts';
import { KEY } from '../../chain/metadata.ts';
import { readOpenRun, type OpenRun } from '../../chain/openRun.ts';
import { isBackupError } from '../../errors.ts';
import type { BlobProperties, SnapshotId } from '../../pageBlob.ts';
import type { ProofLevel } from '../../proof/proof.ts';
import type { TransferChoice } from '../../transfer/pageMover.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';
import { estimateOf, type Estimate } from '../estimate.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { refuse } from './refusals.ts';
import type { BackupRequest } from './request.ts';
import { together } from '../../transfer/together.ts';
import { countWork, fullWork, incrementalWork } from './work.ts';

/** What a backup will do, as plain data. The run looks at everything again: a plan is for people, never a licence. */
export interface BackupPlan {
  readonly job: 'backup';
  readonly kind: RecoveryPointKind;
  /** Why it is of this kind, in plain words. */
  readonly reason: string;
  readonly source: { readonly url: string; readonly length: number; readonly createdOn: string | undefined };
  readonly backup: { readonly url: string; readonly exists: boolean };
  readonly transfer: TransferChoice;
  /** Undefined: `changed` with relay, `sample` with server transfer. */
  readonly proof: ProofLevel | undefined;
  /** Number of the newest recovery point, 0 for none. */
  readonly parent: number;
  /** The source snapshot and the backup snapshot of the newest recovery point, where the service's differences to them can be believed. */
  readonly anchor: SnapshotId | undefined;
  readonly base: SnapshotId | undefined;
  /** An interrupted run that will be finished. */
  readonly resumes: OpenRun | undefined;
  /** From the disk as it is now; undefined where it was not asked for or cannot be known without reading. */
  readonly estimate: Estimate | undefined;
  readonly warnings: readonly string[];
}

/**
 * Looks at source, backup blob and catalogue and says what a run would do. Changes nothing.
 * @param options.estimate also count pages, from the source as it is now (metadata requests only)
 * @throws sameBlob, otherSource, notOurs, blobNotFound, busy, notPageBlob, access and service errors
 */
export async function planBackup(request: BackupRequest, options: JobOptions & { readonly estimate?: boolean }): Promise<BackupPlan> {
  const tools = toolsFor(options);
  const state = await lookAt(request, tools);
  const { kind, reason, warnings, anchor, base } = await kindOfRun(request, state, tools);
  const plan = {
    job: 'backup',
    kind,
    reason,
    source: { url: request.source.url, length: state.source.length, createdOn: state.source.createdOn },
    backup: { url: request.backup.url, exists: state.backup !== undefined },
    transfer: request.transfer ?? 'auto',
    proof: request.proof,
    parent: state.tip?.number ?? 0,
    anchor,
    base,
    resumes: state.openRun,
    warnings,
  } as const;
  return { ...plan, estimate: options.estimate ? await estimate(request, plan, state, tools) : undefined };
}

interface State {
  readonly source: BlobProperties;
  readonly backup: BlobProperties | undefined;
  readonly tip: CatalogueEntry | undefined;
  /** A point that was found wrong and that the newest one is built on, or is itself. */
  readonly failed: number | undefined;
  readonly openRun: OpenRun | undefined;
}

async function lookAt({ source, backup, catalogue, adopt }: BackupRequest, tools: Tools): Promise<State> {
  const { retrier, signal } = tools;
  if (source.url === backup.url) throw refuse.sameBlob(source.url);

  const chain = new Catalogue(catalogue, retrier);
  const [sourceProperties, backupProperties, { numbers, failed, pruned }] = await together([
    retrier.repeat('properties', () => source.image().properties({ signal }), signal),
    retrier.repeat('properties', () => propertiesIfThere(backup, signal), signal),
    chain.index(signal),
  ]);
  if (sourceProperties.copy?.status === 'pending') throw refuse.copyPending(source.url);
  if (sourceProperties.metadata[KEY.restore] === 'partial') throw refuse.halfRestored(source.url);
  if (backupProperties && isSameBlob(sourceProperties, backupProperties)) throw refuse.sameBlob(source.url);
  const newest = numbers.at(-1);
  const tip = newest === undefined ? undefined : await chain.entry(newest, signal);

  if (tip && tip.source.url !== source.url) throw refuse.otherSource(backup.url, tip.source.url);
  if (tip && !backupProperties) throw refuse.backupBlobGone(backup.url, numbers.length - pruned.size);
  if (backupProperties?.copy?.status === 'pending') throw refuse.copyPending(backup.url);

  const openRun = backupProperties && readOpenRun(backupProperties.metadata);
  if (backupProperties && !tip) {
    if (openRun && openRun.source !== source.url) throw refuse.otherSource(backup.url, openRun.source);
    // Our other marks prove nothing: a copy of a recovery point under another name has them too.
    if (!openRun && !adopt && (await belongsToSomebody(backup, backupProperties, tools))) {
      throw KEY.chain in backupProperties.metadata ? refuse.catalogueElsewhere(backup.url) : refuse.notOurs(backup.url);
    }
  }
  if (backupProperties?.lease === 'leased' && !openRun?.paused) throw refuse.busy(backup.url, openRun?.startedOn);
  return {
    source: sourceProperties,
    backup: backupProperties,
    tip,
    failed: await failedGround(chain, numbers, failed, signal),
    openRun: openRun?.parent === (tip?.number ?? 0) ? openRun : undefined,
  };
}

/** One blob under two spellings of its URL: only then can creation time, ETag and length all be the same. */
function isSameBlob(a: BlobProperties, b: BlobProperties): boolean {
  return a.createdOn !== undefined && a.createdOn === b.createdOn && a.etag === b.etag && a.length === b.length;
}

/** The newest point found wrong among those that the tip is built on: back to the last one for which the whole disk was copied or compared. */
async function failedGround(chain: Catalogue, numbers: readonly number[], failed: ReadonlySet<number>, signal: AbortSignal | undefined) {
  if (failed.size === 0) return undefined;
  for (const number of numbers.toReversed()) {
    if (failed.has(number)) return number;
    if ((await chain.entry(number, signal)).kind !== 'incremental') return undefined;
  }
  return undefined;
}

/** Pages, snapshots or metadata that are not ours: a blob that was only made, also by a run of ours that died at once, has none. */
async function belongsToSomebody(
  blob: BackupRequest['backup'],
  { length, metadata }: BlobProperties,
  { retrier, signal }: Tools,
): Promise<boolean> {
  if (Object.keys(metadata).some((key) => !Object.values<string>(KEY).includes(key))) return true;
  const disk = { start: 0, end: length };
  for await (const window of retrier.windows('page ranges', disk, (rest) => blob.image().allocated(rest, { signal }), signal)) {
    if (window.ranges.length > 0) return true;
  }
  return retrier.repeat(
    'snapshots',
    async () => {
      for await (const _ of blob.snapshots({ signal })) return true;
      return false;
    },
    signal,
  );
}

type KindOfRun = Pick<BackupPlan, 'kind' | 'reason' | 'warnings' | 'anchor' | 'base'>;

async function kindOfRun(request: BackupRequest, { source, backup, tip, failed }: State, { retrier, signal }: Tools): Promise<KindOfRun> {
  const nothing = { warnings: [], anchor: undefined, base: undefined };
  if (request.full) return { ...nothing, kind: 'full', reason: 'A full copy was asked for.' };
  if (!tip) {
    const adopted = request.adopt && backup !== undefined && backup.metadata[KEY.chain] === undefined;
    return adopted
      ? { ...nothing, kind: 'rebase', reason: 'The backup blob held data before: it is compared with the disk and made equal to it.' }
      : { ...nothing, kind: 'full', reason: 'This is the first recovery point of the chain.' };
  }
  if (failed !== undefined) {
    const reason = `Recovery point ${failed} was found wrong by a later verification, so nothing is built on it: the whole disk is compared.`;
    return { ...nothing, kind: 'rebase', reason };
  }
  const recreated = tip.source.createdOn !== null && source.createdOn !== undefined && tip.source.createdOn !== source.createdOn;
  const warnings = recreated ? ['The source blob was created again since the last recovery point. Earlier points are unharmed.'] : [];

  const anchor = tip.source.snapshot;
  const [backupIsHonest, sourceIsHonest, hasAnchor] = await together([
    givesHonestDifferences(request.backup.image(), retrier, signal),
    givesHonestDifferences(request.source.image(), retrier, signal),
    hasSnapshot(request.source, anchor, retrier, signal),
  ]);
  const base = backupIsHonest ? tip.backup.snapshot : undefined;
  if (!sourceIsHonest || !backupIsHonest) {
    const side = sourceIsHonest ? 'backup' : 'source';
    const reason = `The service of the ${side} account ignores differences between snapshots (it answered one for a snapshot that does not exist), so the whole disk is compared.`;
    return { kind: 'rebase', reason, warnings, anchor: undefined, base };
  }
  if (!hasAnchor) {
    const reason = `The anchor snapshot ${anchor} is gone (deleted outside this tool), so the service cannot list the changes and the whole disk is compared.`;
    return { kind: 'rebase', reason, warnings, anchor: undefined, base };
  }
  return { kind: 'incremental', reason: `Changes since recovery point ${tip.number}.`, warnings, anchor, base };
}

async function hasSnapshot(
  blob: BackupRequest['source'],
  id: SnapshotId,
  retrier: Tools['retrier'],
  signal?: AbortSignal,
): Promise<boolean> {
  return retrier.repeat(
    'snapshots',
    async () => {
      for await (const snapshot of blob.snapshots({ signal })) if (snapshot.id === id) return true;
      return false;
    },
    signal,
  );
}

/** Counts on the live source, which is a moving target: good enough to show, and never used to copy. */
async function estimate(
  { source, backup }: BackupRequest,
  plan: Pick<BackupPlan, 'kind' | 'anchor' | 'base' | 'backup'>,
  state: State,
  tools: Tools,
): Promise<Estimate | undefined> {
  const { length } = state.source;
  const from = source.image();
  const target = state.backup && state.backup.length > 0 ? backup.image() : undefined;
  const pages = { original: from, target, within: { start: 0, end: length } };
  try {
    if (plan.kind === 'rebase') return undefined;
    if (plan.kind === 'full' || !target) return estimateOf(await countWork(fullWork(pages, tools)));
    const tail = Math.min(state.tip!.source.length, state.backup!.length);
    return estimateOf(await countWork(incrementalWork({ ...pages, target, anchor: plan.anchor!, base: plan.base!, tail }, tools)));
  } catch (error) {
    // An attached disk lets nobody list its base, and a refused difference makes a rebase of which nothing is known before it has read.
    if (isDifferenceRefusal(error) || isBackupError(error, 'systemInUse')) return undefined;
    throw error;
  }
}
