import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BackupError } from '../../src/engine/errors.ts';
import { resultOf } from '../../src/engine/events.ts';
import { planPromote, runPromote } from '../../src/engine/jobs/promote/promote.ts';
import { indexOf } from '../../src/engine/chain/recordNames.ts';
import { planPrune } from '../../src/engine/jobs/prune/plan.ts';
import { runPrune } from '../../src/engine/jobs/prune/run.ts';
import { planRestoreChain, runRestoreChain } from '../../src/engine/jobs/restore/restoreChain.ts';
import { planRestoreToBlob, runRestoreToBlob } from '../../src/engine/jobs/restore/restoreToBlob.ts';
import { planRestoreToFile, runRestoreToFile } from '../../src/engine/jobs/restore/restoreToFile.ts';
import { planRewind, runRewind } from '../../src/engine/jobs/restore/rewind.ts';
import { runVerify } from '../../src/engine/jobs/verify/verify.ts';
import type { JobOptions } from '../../src/engine/tools.ts';
import { liveSnapshots } from '../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from '../support/chain/memoryChain.ts';
import { MemoryFileSystem } from '../support/files/memoryDisk.ts';
import { Crash, type Fault } from '../support/memory/faults.ts';
import type { MemoryClient } from '../support/memory/memoryClient.ts';
import type { Switches } from '../support/memory/switches.ts';
import { act, fault, foreignStep, sourceStep, switches, type Step } from './histories.ts';

const PAGES = 12;

/** Every job of the engine that works on a chain or its disk. Another one is added here, in `carryOut` and in `JOBS`. */
const JOBS = [
  'backup',
  'backup',
  'backup',
  'twoBackups',
  'verify',
  'restoreToBlob',
  'restoreToFile',
  'restoreChain',
  'rewind',
  'promote',
  'prune',
] as const;
type Job = (typeof JOBS)[number];

interface JobStep {
  readonly do: 'job';
  readonly job: Job;
  readonly transfer: 'auto' | 'server' | 'relay';
  readonly full: boolean;
  /** Which point or snapshot. */
  readonly choice: number;
  readonly faults: readonly { readonly at: number; readonly fault: Fault }[];
  readonly meanwhile: readonly { readonly at: number; readonly step: Step }[];
  readonly cancelAt: number | undefined;
  /** The leases of runs that died before have run out. */
  readonly rested: boolean;
}

export interface MixedHistory {
  readonly seed: number;
  readonly switches: Partial<Switches>;
  readonly steps: readonly (Step | JobStep)[];
}

const at = fc.nat(90);
const jobStep: fc.Arbitrary<JobStep> = fc.record({
  do: fc.constant('job'),
  job: fc.constantFrom(...JOBS),
  transfer: fc.constantFrom('auto', 'relay', 'relay', 'server'),
  full: fc.nat(9).map((n) => n === 9),
  choice: fc.nat(20),
  faults: fc.array(fc.record({ at, fault }), { maxLength: 2 }),
  meanwhile: fc.array(fc.record({ at, step: fc.oneof(sourceStep, foreignStep) }), { maxLength: 1 }),
  cancelAt: fc.nat(500).map((n) => (n <= 90 ? n : undefined)),
  rested: fc.nat(3).map((n) => n > 0),
});

export const mixedHistories: fc.Arbitrary<MixedHistory> = fc.record({
  seed: fc.nat(),
  switches: fc.tuple(switches, fc.constantFrom(0, 0, 3)).map(([some, copyPolls]) => Object.assign(some, { copyPolls })),
  steps: fc.array(
    fc.oneof({ weight: 4, arbitrary: sourceStep }, { weight: 1, arbitrary: foreignStep }, { weight: 4, arbitrary: jobStep }),
    { minLength: 4, maxLength: 16 },
  ),
});

/** What many histories came to; added to by each. */
export class Tally {
  histories = 0;
  /** How jobs ended, as `backup done`, `rewind failed`, `promote died`. */
  readonly jobs = new Map<string, number>();
  /** Faults that have happened, by kind. */
  readonly faults = new Map<string, number>();
  calls = 0;
  points = 0;
  /** Disks restored and compared with what they ought to be, and their bytes. */
  restored = 0;
  bytesCompared = 0;

  count(map: Map<string, number>, key: string, by = 1): void {
    map.set(key, (map.get(key) ?? 0) + by);
  }

  /** Another tally's numbers too; it may come from another thread. */
  add({ jobs, faults, histories, calls, points, restored, bytesCompared }: Omit<Tally, 'count' | 'add'>): void {
    for (const [end, count] of jobs) this.count(this.jobs, end, count);
    for (const [kind, count] of faults) this.count(this.faults, kind, count);
    this.histories += histories;
    this.calls += calls;
    this.points += points;
    this.restored += restored;
    this.bytesCompared += bytesCompared;
  }
}

/** Lives a history to its end, and after it a calm time in which everything comes to a right end. @throws where a law is broken */
export async function liveMixed(history: MixedHistory, tally: Tally): Promise<void> {
  const chain = new MemoryChain({ seed: history.seed, pages: PAGES, switches: history.switches });
  const life = new Life(chain, tally);
  chain.write(0, 1, 3);
  for (const step of history.steps) {
    if (step.do === 'job') await life.run(step);
    else act(chain, step, 'stranger');
  }
  await life.calm();
  tally.histories++;
  tally.calls += chain.service.calls.length;
  tally.points += (await chain.entries()).length;
  for (const { fault: met } of chain.service.calls) if (met) tally.count(tally.faults, met.kind);
}

class Life {
  readonly #chain: MemoryChain;
  readonly #tally: Tally;
  #names = 0;

  constructor(chain: MemoryChain, tally: Tally) {
    this.#chain = chain;
    this.#tally = tally;
  }

  async run(step: JobStep): Promise<void> {
    const { service, world } = this.#chain;
    const stop = new AbortController();
    if (step.rested) world.jump(61_000);
    const from = service.calls.length;
    service.interceptor = ({ index }) => {
      const call = index - from;
      for (const other of step.meanwhile) if (other.at === call) act(this.#chain, other.step, 'stranger');
      if (call === step.cancelAt) stop.abort();
      return step.faults.find((each) => each.at === call)?.fault;
    };
    let end = 'done';
    try {
      await this.#carryOut(step, { signal: stop.signal });
    } catch (error) {
      if (error instanceof Crash) end = 'died';
      else if (error instanceof BackupError && error.code !== 'unexpected') end = 'failed';
      else throw error;
    } finally {
      service.interceptor = undefined;
    }
    this.#tally.count(this.#tally.jobs, `${step.job} ${end}`);
    assert.deepEqual(await this.#chain.faults(), [], `after ${step.job}`);
  }

  /** Faults have ended: what is half done is finished, the next backup commits, and points can be restored. */
  async calm(): Promise<void> {
    const chain = this.#chain;
    const { service, world } = chain;
    const { foreign } = service;
    service.late.deliver();
    world.jump(120_000);
    await this.#finishRewind();
    service.late.deliver();
    world.jump(120_000);
    if (service.ledger.pageBlob(SOURCE).pendingCopy) service.ledger.endCopy(service.ledger.pageBlob(SOURCE), 'success');
    if (service.oracle.contentOf({ url: SOURCE }).length < 2 * 512) foreign.resize(SOURCE, PAGES * 512, 'holder');
    chain.write(0, 250);
    const request = { transfer: 'relay', proof: 'changed', adopt: true } as const;
    const next = await chain.backup(request);
    assert.deepEqual(await chain.faults(), [], 'in the end');
    if (next.resumed) await chain.backup(request);
    assert.deepEqual(await chain.faults(), [], 'in the end');
    const newest = (await chain.entries()).at(-1)!;
    const wrong = service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: newest.backup.snapshot });
    assert.equal(wrong, undefined, 'the newest point is the disk');
    // All points are compared above; the newest one and one drawn by lot also go the way of a restore.
    const points = await this.#points();
    const chosen = new Set([points.at(-1)!, points[world.pick(points.length)]!]);
    for (const point of chosen) await this.#restoreToBlob(this.#client('restore'), point, 'auto', {});
  }

  /** A disk that is half way to a point gets there, unless that point is gone: then somebody decides to keep the disk as it is. */
  async #finishRewind(): Promise<void> {
    const { service } = this.#chain;
    const marks = service.oracle.contentOf({ url: SOURCE }).metadata;
    if (marks['pbb_restore'] !== 'partial') return;
    const point = (await this.#points()).find((each) => marks['pbb_restored_from']?.endsWith(each));
    if (point === undefined) return service.foreign.setMetadata(SOURCE, {}, 'holder');
    try {
      await this.#rewind(this.#client('rewind'), point, 'auto', {});
      this.#compare({ url: SOURCE }, { url: BACKUP, snapshot: point }, 'the disk is the point');
    } catch (error) {
      // The point was found wrong, or another tool has put a blob in the place of the disk meanwhile.
      if (!(error instanceof BackupError) || error.retryable) throw error;
      service.foreign.setMetadata(SOURCE, {}, 'holder');
    }
  }

  async #carryOut({ job, transfer, full, choice, meanwhile }: JobStep, options: Pick<JobOptions, 'signal'>): Promise<void> {
    const chain = this.#chain;
    const { oracle } = chain.service;
    if (job === 'backup') return void (await chain.backup({ transfer, full, proof: 'changed' }, options));
    if (job === 'twoBackups') {
      const both = [chain.backup({ transfer, full, proof: 'changed' }, options), chain.backup({ transfer, proof: 'changed' }, options)];
      const ends = await Promise.allSettled(both);
      const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
      // One of the two may always find the blob busy.
      for (const error of failed) if (failed.length === 2 || !(error instanceof Crash || error instanceof BackupError)) throw error;
      return;
    }
    const client = this.#client(job);
    if (job === 'verify') {
      const request = { ...this.#ports(client), source: client.pageBlob(SOURCE) };
      const { verdicts } = await resultOf(runVerify(request, { world: client.world, ...options }));
      // No law is broken, so no point may be called wrong; one that somebody has deleted may.
      for (const { verdict, fault: why } of verdicts) if (verdict === 'failed') assert.match(why ?? '', /gone|record/);
      return;
    }
    if (job === 'promote') {
      const snapshots = liveSnapshots(chain, SOURCE);
      const snapshot = snapshots[choice % Math.max(1, snapshots.length)]?.id;
      if (snapshot === undefined) return;
      const blob = client.pageBlob(SOURCE);
      const all = { world: client.world, ...options };
      await resultOf(runPromote(await planPromote({ blob, snapshot }, all), { blob, snapshot, proof: 'full' }, all));
      if (meanwhile.length === 0) this.#compare({ url: SOURCE }, { url: SOURCE, snapshot }, 'the disk is the snapshot');
      return;
    }
    if (job === 'prune') return this.#prune(client, 1 + (choice % 3), options);
    const points = await this.#points();
    const point = points[choice % Math.max(1, points.length)];
    if (point === undefined) return;
    if (job === 'restoreToBlob') return this.#restoreToBlob(client, point, transfer, options);
    if (job === 'restoreToFile') return this.#restoreToFile(client, point, options);
    if (job === 'restoreChain') return this.#restoreChain(client, point, transfer, options);
    const { safetySnapshot, disk } = await this.#rewind(client, point, transfer, options);
    if (meanwhile.length > 0) return;
    this.#compare({ url: disk }, { url: BACKUP, snapshot: point }, 'the disk is the point');
    assert.ok(oracle.snapshotsEver(SOURCE).some(({ id, deletedBy }) => id === safetySnapshot && deletedBy === undefined));
  }

  /** Only snapshots that the catalogue names go, never the newest good one. */
  async #prune(client: MemoryClient, last: number, options: Pick<JobOptions, 'signal'>): Promise<void> {
    const chain = this.#chain;
    const request = { ...this.#ports(client), source: client.pageBlob(SOURCE), policy: { last } };
    const all = { world: client.world, ...options };
    const before = (await this.#points()).at(-1);
    try {
      await resultOf(runPrune(await planPrune(request, all), request, all));
    } finally {
      const named = new Set((await chain.entries()).map(({ backup }) => backup.snapshot));
      const mine = chain.service.oracle.snapshotsEver(BACKUP).filter(({ deletedBy }) => deletedBy === client.clientName);
      assert.ok(
        mine.every(({ id }) => named.has(id) && id !== before),
        'only older points are deleted',
      );
    }
  }

  async #restoreToBlob(
    client: MemoryClient,
    point: string,
    transfer: JobStep['transfer'],
    options: Pick<JobOptions, 'signal'>,
  ): Promise<void> {
    const target = client.pageBlob(`https://disks.example/vhds/restored-${this.#names++}.vhd`);
    const request = { ...this.#ports(client), point, target, transfer, proof: 'changed' } as const;
    const all = { world: client.world, ...options };
    await resultOf(runRestoreToBlob(await planRestoreToBlob(request, all), request, all));
    this.#compare({ url: target.url }, { url: BACKUP, snapshot: point }, 'the restored disk is the point');
  }

  async #restoreToFile(client: MemoryClient, point: string, options: Pick<JobOptions, 'signal'>): Promise<void> {
    const files = new MemoryFileSystem();
    const request = { ...this.#ports(client), point, target: files.open() };
    const all = { world: client.world, ...options };
    await resultOf(runRestoreToFile(await planRestoreToFile(request, all), request, all));
    const truth = this.#chain.service.bytesOf(BACKUP, point);
    assert.deepEqual(files.finished, truth, 'the file is the point');
    this.#tally.restored++;
    this.#tally.bytesCompared += truth.length;
  }

  async #restoreChain(
    client: MemoryClient,
    point: string,
    transfer: JobStep['transfer'],
    options: Pick<JobOptions, 'signal'>,
  ): Promise<void> {
    const name = `continued-${this.#names++}.vhd`;
    const newBackup = client.pageBlob(`https://backups.example/backups/${name}`);
    const target = client.pageBlob(`https://disks.example/vhds/${name}`);
    const newCatalogue = client.recordStore(`${newBackup.url}.chain`);
    const request = { ...this.#ports(client), point, target, newBackup, newCatalogue, transfer, proof: 'changed' } as const;
    const all = { world: client.world, ...options };
    await resultOf(runRestoreChain(await planRestoreChain(request, all), request, all));
    for (const url of [target.url, newBackup.url]) this.#compare({ url }, { url: BACKUP, snapshot: point }, 'both blobs are the point');
  }

  async #rewind(client: MemoryClient, point: string, transfer: JobStep['transfer'], options: Pick<JobOptions, 'signal'>) {
    const request = { ...this.#ports(client), disk: client.pageBlob(SOURCE), point, transfer, proof: 'changed' } as const;
    const all = { world: client.world, ...options };
    return resultOf(runRewind(await planRewind(request, all), request, all));
  }

  #compare(one: { url: string }, other: { url: string; snapshot: string }, what: string): void {
    const { oracle } = this.#chain.service;
    assert.equal(oracle.differenceOf(one, other), undefined, what);
    this.#tally.restored++;
    this.#tally.bytesCompared += oracle.contentOf(other).length;
  }

  /** Backup snapshots of the points that still exist: one that a prune has recorded as its own is gone, if not yet its snapshot. */
  async #points(): Promise<string[]> {
    const { service } = this.#chain;
    const live = new Set(liveSnapshots(this.#chain, BACKUP).map(({ id }) => id));
    const { pruned } = indexOf([...service.oracle.recordsOf(CATALOGUE).keys()]);
    const there = (await this.#chain.entries()).filter(({ number, backup }) => !pruned.has(number) && live.has(backup.snapshot));
    return there.map(({ backup }) => backup.snapshot);
  }

  #ports(client: MemoryClient) {
    return { backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE) };
  }

  #client(job: string): MemoryClient {
    return this.#chain.service.client(`${job}${this.#names++}`);
  }
}
