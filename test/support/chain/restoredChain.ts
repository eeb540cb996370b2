import assert from 'node:assert/strict';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import { resultOf, type RunEvent } from '../../../src/engine/events.ts';
import type { BackupResult } from '../../../src/engine/jobs/backup/backupRun.ts';
import {
  planRestoreChain,
  runRestoreChain,
  type RestoreChainRequest,
  type RestoreChainResult,
} from '../../../src/engine/jobs/restore/restoreChain.ts';
import type { Metadata } from '../../../src/engine/pageBlob.ts';
import type { JobOptions } from '../../../src/engine/tools.ts';
import { changeDisk, chainWithOnePoint } from './chainViews.ts';
import type { SnapshotState } from '../memory/blobState.ts';
import type { Switches } from '../memory/switches.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from './memoryChain.ts';

export const TARGET = 'https://disks.example/vhds/diskrestored.vhd';
export const NEW_BACKUP = 'https://backups.example/backups/diskrestored.vhd';
export const NEW_CATALOGUE = `${NEW_BACKUP}.chain`;
/** Two recovery points, of which the first, 6 pages of 16, is to be restored. */
export async function scene(options: { seed?: number; switches?: Partial<Switches> } = {}): Promise<{ chain: MemoryChain; point: string }> {
  const chain = await chainWithOnePoint(options);
  changeDisk(chain);
  await chain.backup({ transfer: 'relay' });
  const [first] = await chain.entries();
  return { chain, point: first!.backup.snapshot };
}

export function requestFor(chain: MemoryChain, point: string, request: Partial<RestoreChainRequest> = {}): RestoreChainRequest {
  const client = chain.service.client(`restore${chain.world.uuid()}`);
  return {
    backup: client.pageBlob(BACKUP),
    catalogue: client.recordStore(CATALOGUE),
    point,
    target: client.pageBlob(TARGET),
    newBackup: client.pageBlob(NEW_BACKUP),
    newCatalogue: client.recordStore(NEW_CATALOGUE),
    ...request,
  };
}

export async function restore(
  chain: MemoryChain,
  point: string,
  request: Partial<RestoreChainRequest> = {},
  job: Partial<JobOptions> = {},
  listen?: (event: RunEvent<RestoreChainResult>) => void,
): Promise<RestoreChainResult> {
  const all = requestFor(chain, point, request);
  const options = { world: chain.world, ...job };
  return resultOf(runRestoreChain(await planRestoreChain(all, options), all, options), listen);
}

export async function assertNewestIsDisk(chain: MemoryChain, when = ''): Promise<void> {
  const newest = (await newEntries(chain)).at(-1)!;
  const wrong = chain.service.oracle.differenceOf({ url: TARGET }, { url: NEW_BACKUP, snapshot: newest.backup.snapshot });
  assert.equal(wrong, undefined, when);
}

/** The next backup of the restored disk. */
export function backupOn(chain: MemoryChain): Promise<BackupResult> {
  const client = chain.service.client(`next${chain.world.uuid()}`);
  return chain.backup({
    source: client.pageBlob(TARGET),
    backup: client.pageBlob(NEW_BACKUP),
    catalogue: client.recordStore(NEW_CATALOGUE),
    transfer: 'relay',
  });
}

export async function newEntries(chain: MemoryChain): Promise<CatalogueEntry[]> {
  const faults = chain.service.interceptor;
  chain.service.interceptor = undefined;
  const store = chain.service.recordStore(NEW_CATALOGUE);
  const names = (await store.list()).filter((name) => /^\d+\.json$/.test(name));
  const entries = await Promise.all(names.map(async (name) => JSON.parse((await store.read(name))!) as CatalogueEntry));
  chain.service.interceptor = faults;
  return entries;
}

export const exists = ({ service }: MemoryChain, url: string): boolean => service.ledger.find(url) !== undefined;
export const metadataOf = ({ service }: MemoryChain, url: string): Metadata => service.oracle.contentOf({ url }).metadata;
export const live = ({ service }: MemoryChain, url: string): Readonly<SnapshotState>[] =>
  service.oracle.snapshotsEver(url).filter(({ deletedBy }) => deletedBy === undefined);

/** Law 1 of both chains, the old disk and its backup as they were, and half a disk never taken for a whole one. */
export async function lawsHold(chain: MemoryChain, point: string, when: string): Promise<void> {
  const { oracle } = chain.service;
  assert.deepEqual(await chain.faults(), [], when);
  for (const { backup, source } of await newEntries(chain)) {
    const wrong = oracle.differenceOf({ url: NEW_BACKUP, snapshot: backup.snapshot }, { url: TARGET, snapshot: source.snapshot });
    assert.equal(wrong, undefined, when);
    assert.ok(
      live(chain, TARGET).some(({ id }) => id === source.snapshot),
      `the anchor is there, ${when}`,
    );
    const passedOn = oracle.contentOf({ url: TARGET, snapshot: source.snapshot }).metadata['pbb_restore'];
    assert.notEqual(passedOn, 'partial', `a snapshot that counts does not call itself partial, ${when}`);
  }
  if (!exists(chain, TARGET)) return;
  if (metadataOf(chain, TARGET)['pbb_restore'] === 'complete') {
    assert.equal(oracle.differenceOf({ url: TARGET }, { url: BACKUP, snapshot: point }), undefined, when);
    assert.equal((await newEntries(chain)).length, 1, `a disk is complete only when its chain is recorded, ${when}`);
  } else assert.equal(metadataOf(chain, TARGET)['pbb_restore'], 'partial', when);
}

export async function isWhole(chain: MemoryChain, point: string, when: string): Promise<void> {
  await lawsHold(chain, point, when);
  const { oracle } = chain.service;
  assert.equal(metadataOf(chain, TARGET)['pbb_restore'], 'complete', when);
  assert.equal(oracle.differenceOf({ url: NEW_BACKUP }, { url: BACKUP, snapshot: point }), undefined, when);
  assert.equal(metadataOf(chain, NEW_BACKUP)['pbb_open'], undefined, when);
  assert.equal((await newEntries(chain)).length, 1, when);
}

/** What the old chain and its disk hold, to see that nothing of it is touched. */
export function oldChain({ service }: MemoryChain): string {
  const blobs = [SOURCE, BACKUP].map((url) => [service.oracle.contentOf({ url }).etag, service.oracle.snapshotsEver(url).length]);
  return JSON.stringify(blobs);
}
