import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCli } from '../../support/cliChild.ts';
import { ProxiedChain, sha256, startProxiedAccounts, type ProxiedAccounts } from '../../support/faultProxy/proxiedChain.ts';
import type { Passing } from '../../support/faultProxy/verbs.ts';

const PAGE = 512;

/** The moments at which a process falls asleep. */
const MOMENTS: Readonly<Record<string, (passing: Passing) => boolean>> = {
  'before its first page is written': ({ operation }) => operation === 'PutPage',
  'before its snapshot is taken': ({ operation, path }) => operation === 'SnapshotBlob' && path.includes('/backups/'),
  'before its point is recorded': ({ operation, path }) => operation === 'PutBlob' && path.includes('.chain/00000'),
};

describe('a process that sleeps beyond its lease (SIGSTOP), while another one backs up the same disk', () => {
  let accounts: ProxiedAccounts;
  before(async () => {
    accounts = await startProxiedAccounts();
  });
  after(() => accounts.close());

  for (const [i, [when, isMoment]] of Object.entries(MOMENTS).entries()) {
    it(`${when}: it wakes up, finds out, and no point is wrong`, async () => {
      const chain = new ProxiedChain(accounts, `asleep-${i}`);
      await chain.disk.create(64 * PAGE);
      await chain.write(0, 1, 8);
      await chain.backup({ transfer: 'relay' });
      await chain.wrongPoints();
      await chain.write(2, 2, 3);
      const command = ['backup', chain.through(chain.disk), chain.through(chain.backupBlob), '--transfer', 'relay'];

      const sleeper = startCli(command, accounts.env);
      const fellAsleep = Promise.withResolvers<void>();
      const woke = Promise.withResolvers<undefined>();
      accounts.proxy.decide = (passing) => {
        if (!isMoment(passing)) return undefined;
        // What is on its way arrives only after the other run.
        accounts.proxy.decide = undefined;
        sleeper.process.kill('SIGSTOP');
        fellAsleep.resolve();
        return woke.promise;
      };
      await Promise.race([fellAsleep.promise, sleeper.ended.then(({ stderr }) => assert.fail(`It has ended: ${stderr}`))]);
      accounts.passTime(3_600_000);
      await chain.write(3, 3, 3);
      const other = await startCli(command, accounts.env).ended;
      assert.equal(other.status, 0, other.stderr);
      await chain.remember();
      assert.deepEqual(await chain.wrongPoints(), []);

      sleeper.process.kill('SIGCONT');
      woke.resolve(undefined);
      const { status, stderr } = await sleeper.ended;
      // 0 where the other one had gone on with this very run and recorded its point.
      assert.ok(status === 6 || status === 0, `${status}: ${stderr}`);
      assert.deepEqual(await chain.wrongPoints(), [], stderr);

      accounts.passTime(61_000);
      await chain.write(9, 4);
      for (let run = 0; run < 2; run++) {
        const next = await startCli(command, accounts.env).ended;
        assert.equal(next.status, 0, next.stderr);
        await chain.remember();
      }
      assert.deepEqual(await chain.wrongPoints(), []);
      assert.equal(await sha256(chain.backupBlob.withSnapshot((await chain.points()).at(-1)!.backup)), await sha256(chain.disk));
    });
  }

  it('two at once on one chain: one point more, and the other one says who is in its way', async () => {
    const chain = new ProxiedChain(accounts, 'two');
    await chain.disk.create(64 * PAGE);
    await chain.write(0, 1, 8);
    await chain.backup({ transfer: 'relay' });
    await chain.wrongPoints();
    await chain.write(2, 2, 3);
    const command = ['backup', chain.through(chain.disk), chain.through(chain.backupBlob), '--transfer', 'relay'];
    // The first one holds the blob while the second one looks.
    const holds = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<undefined>();
    accounts.proxy.decide = ({ operation }) => {
      if (operation !== 'PutPage') return undefined;
      accounts.proxy.decide = undefined;
      holds.resolve();
      return goOn.promise;
    };
    const first = startCli(command, accounts.env);
    await holds.promise;
    const second = await startCli(command, accounts.env).ended;
    goOn.resolve(undefined);
    const { status, stderr } = await first.ended;
    assert.equal(status, 0, stderr);
    assert.equal(second.status, 6, second.stderr);
    assert.match(second.stderr, /is leased: another run is backing up this disk right now/);
    assert.deepEqual(await chain.wrongPoints(), []);
    assert.equal((await chain.points()).length, 2);
  });
});
