import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BackupError } from '../../src/engine/errors.ts';
import { PAGE } from '../../src/engine/ranges/pageRange.ts';
import {
  assertNewestIsDisk,
  backupOn,
  isWhole,
  lawsHold,
  newEntries,
  oldChain,
  restore,
  scene,
  TARGET,
} from '../support/chain/restoredChain.ts';
import { Crash, type Fault } from '../support/memory/faults.ts';

const RUNS = Number(process.env['PBB_HISTORIES'] ?? 400);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>(
    { kind: 'dropped' },
    { kind: 'lostAnswer' },
    { kind: 'torn' },
    { kind: 'duplicate' },
    { kind: 'flip' },
    { kind: 'crash', effect: 'none' },
    { kind: 'crash', effect: 'done' },
  ),
  fc.record({ kind: fc.constant('late'), calls: fc.integer({ min: 1, max: 60 }) } as const),
  fc.record({ kind: fc.constant('echo'), calls: fc.integer({ min: 1, max: 100 }) } as const),
  fc.record({ kind: fc.constant('delay'), ms: fc.constantFrom(1000, 70_000) } as const),
);

const trouble = fc.record({
  seed: fc.nat(),
  transfer: fc.constantFrom('auto', 'relay'),
  switches: fc.record({
    copyFromUrl: fc.constantFrom('works', 'works', 'refused', 'unsupported'),
    copyPolls: fc.constantFrom(0, 0, 4),
    windowSize: fc.constantFrom(1, 2, 1000),
    snapshotDeletion: fc.constantFrom('free', 'needsLease'),
  }),
  faults: fc.array(fc.record({ at: fc.nat(110), fault }), { maxLength: 4 }),
  cancelAt: fc.nat(300),
});

test(`a restore with a chain of its own, in ${RUNS} troubled histories, ends right and backups go on from it`, async () => {
  await fc.assert(
    fc.asyncProperty(trouble, async ({ seed, transfer, switches, faults, cancelAt }) => {
      const { chain, point } = await scene({ seed, switches: { ...switches, latency: { min: 0, max: 5 } } });
      const { service, world } = chain;
      const before = oldChain(chain);
      const from = service.calls.length;
      const stop = new AbortController();
      service.interceptor = ({ index }) => {
        if (index - from === cancelAt) stop.abort();
        return faults.find(({ at }) => at === index - from)?.fault;
      };
      let ended = false;
      for (let attempt = 1; !ended; attempt++) {
        assert.ok(attempt < 12, 'it gets done at last');
        try {
          await restore(chain, point, { transfer, proof: 'changed' }, attempt === 1 ? { signal: stop.signal } : {});
          ended = true;
        } catch (error) {
          assert.ok(error instanceof Crash || error instanceof BackupError, String(error));
          // The process died after all was done.
          ended = error instanceof BackupError && error.code === 'alreadyExists' && (await newEntries(chain)).length === 1;
        }
        await lawsHold(chain, point, `after attempt ${attempt}`);
        world.jump(61_000);
      }
      service.interceptor = undefined;
      service.late.deliver();
      world.jump(61_000);
      // A record that was under way when the restore ended may come late and call the disk partial again: the same request mends that.
      await restore(chain, point, { transfer, proof: 'changed' }).catch((error: unknown) => {
        assert.ok(error instanceof BackupError && error.code === 'alreadyExists', String(error));
      });
      await isWhole(chain, point, 'in the end');
      assert.equal(oldChain(chain), before, 'the old disk and its backup are as they were');

      service.foreign.write(TARGET, 5 * PAGE, new Uint8Array(PAGE).fill(9), 'holder');
      await backupOn(chain);
      await assertNewestIsDisk(chain);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
