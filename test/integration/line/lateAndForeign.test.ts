import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import { openAzure } from '../../../src/azure/azure.ts';
import { FOREIGNERS } from '../../support/faultProxy/foreigners.ts';
import { ProxiedChain, sha256, startProxiedAccounts, type ProxiedAccounts } from '../../support/faultProxy/proxiedChain.ts';
import type { Passing } from '../../support/faultProxy/verbs.ts';

const PAGE = 512;
/** A foreigner comes before every so many requests of a run, another first one each; 1 tries every pair. */
const STEP = Number(process.env['PBB_LINE_STEP'] ?? 15);

describe('over the line, with the real SDK', () => {
  let accounts: ProxiedAccounts;
  let scenes = 0;
  before(async () => {
    accounts = await startProxiedAccounts();
  });
  after(() => accounts.close());

  async function scene(): Promise<ProxiedChain> {
    const chain = new ProxiedChain(accounts, `disk${++scenes}`);
    await chain.disk.create(64 * PAGE);
    await chain.write(0, 1, 8);
    await chain.backup({ transfer: 'relay' });
    assert.deepEqual(await chain.wrongPoints(), []);
    await chain.write(2, 3, 2);
    await chain.write(40, 4, 3);
    return chain;
  }

  const newestIsDisk = async (chain: ProxiedChain, when = ''): Promise<void> => {
    const newest = chain.backupBlob.withSnapshot((await chain.points()).at(-1)!.backup);
    assert.equal(await sha256(newest), await sha256(chain.disk), when);
  };

  it('a record that is damaged on its way is refused by the service, and written again', async () => {
    const chain = await scene();
    const records = openAzure({ env: accounts.env }).recordStoreFor(chain.through(chain.backupBlob));
    let flips = 1;
    accounts.proxy.decide = ({ bytes }) => (bytes > 0 && flips-- > 0 ? { verb: 'flipRequest', at: 0.4 } : undefined);
    await assert.rejects(records.create('note.json', '{"text":"whole"}'), (error: unknown) => isBackupError(error, 'checksumMismatch'));
    assert.equal(await records.read('note.json'), undefined);
    assert.equal(await records.create('note.json', '{"text":"whole"}'), 'created');
    accounts.proxy.decide = undefined;
  });

  it('a page write of a stopped run that arrives while a later run proves its snapshot does no harm', async () => {
    for (const arrival of ['SnapshotBlob', 'GetPageRangesDiff', 'PutBlob', 'DeleteSnapshot'] as const) {
      const chain = await scene();
      const stop = new AbortController();
      let held = 0;
      accounts.proxy.decide = ({ operation }) => {
        if (operation !== 'PutPage') return undefined;
        held++;
        stop.abort();
        return { verb: 'late' };
      };
      await assert.rejects(chain.backup({ transfer: 'relay' }, stop.signal), (error: unknown) => isBackupError(error, 'cancelled'));
      assert.ok(held > 0);
      await chain.write(2, 9, 2);
      await chain.write(40, 9, 3);
      accounts.passTime(61_000);
      let delivered = 0;
      const arrive = async ({ operation, path }: Passing) => {
        if (operation === arrival && path.includes('/backups/') === (arrival !== 'DeleteSnapshot'))
          delivered += await accounts.proxy.deliverLate();
        return undefined;
      };
      accounts.proxy.decide = arrive;
      const next = await chain.backup({ transfer: 'relay' });
      assert.deepEqual(await chain.wrongPoints(), [], arrival);
      if (next.resumed) await chain.backup({ transfer: 'relay' });
      accounts.proxy.decide = undefined;
      delivered += await accounts.proxy.deliverLate();
      assert.equal(delivered, held, 'what was held back has arrived');
      assert.deepEqual(await chain.wrongPoints(), [], arrival);
      await newestIsDisk(chain, arrival);
    }
  });

  for (const [i, [what, act]] of Object.entries(FOREIGNERS).entries()) {
    it(`somebody ${what}, at any request of a run: no wrong point, and the next run's is the disk`, async (t) => {
      let [tried, failed] = [0, 0];
      for (let at = i % STEP, more = true; more; at += STEP) {
        const chain = await scene();
        const when = `before request ${at}`;
        let seen = 0;
        accounts.proxy.decide = async () => {
          if (seen++ === at) await act(chain).catch(() => undefined);
          return undefined;
        };
        const isGone = async (point: string) => !(await chain.backupBlob.withSnapshot(point).exists());
        try {
          await chain.backup({ transfer: 'relay', proof: 'changed' });
        } catch (error) {
          assert.ok(error instanceof BackupError && error.code !== 'unexpected', `${when}: ${String(error)}`);
          failed++;
        }
        accounts.proxy.decide = undefined;
        more = seen > at;
        tried++;
        const wrong = async () => {
          const left: string[] = [];
          // What somebody deletes is gone, which is told as such; it is never wrong.
          for (const point of await chain.wrongPoints()) if (!(await isGone(point))) left.push(point);
          return left;
        };
        assert.deepEqual(await wrong(), [], when);
        accounts.passTime(61_000);
        await chain.write(50, 5).catch(() => chain.write(20, 5));
        const next = await chain.backup({ transfer: 'relay', proof: 'changed', adopt: true });
        assert.deepEqual(await wrong(), [], when);
        if (next.resumed) await chain.backup({ transfer: 'relay', proof: 'changed', adopt: true });
        assert.deepEqual(await wrong(), [], when);
        await newestIsDisk(chain, when);
      }
      t.diagnostic(`${tried} moments, ${failed} runs failed in order`);
    });
  }
});
