import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { resultOf } from '../../src/engine/events.ts';
import { BackupError } from '../../src/engine/errors.ts';
import { planRewind, runRewind, type RewindRequest, type RewindResult } from '../../src/engine/jobs/restore/rewind.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../support/chain/memoryChain.ts';
import { Crash, type Fault } from '../support/memory/faults.ts';
import { act, histories, live } from './histories.ts';

const RUNS = Number(process.env['PBB_HISTORIES'] ?? 600);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);

const trouble = fc.array(
  fc.record({
    at: fc.nat(80),
    fault: fc.oneof(
      fc.constantFrom<Fault>(
        { kind: 'dropped' },
        { kind: 'lostAnswer' },
        { kind: 'torn' },
        { kind: 'crash', effect: 'none' },
        { kind: 'crash', effect: 'done' },
      ),
      fc.record({ kind: fc.constant('late'), calls: fc.integer({ min: 1, max: 40 }) } as const),
      fc.record({ kind: fc.constant('echo'), calls: fc.integer({ min: 1, max: 100 }) } as const),
    ),
  }),
  { maxLength: 3 },
);

test(`a disk rewound in ${RUNS} random histories equals its point, keeps a snapshot of what it was, and its chain goes on`, async () => {
  let rewound = 0;
  await fc.assert(
    fc.asyncProperty(histories, fc.nat(), trouble, async (history, choice, faults) => {
      const { chain } = await live(history);
      chain.service.late.deliver();
      chain.world.jump(120_000);
      const point = await pickPoint(chain, choice);
      if (!point) return;
      act(chain, { do: 'write', page: choice % 10, count: 2, value: 201 });
      const before = chain.service.foreign.snapshot(SOURCE);

      const result = await rewindThrough(chain, point, faults);
      const { oracle } = chain.service;
      // A record that was under way when the rewind ended may come late and call the disk partial again: the same request mends that too.
      chain.service.late.deliver();
      const marks = () => chain.service.pageBlob(SOURCE).image().properties();
      if ((await marks()).metadata['pbb_restore'] === 'partial') {
        chain.world.jump(61_000);
        await rewindThrough(chain, point, []);
      }
      assert.equal(oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: point }), undefined, 'the disk equals the point');
      // A process may die after all was done: the next request is then a rewind of its own, with a second safety snapshot.
      const safe = oracle.snapshotsEver(SOURCE).filter(({ takenBy, deletedBy }) => takenBy.startsWith('rewind') && deletedBy === undefined);
      assert.ok(safe.some(({ id }) => id === result.safetySnapshot));
      assert.ok(
        safe.some(({ id }) => oracle.differenceOf({ url: SOURCE, snapshot: id }, { url: SOURCE, snapshot: before }) === undefined),
        'a snapshot of the disk as it was before',
      );

      chain.world.jump(120_000);
      const calm = { transfer: 'relay', proof: 'changed', adopt: true } as const;
      let next = await chain.backup(calm);
      if (next.resumed) next = await chain.backup(calm);
      assert.equal(oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: next.recoveryPoint }), undefined, 'the next backup');
      assert.deepEqual(await chain.faults(), []);
      rewound++;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  console.log(`rewound ${rewound}`);
  assert.ok(rewound > RUNS / 3);
});

async function pickPoint(chain: MemoryChain, choice: number): Promise<string | undefined> {
  const live = new Set(chain.service.oracle.snapshotsEver(BACKUP).flatMap(({ id, deletedBy }) => (deletedBy === undefined ? [id] : [])));
  const points = (await chain.entries()).map(({ backup }) => backup.snapshot).filter((id) => live.has(id));
  return points[choice % Math.max(1, points.length)];
}

/** Rewinds through the faults, run after run, until it is done. */
async function rewindThrough(chain: MemoryChain, point: string, faults: readonly { at: number; fault: Fault }[]): Promise<RewindResult> {
  for (let round = 0; ; round++) {
    const client = chain.service.client(`rewind${round}`);
    const request: RewindRequest = {
      backup: client.pageBlob(BACKUP),
      catalogue: client.recordStore(CATALOGUE),
      disk: client.pageBlob(SOURCE),
      point,
      transfer: 'auto',
      proof: 'changed',
    };
    const from = chain.service.calls.length;
    if (round === 0) chain.service.interceptor = ({ index }) => faults.find(({ at }) => at === index - from)?.fault;
    try {
      const job = { world: client.world };
      return await resultOf(runRewind(await planRewind(request, job), request, job));
    } catch (error) {
      if (!(error instanceof Crash) && !(error instanceof BackupError)) throw error;
      if (round > 3) throw error;
      chain.world.jump(61_000);
    } finally {
      chain.service.interceptor = undefined;
    }
  }
}
