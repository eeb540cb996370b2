import fc from 'fast-check';
import { BackupError } from '../../src/engine/errors.ts';
import { PAGE } from '../../src/engine/ranges/pageRange.ts';
import { BACKUP, MemoryChain, SOURCE } from '../support/chain/memoryChain.ts';
import { Crash, type Fault } from '../support/memory/faults.ts';
import { RefusedToForeigner, foreignly } from '../support/chain/foreignly.ts';
import type { Standing } from '../support/memory/foreignActors.ts';
import type { Switches } from '../support/memory/switches.ts';

/** Pages of the disks in a history: small, so that everything meets everything. */
const PAGES = 12;

/** What the world does to a chain; plain data, so that a failing history shrinks and prints. */
export type Step =
  | { readonly do: 'write'; readonly page: number; readonly count: number; readonly value: number }
  | { readonly do: 'clear'; readonly page: number; readonly count: number }
  | { readonly do: 'rewrite'; readonly page: number }
  | { readonly do: 'resize'; readonly pages: number; readonly back: boolean }
  | { readonly do: 'recreateSource' | 'putBlobOverSource' | 'promoteSource' | 'deleteSourceSnapshot' | 'foreignSourceSnapshot' }
  | { readonly do: 'writeBackup'; readonly page: number; readonly value: number }
  | {
      readonly do: 'putBlobOverBackup' | 'promoteBackup' | 'foreignBackupSnapshot' | 'deleteBackupSnapshot' | 'resizeBackup' | 'breakLease';
    }
  | { readonly do: 'sleep'; readonly seconds: number };

/** A backup run, with what happens at some of its calls. */
export interface RunStep {
  readonly do: 'backup';
  readonly full: boolean;
  readonly transfer: 'auto' | 'server' | 'relay';
  readonly proof: 'changed' | 'full';
  readonly faults: readonly { readonly at: number; readonly fault: Fault }[];
  readonly meanwhile: readonly { readonly at: number; readonly step: Step }[];
  readonly cancelAt: number | undefined;
  /** The lease of a run that died before has run out. */
  readonly rested: boolean;
}

export interface History {
  readonly seed: number;
  readonly switches: Partial<Switches>;
  readonly steps: readonly (Step | RunStep)[];
}

const page = fc.nat(PAGES - 1);
const value = fc.integer({ min: 1, max: 250 });
const count = fc.integer({ min: 1, max: 4 });

export const sourceStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write'), page, count, value } as const) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('clear'), page, count } as const) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewrite'), page } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('resize'), pages: fc.integer({ min: 2, max: PAGES }), back: fc.boolean() } as const),
  },
);

export const foreignStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('writeBackup'), page, value } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'recreateSource',
        'putBlobOverSource',
        'promoteSource',
        'deleteSourceSnapshot',
        'foreignSourceSnapshot',
        'putBlobOverBackup',
        'promoteBackup',
        'foreignBackupSnapshot',
        'deleteBackupSnapshot',
        'resizeBackup',
        'breakLease',
      ),
    } as const),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sleep'), seconds: fc.constantFrom(30, 61, 3600) } as const) },
);

export const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>({ kind: 'dropped' }, { kind: 'lostAnswer' }, { kind: 'torn' }, { kind: 'duplicate' }, { kind: 'flip' }),
  fc.record({ kind: fc.constant('late'), calls: fc.integer({ min: 1, max: 60 }) } as const),
  fc.record({ kind: fc.constant('echo'), calls: fc.integer({ min: 1, max: 60 }) } as const),
  fc.record({ kind: fc.constant('crash'), effect: fc.constantFrom('none', 'done') } as const),
  fc.record({ kind: fc.constant('delay'), ms: fc.constantFrom(1000, 70_000) } as const),
);

const at = fc.nat(90);

const runStep: fc.Arbitrary<RunStep> = fc.record({
  do: fc.constant('backup'),
  full: fc.nat(9).map((n) => n === 9),
  transfer: fc.constantFrom('auto', 'auto', 'relay', 'relay', 'server'),
  proof: fc.constantFrom('changed', 'changed', 'full'),
  faults: fc.array(fc.record({ at, fault }), { maxLength: 2 }),
  meanwhile: fc.array(fc.record({ at, step: fc.oneof(sourceStep, foreignStep) }), { maxLength: 2 }),
  cancelAt: fc.nat(400).map((n) => (n <= 90 ? n : undefined)),
  rested: fc.nat(3).map((n) => n > 0),
});

/** What nobody knows of the real service (failure-model.md, section 7), or what differs between clouds, in every position. */
export const switches: fc.Arbitrary<Partial<Switches>> = fc.record({
  resizeTracked: fc.boolean(),
  difference: fc.constantFrom('honest', 'honest', 'honest', 'honest', 'ignored', 'refused'),
  copyFromUrl: fc.constantFrom('works', 'works', 'refused', 'unsupported'),
  lateWriteCheckedAtArrival: fc.boolean(),
  windowSize: fc.constantFrom(1, 2, 1000),
  overwriteKeepsCreationTime: fc.boolean(),
  snapshotDeletion: fc.constantFrom('free', 'free', 'needsLease'),
  windowBytes: fc.constantFrom(2 * PAGE, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  snapshotsPerPage: fc.constantFrom(1, 1000),
  abortedWrites: fc.constantFrom('none', 'atOnce', 'late', 'random'),
});

export const histories: fc.Arbitrary<History> = fc.record({
  seed: fc.nat(),
  switches,
  steps: fc.array(
    fc.oneof({ weight: 4, arbitrary: sourceStep }, { weight: 1, arbitrary: foreignStep }, { weight: 3, arbitrary: runStep }),
    { minLength: 3, maxLength: 14 },
  ),
});

/** Lives a history to its end. @returns the chain, and how often a run committed, failed in order, or died */
export async function live({
  seed,
  switches,
  steps,
}: History): Promise<{ chain: MemoryChain; committed: number; failed: number; died: number }> {
  const chain = new MemoryChain({ seed, pages: PAGES, switches });
  chain.write(0, 1, 3);
  const outcome = { chain, committed: 0, failed: 0, died: 0 };
  for (const step of steps) {
    if (step.do === 'backup') outcome[await run(chain, step)]++;
    else act(chain, step);
  }
  return outcome;
}

async function run(chain: MemoryChain, step: RunStep): Promise<'committed' | 'failed' | 'died'> {
  const stop = new AbortController();
  if (step.rested) chain.world.jump(61_000);
  const from = chain.service.calls.length;
  chain.service.interceptor = ({ index }) => {
    const call = index - from;
    for (const { at: when, step: other } of step.meanwhile) if (when === call) act(chain, other);
    if (call === step.cancelAt) stop.abort();
    return step.faults.find((each) => each.at === call)?.fault;
  };
  try {
    const { full, transfer, proof } = step;
    await chain.backup({ full, transfer, proof }, { signal: stop.signal });
    return 'committed';
  } catch (error) {
    if (error instanceof Crash) return 'died';
    if (error instanceof BackupError && error.code !== 'unexpected') return 'failed';
    throw error;
  } finally {
    chain.service.interceptor = undefined;
  }
}

/**
 * Does what somebody else does; what the service refuses to them simply does not happen.
 * @param standing of whoever changes the disk: the VM that holds it, or a stranger whom a lease keeps out
 */
export function act(chain: MemoryChain, step: Step, standing: Standing = 'holder'): void {
  const { foreign, oracle } = chain.service;
  const bytes = (n: number, fill: number) => new Uint8Array(n * PAGE).fill(fill);
  const live = (url: string) => oracle.snapshotsEver(url).filter(({ deletedBy }) => deletedBy === undefined);
  const lengthOf = (url: string) => oracle.contentOf({ url }).length;
  foreignly(() => {
    switch (step.do) {
      case 'write':
        return foreign.write(SOURCE, step.page * PAGE, bytes(step.count, step.value), standing);
      case 'clear':
        return foreign.clear(SOURCE, step.page * PAGE, step.count * PAGE, standing);
      case 'rewrite':
        return foreign.write(
          SOURCE,
          step.page * PAGE,
          oracle.bytesOf({ url: SOURCE }).slice(step.page * PAGE, (step.page + 1) * PAGE),
          standing,
        );
      case 'resize': {
        const before = lengthOf(SOURCE);
        foreign.resize(SOURCE, step.pages * PAGE, standing);
        if (step.back) foreign.resize(SOURCE, before, standing);
        return;
      }
      case 'recreateSource':
        foreign.deleteBlob(SOURCE, standing);
        foreign.createBlob(SOURCE, PAGES * PAGE);
        return foreign.write(SOURCE, 2 * PAGE, bytes(2, 77), standing);
      case 'putBlobOverSource':
        foreign.putBlobOver(SOURCE, PAGES * PAGE, {}, standing);
        return foreign.write(SOURCE, PAGE, bytes(1, 66), standing);
      case 'promoteSource':
        return foreign.copyBlobOver(SOURCE, { url: SOURCE, snapshot: pick(chain, live(SOURCE)) }, standing);
      case 'deleteSourceSnapshot':
        return foreign.deleteSnapshot(SOURCE, pick(chain, live(SOURCE)));
      case 'foreignSourceSnapshot':
        return void foreign.snapshot(SOURCE);
      case 'writeBackup':
        return foreign.write(BACKUP, step.page * PAGE, bytes(1, step.value));
      case 'putBlobOverBackup':
        return foreign.putBlobOver(BACKUP, PAGES * PAGE);
      case 'promoteBackup':
        return foreign.copyBlobOver(BACKUP, { url: BACKUP, snapshot: pick(chain, live(BACKUP)) });
      case 'foreignBackupSnapshot':
        return void foreign.snapshot(BACKUP);
      case 'deleteBackupSnapshot':
        return foreign.deleteSnapshot(BACKUP, pick(chain, live(BACKUP)));
      case 'resizeBackup':
        return foreign.resize(BACKUP, 3 * PAGE);
      case 'breakLease':
        return foreign.breakLease(BACKUP);
      case 'sleep':
        return chain.world.jump(step.seconds * 1000);
    }
  });
}

function pick(chain: MemoryChain, snapshots: readonly { readonly id: string }[]): string {
  if (snapshots.length === 0) throw new RefusedToForeigner('there is no snapshot');
  return snapshots[chain.world.pick(snapshots.length)]!.id;
}
