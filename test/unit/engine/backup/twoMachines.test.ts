import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError, type BackupError } from '../../../../src/engine/errors.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import type { BackupResult } from '../../../../src/engine/jobs/backup/backupRun.ts';
import { planBackup } from '../../../../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../../../../src/engine/jobs/backup/run.ts';
import { changeDisk, chainWithOnePoint, liveSnapshots, newestEqualsDisk } from '../../../support/chain/chainViews.ts';
import { BACKUP, MemoryChain } from '../../../support/chain/memoryChain.ts';
import type { Call } from '../../../support/memory/calls.ts';

/** What one machine's run comes to: its number, or the code of its failure. */
const outcomeOf = (run: Promise<BackupResult>) =>
  run.then(
    ({ number }) => number,
    (error: BackupError) => error.code,
  );

/** The first machine sleeps for ten minutes in its call that `select` takes; meanwhile `act` happens. @returns what becomes of its run */
async function whileAsleep(
  chain: MemoryChain,
  select: (call: Call) => boolean,
  act: () => Promise<void>,
): Promise<() => Promise<BackupResult>> {
  let asleep: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    asleep = resolve;
  });
  let waiting = true;
  chain.service.interceptor = (call) => {
    if (!waiting || !select(call)) return undefined;
    waiting = false;
    asleep();
    return { kind: 'delay', ms: 600_000 };
  };
  const first = chain.backup({ transfer: 'relay' }, { limits: { calls: 1, bytes: Infinity } });
  first.catch(() => undefined);
  await reached;
  chain.world.jump(100_000);
  await act();
  return () => first;
}

describe('law 4: two machines on one chain', () => {
  it('started together, also on a chain that does not exist yet, one commits and the other says busy', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const chain = seed % 2 ? await chainWithOnePoint({ seed }) : new MemoryChain({ seed, pages: 16 });
      changeDisk(chain);
      const before = (await chain.entries()).length;
      const outcomes = await Promise.all([1, 2].map(() => outcomeOf(chain.backup())));
      assert.deepEqual(new Set(outcomes), new Set([before + 1, 'busy']), `seed ${seed}`);
      assert.deepEqual(await chain.faults(), []);
      assert.equal((await chain.entries()).length, before + 1);
    }
  });

  it('the one that says busy has changed nothing and harmed nothing', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    let second: Promise<unknown> = Promise.resolve();
    let tried = 0;
    chain.service.interceptor = ({ operation, client }) => {
      if (operation === 'createSnapshot' && tried++ === 0)
        second = assert.rejects(chain.backup(), (error) => isBackupError(error, 'busy') && error.unharmed !== undefined);
      assert.ok(!(client === 'process2' && operation.startsWith('create')));
      return undefined;
    };
    await chain.backup();
    await second;
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('planned before another run committed: superseded, and nothing was done to the source', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const request = chain.request();
    const plan = await planBackup(request, { world: chain.world });
    await chain.backup();
    const before = liveSnapshots(chain, plan.source.url).map(({ id }) => id);
    await assert.rejects(resultOf(runBackup(plan, request, { world: chain.world })), (error) => isBackupError(error, 'superseded'));
    assert.deepEqual(
      liveSnapshots(chain, plan.source.url).map(({ id }) => id),
      before,
    );
    assert.equal((await chain.entries()).length, 2);
    assert.deepEqual(await chain.faults(), []);
  });

  it('asleep before its entry while another run of the same chain commits: it cannot put an older state on top', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const first = await whileAsleep(
      chain,
      ({ operation }) => operation === 'recordCreate',
      async () => {
        // The second machine finishes the first one's run, and makes another point after it.
        await chain.backup();
        chain.write(2, 50);
        await chain.backup();
      },
    );
    await outcomeOf(first());
    assert.deepEqual(
      (await chain.entries()).map(({ number }) => number),
      [1, 2, 3],
    );
    assert.equal(await newestEqualsDisk(chain), undefined);
    assert.deepEqual(await chain.faults(), []);
  });

  it('when its run was finished by another machine, the result is what the catalogue says', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const first = await whileAsleep(
      chain,
      ({ operation }) => operation === 'recordCreate',
      async () => {
        // The first machine's own snapshot is lost, so the second takes another.
        chain.service.foreign.deleteSnapshot(BACKUP, liveSnapshots(chain, BACKUP).at(-1)!.id);
        await chain.backup();
      },
    );
    const { recoveryPoint } = await first();
    assert.equal(recoveryPoint, (await chain.entries()).at(-1)!.backup.snapshot);
  });

  for (const operation of ['writePages', 'createSnapshot', 'allocated'] as const) {
    it(`asleep before ${operation} while another commits: it fails without harm, or finishes what the other left`, async () => {
      const chain = await chainWithOnePoint();
      changeDisk(chain);
      const first = await whileAsleep(
        chain,
        (call) => call.operation === operation && call.url === BACKUP,
        async () => {
          await chain.backup();
          chain.write(2, 50);
          await chain.backup();
        },
      );
      assert.equal(typeof (await outcomeOf(first())), 'string', 'it did not commit');
      assert.equal(await newestEqualsDisk(chain), undefined);
      assert.deepEqual(await chain.faults(), []);
      chain.service.late.deliver();
      chain.write(3, 51);
      chain.world.jump(61_000);
      await chain.backup({ transfer: 'relay' });
      assert.equal(await newestEqualsDisk(chain), undefined);
      assert.deepEqual(await chain.faults(), []);
    });
  }
});
