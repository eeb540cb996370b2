import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openAzure } from '../../../src/azure/azure.ts';
import { isBackupError } from '../../../src/engine/errors.ts';
import { resultOf, type RunEvent } from '../../../src/engine/events.ts';
import type { BackupResult } from '../../../src/engine/jobs/backup/backupRun.ts';
import { planBackup } from '../../../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../../../src/engine/jobs/backup/run.ts';
import { systemWorld } from '../../../src/files/systemWorld.ts';
import { ProxiedChain, sha256, startProxiedAccounts, type ProxiedAccounts } from '../../support/faultProxy/proxiedChain.ts';
import { seededRandom } from '../../support/memory/seededRandom.ts';

const PAGE = 512;
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);

describe('what the service itself does to a chain, with the real SDK', () => {
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
    await chain.disk.clearPages(6 * PAGE, PAGE);
    return chain;
  }

  async function newestIsDisk(chain: ProxiedChain): Promise<void> {
    assert.deepEqual(await chain.wrongPoints(), []);
    assert.equal(await sha256(chain.backupBlob.withSnapshot((await chain.points()).at(-1)!.backup)), await sha256(chain.disk));
  }

  it(`throttles three requests of ten (seed ${SEED}): the run gets through`, async () => {
    const chain = await scene();
    const random = seededRandom(SEED);
    let refused = 0;
    accounts.proxy.decide = () => {
      if (random() >= 0.3) return undefined;
      refused++;
      return { verb: 'status', status: 503, code: 'ServerBusy' };
    };
    const result = await chain.backup({ transfer: 'relay' });
    accounts.proxy.decide = undefined;
    assert.ok(refused > 5, `${refused} refused`);
    assert.equal(result.kind, 'incremental');
    await newestIsDisk(chain);
  });

  it('has soft-deleted the anchor: the next run compares the whole disk and says so', async () => {
    accounts.emulator.switches.softDelete = true;
    const chain = await scene();
    const [first] = await chain.points();
    await chain.disk.withSnapshot(first!.source).delete();
    const result = await chain.backup({ transfer: 'relay' });
    accounts.emulator.switches.softDelete = false;
    assert.equal(result.kind, 'rebase');
    await newestIsDisk(chain);
  });

  it('has soft-deleted the backup blob: no other one is made in its place, and it is told how to bring it back', async () => {
    accounts.emulator.switches.softDelete = true;
    const chain = await scene();
    await chain.backupBlob.delete({ deleteSnapshots: 'include' });
    const failed = chain.backup({ transfer: 'relay' });
    await assert.rejects(failed, (error: unknown) => isBackupError(error, 'blobNotFound') && /undelete/i.test(error.fullText));
    accounts.emulator.switches.softDelete = false;
    assert.equal(await chain.backupBlob.exists(), false);
    await chain.backupBlob.undelete();
    await chain.backup({ transfer: 'relay' });
    await newestIsDisk(chain);
  });

  for (const end of ['status 500', 'drop'] as const) {
    for (const transfer of ['relay', 'server'] as const) {
      it(`stores half of each write and then fails once (${end}, ${transfer}): it is written again, and the point is right`, async () => {
        const chain = await scene();
        await chain.write(10, 7, 12);
        await chain.write(30, 8, 9);
        const torn = new Set<string>();
        const stop = accounts.emulator.onRequest(({ operation, container, headers }) => {
          const range = headers['x-ms-range'] ?? '';
          if (!['PutPage', 'PutPageFromURL'].includes(operation) || container !== 'backups' || torn.has(range)) return undefined;
          torn.add(range);
          return { kind: 'half', end };
        });
        const { kind } = await chain.backup({ transfer, proof: 'changed' });
        stop();
        assert.equal(kind, 'incremental');
        assert.ok(torn.size >= 3, `${torn.size} writes`);
        await newestIsDisk(chain);
      });
    }
  }

  it('stores half of a write, and the process dies of it: the next run writes it again', async () => {
    const chain = await scene();
    await chain.write(10, 7, 12);
    const stop = new AbortController();
    let torn = 0;
    const end = accounts.emulator.onRequest(({ operation, container }) => {
      if (operation !== 'PutPage' || container !== 'backups') return undefined;
      torn++;
      stop.abort();
      return { kind: 'half', end: 'drop' };
    });
    await assert.rejects(chain.backup({ transfer: 'relay' }, stop.signal), (error: unknown) => isBackupError(error, 'cancelled'));
    end();
    assert.ok(torn > 0);
    assert.equal((await chain.points()).length, 1);
    accounts.passTime(61_000);
    // The disk goes back to what it was there: the half write is no change of the disk, and heals all the same.
    await chain.disk.clearPages(10 * PAGE, 12 * PAGE);
    const next = await chain.backup({ transfer: 'relay' });
    assert.deepEqual(await chain.wrongPoints(), []);
    if (next.resumed) await chain.backup({ transfer: 'relay' });
    await newestIsDisk(chain);
  });

  it('lets this identity delete nothing: the backup is made all the same, and what stays behind is told', async () => {
    const chain = new ProxiedChain(accounts, `disk${++scenes}`);
    await chain.disk.create(64 * PAGE);
    await chain.write(0, 1, 8);
    const { disk, backupBlob } = chain;
    const expiresOn = new Date(accounts.now() + 3_600_000);
    const sas = (account: string, container: string): string =>
      accounts.emulator.sas(account, { container, permissions: 'racwl', expiresOn });
    const azure = openAzure({ now: accounts.now });
    const backup = azure.pageBlob(`${backupBlob.url}?${sas(backupBlob.accountName, 'backups')}`);
    const source = azure.pageBlob(`${disk.url}?${sas(disk.accountName, 'vhds')}`);
    const request = { source, backup, catalogue: azure.recordStoreFor(backup), transfer: 'relay' } as const;
    const job = { world: { ...systemWorld, now: accounts.now } };
    const warnings: string[] = [];
    const run = async (): Promise<BackupResult> =>
      resultOf(runBackup(await planBackup(request, job), request, job), (event: RunEvent<BackupResult>) => {
        if (event.type === 'warning') warnings.push(event.code);
      });
    const first = await run();
    await chain.write(9, 9);
    const second = await run();
    assert.deepEqual([first.kind, second.kind], ['full', 'incremental']);
    assert.deepEqual(warnings, ['snapshotKept']);
    for (const { sourceSnapshot } of [first, second]) assert.ok(await disk.withSnapshot(sourceSnapshot).exists());
    await newestIsDisk(chain);
  });
});
