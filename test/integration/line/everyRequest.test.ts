import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { ProxiedChain, sha256, startProxiedAccounts, type ProxiedAccounts } from '../../support/faultProxy/proxiedChain.ts';
import { Schedule } from '../../support/faultProxy/schedule.ts';
import { applies, type Passing, type Verb } from '../../support/faultProxy/verbs.ts';
import { seededRandom } from '../../support/memory/seededRandom.ts';

/** Each verb meets every so many requests of a run, another first one each; 1 tries every pair. */
const STEP = Number(process.env['PBB_LINE_STEP'] ?? 19);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);
const random = seededRandom(SEED);

const VERBS: readonly Verb[] = [
  { verb: 'drop' },
  { verb: 'loseAnswer' },
  { verb: 'late' },
  { verb: 'duplicate' },
  { verb: 'echo' },
  { verb: 'cutRequest' },
  { verb: 'cutAnswer' },
  { verb: 'cutAnswer', cleanly: true },
  { verb: 'flipRequest', at: random() },
  { verb: 'flipAnswer', at: random() },
  { verb: 'status', status: 500, code: 'InternalError' },
  { verb: 'status', status: 500, code: 'OperationTimedOut', afterEffect: true },
  { verb: 'status', status: 503, code: 'ServerBusy' },
  { verb: 'status', status: 304, code: 'ConditionNotMet' },
  { verb: 'status', status: 403, code: 'AuthorizationFailure' },
  { verb: 'status', status: 412, code: 'ConditionNotMet' },
  { verb: 'stall' },
  { verb: 'slow', ms: 30 },
];
const nameOf = (verb: Verb): string =>
  [verb.verb, ...('status' in verb ? [verb.status] : []), ...('afterEffect' in verb ? ['after effect'] : [])].join(' ');

describe(`a fault of the line at any request (every ${STEP}th, seed ${SEED}), with the real SDK`, () => {
  let accounts: ProxiedAccounts;
  let scenes = 0;
  before(async () => {
    accounts = await startProxiedAccounts();
  });
  after(() => accounts.close());

  /** A recovery point, and changes since: pages written, cleared and written again elsewhere. */
  async function scene(): Promise<ProxiedChain> {
    const chain = new ProxiedChain(accounts, `disk${++scenes}`);
    await chain.disk.create(64 * 512);
    await chain.write(0, 1, 8);
    await chain.write(20, 2, 4);
    await chain.backup({ transfer: 'relay' });
    assert.deepEqual(await chain.wrongPoints(), []);
    await chain.write(2, 3, 2);
    await chain.write(40, 4, 3);
    await chain.disk.clearPages(21 * 512, 512);
    return chain;
  }

  /** Runs `job` with `verb` at its nth request. @returns the requests it made, and whether it failed in order */
  async function meets(
    verb: Verb | undefined,
    at: number,
    job: () => Promise<unknown>,
  ): Promise<{ requests: readonly Passing[]; failed: boolean }> {
    const schedule = new Schedule(verb ? [{ at, verb }] : []);
    accounts.proxy.decide = schedule.decide;
    try {
      await job();
      return { requests: schedule.seen, failed: false };
    } catch (error) {
      assert.ok(error instanceof BackupError && error.code !== 'unexpected', `${verb && nameOf(verb)} at ${at}: ${String(error)}`);
      return { requests: schedule.seen, failed: true };
    } finally {
      accounts.proxy.decide = undefined;
      schedule.assertAllMet();
    }
  }

  /** Every verb at its share of the requests of a job, of those that it can happen to. */
  async function sweep(
    requests: readonly Passing[],
    attempt: (verb: Verb, at: number) => Promise<boolean>,
  ): Promise<{ tried: number; failed: number }> {
    let [tried, failed] = [0, 0];
    for (const [i, verb] of VERBS.entries()) {
      const before = accounts.proxy.fired.length;
      const open = requests.flatMap((passing, at) => (applies(verb, passing) ? [at] : []));
      // With server transfer a restore sends no body at all.
      if (open.length === 0) continue;
      for (let n = i % Math.min(STEP, open.length); n < open.length; n += STEP) {
        tried++;
        if (await attempt(verb, open[n]!)) failed++;
      }
      assert.ok(accounts.proxy.fired.length > before, `${nameOf(verb)} has happened`);
    }
    return { tried, failed };
  }

  // With every pair tried, both transfers of both jobs; else one each.
  const transfers = (short: 'relay' | 'server') => (STEP === 1 ? (['relay', 'server'] as const) : ([short] as const));
  for (const transfer of transfers('relay')) {
    it(`backup, ${transfer}: no wrong point, and the next run's point is the disk`, async (t) => {
      const clean = await scene();
      const { requests } = await meets(undefined, 0, () => clean.backup({ transfer, proof: 'changed' }));
      const { tried, failed } = await sweep(requests, async (verb, at) => {
        const chain = await scene();
        const when = `${nameOf(verb)} at request ${at}`;
        const run = await meets(verb, at, () => chain.backup({ transfer, proof: 'changed' }));
        assert.deepEqual(await chain.wrongPoints(), [], when);
        accounts.passTime(61_000);
        // What was held back comes between the runs, or while the next one works.
        if (at % 2 === 0) await accounts.proxy.deliverLate();
        else
          accounts.proxy.decide = async ({ operation }) => {
            if (operation === 'SnapshotBlob') await accounts.proxy.deliverLate();
            return undefined;
          };
        await chain.write(50, 5);
        const next = await chain.backup({ transfer, proof: 'changed' });
        accounts.proxy.decide = undefined;
        assert.deepEqual(await chain.wrongPoints(), [], when);
        if (next.resumed) await chain.backup({ transfer, proof: 'changed' });
        await accounts.proxy.deliverLate();
        assert.deepEqual(await chain.wrongPoints(), [], when);
        const newest = chain.backupBlob.withSnapshot((await chain.points()).at(-1)!.backup);
        assert.equal(await sha256(newest), await sha256(chain.disk), when);
        return run.failed;
      });
      t.diagnostic(`${tried} faults at ${requests.length} requests, ${failed} runs failed in order, wrong points: 0`);
    });
  }
  for (const transfer of transfers('server')) {
    it(`restore, ${transfer}: no half disk is called complete, and the same request ends right`, async (t) => {
      const chain = await scene();
      const { recoveryPoint } = await chain.backup({ transfer: 'relay' });
      const truth = await sha256(chain.backupBlob.withSnapshot(recoveryPoint));
      let targets = 0;
      const target = () => accounts.disks.getPageBlobClient(`restored-${transfer}-${++targets}`);
      const { requests } = await meets(undefined, 0, () => chain.restore(recoveryPoint, target(), transfer));
      const { tried, failed } = await sweep(requests, async (verb, at) => {
        const blob = target();
        const when = `${nameOf(verb)} at request ${at}`;
        const isComplete = async () => (await blob.exists()) && (await blob.getProperties()).metadata?.['pbb_restore'] === 'complete';
        const run = await meets(verb, at, () => chain.restore(recoveryPoint, blob, transfer));
        accounts.passTime(61_000);
        await accounts.proxy.deliverLate();
        if (await isComplete()) assert.equal(await sha256(blob), truth, when);
        else await chain.restore(recoveryPoint, blob, transfer);
        assert.ok(await isComplete(), when);
        assert.equal(await sha256(blob), truth, when);
        return run.failed;
      });
      t.diagnostic(`${tried} faults at ${requests.length} requests, ${failed} runs failed in order, wrong disks: 0`);
    });
  }
});
