import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { CallRecord, Operation } from '../memory/calls.ts';
import type { SnapshotState } from '../memory/blobState.ts';
import type { Switches } from '../memory/switches.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from './memoryChain.ts';

/** Operations that move or clear pages. */
const PAGE_WRITES: readonly Operation[] = ['writePages', 'writePagesFrom', 'clearPages'];

export function isPageWrite({ operation }: CallRecord): boolean {
  return PAGE_WRITES.includes(operation);
}

/** The calls made while `act` runs, and what it gave. */
export async function callsDuring<T>({ service }: MemoryChain, act: () => Promise<T>): Promise<{ result: T; calls: CallRecord[] }> {
  const from = service.calls.length;
  const result = await act();
  return { result, calls: service.calls.slice(from) };
}

/** Bytes of the answered calls of these operations, of one blob where it is named. */
export function bytesOf(calls: readonly CallRecord[], operations: readonly Operation[], url?: string): number {
  const taken = calls.filter(
    (call) => operations.includes(call.operation) && call.outcome === 'done' && (url === undefined || call.url === url),
  );
  return taken.reduce((sum, { args }) => sum + (args.range ? args.range.end - args.range.start : 0), 0);
}

/** A call as the reader of a run's order sees it: `write backup`, `snapshot source`, … */
export function stepOf({ operation, url, snapshot }: CallRecord): string {
  const place = url === SOURCE ? 'source' : url === BACKUP ? 'backup' : url === CATALOGUE ? 'catalogue' : url;
  return `${operation} ${place}${snapshot === undefined ? '' : ' snapshot'}`;
}

/** Snapshots that still exist, oldest first. */
export function liveSnapshots({ service }: MemoryChain, url: string): Readonly<SnapshotState>[] {
  return service.oracle.snapshotsEver(url).filter(({ deletedBy }) => deletedBy === undefined);
}

/** What no run of ours may ever do to the source or to other people's snapshots; empty when all is well. */
export function trespasses({ service }: MemoryChain): string[] {
  const allowed: readonly Operation[] = ['createSnapshot', 'deleteSnapshot'];
  const writes = service.calls.filter(({ writes, url, operation }) => writes && url === SOURCE && !allowed.includes(operation));
  const taken = service.oracle
    .snapshotsEver()
    .filter(({ takenBy, deletedBy }) => takenBy === 'foreign' && deletedBy?.startsWith('process'));
  return [...writes.map(({ operation }) => `${operation} on the source`), ...taken.map(({ id, url }) => `deleted ${id} of ${url}`)];
}

/** Does the newest recovery point equal the disk as it is now? */
export async function newestEqualsDisk(chain: MemoryChain): Promise<string | undefined> {
  const tip = (await chain.entries()).at(-1);
  if (!tip) return 'there is no recovery point';
  return chain.service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: tip.backup.snapshot });
}

/** Pages 0 to 3 and 8 to 9 of 16 are held, and recovery point 1 has them. */
export async function chainWithOnePoint(options: { seed?: number; switches?: Partial<Switches> } = {}): Promise<MemoryChain> {
  const chain = new MemoryChain({ ...options, pages: 16 });
  chain.write(0, 1, 4);
  chain.write(8, 2, 2);
  await chain.backup({ transfer: 'relay' });
  return chain;
}

/** Bytes that `changeDisk` writes, and that it clears of what was held. */
export const CHANGED = { written: 5 * PAGE, cleared: 1 * PAGE } as const;

/** The disk is written in three places, trimmed in one, and grown by four pages of which one is written. */
export function changeDisk(chain: MemoryChain): void {
  chain.write(1, 3);
  chain.write(4, 4, 2);
  chain.write(12, 5);
  chain.clear(8);
  chain.service.foreign.resize(SOURCE, 20 * PAGE, 'holder');
  chain.write(18, 6);
}
