import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;
interface Told {
  readonly code: string;
  readonly level: string;
  readonly place: string;
  readonly remedy?: string;
}

describe('check', () => {
  let two: TwoAccounts;
  let count = 0;
  const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env: two.env });
  const findings = ({ last }: CliRun): string[] =>
    (last['findings'] as Told[]).map(({ code, level, place }) => `${level} ${place} ${code}`);

  before(async () => {
    two = await startTwoAccounts();
  });
  after(() => two.close());

  async function chain(): Promise<{ name: string; disk: string; backup: string }> {
    const name = `check${++count}.vhd`;
    const disk = await makeDisk(two.disks, name, MIB, [{ offset: 0, length: 4096, fill: count }]);
    const backup = two.backups.getPageBlobClient(name).url;
    const made = await run('backup', disk.url, backup);
    assert.equal(made.status, 0, made.stderr);
    return { name, disk: disk.url, backup };
  }
  const sas = (account: string, container: string, permissions: string): string =>
    two.emulator.sas(account, { container, permissions, expiresOn: new Date(Date.now() + HOUR) });

  it('of a chain that is well names what it needs, and changes nothing', async () => {
    const { disk, backup, name } = await chain();
    two.emulator.switches.softDelete = true;
    const state = () =>
      JSON.stringify([
        two.emulator.store.snapshots({ account: two.diskAccount, container: 'vhds', blob: name }),
        two.emulator.store.snapshots({ account: two.backupAccount, container: 'backups', blob: name }),
        two.emulator.store.metadata({ account: two.backupAccount, container: 'backups', blob: name }),
        two.emulator.store.blobs(two.backupAccount, 'backups'),
        two.emulator.store.sequenceNumber({ account: two.backupAccount, container: 'backups', blob: name }),
      ]);
    const before = state();
    const bytes = await bytesOf(two.backups.getPageBlobClient(name));
    const checked = await run('check', disk, backup, '--json', '--strict');
    two.emulator.switches.softDelete = false;
    assert.equal(checked.status, 0, checked.stderr);
    assert.deepEqual(findings(checked), [
      'note source neededOnSource',
      'note backup neededOnBackup',
      'note backup mayDeletePoints',
      'note source sourceSoftDelete',
    ]);
    assert.match(checked.stderr, /Nothing was found that would hurt this chain\. Of 2 things nothing is known\./);
    assert.equal(state(), before);
    assert.ok((await bytesOf(two.backups.getPageBlobClient(name))).equals(bytes));
  });

  it('finds settings of accounts and containers, each with the command that mends it', async () => {
    const { disk, backup } = await chain();
    Object.assign(two.emulator.switches, { legalHold: true });
    await two.backups.setAccessPolicy('blob');
    const checked = await run('check', disk, backup, '--json');
    Object.assign(two.emulator.switches, { legalHold: false });
    await two.backups.setAccessPolicy();
    assert.equal(checked.status, 6, checked.stderr);
    const told = checked.last['findings'] as Told[];
    for (const code of ['legalHold', 'noSoftDelete', 'publicContainer'])
      assert.ok(
        told.some((one) => one.code === code),
        code,
      );
    assert.match(
      told.find(({ code }) => code === 'noSoftDelete')!.remedy!,
      /az storage account .* --account-name devstoreaccount2 --enable-delete-retention true/,
    );
    assert.equal(told[0]!.level, 'stops');
  });

  it('finds every permission that is missing, and only those', async () => {
    const { disk, backup } = await chain();
    const missing = async (source: string, target: string): Promise<string[]> => {
      const urls = [`${disk}?${sas(two.diskAccount, 'vhds', source)}`, `${backup}?${sas(two.backupAccount, 'backups', target)}`] as const;
      const checked = await runCliProcess(['check', ...urls, '--json'], { env: {} });
      return findings(checked).filter((text) => / may[A-Z]/.test(text));
    };
    assert.deepEqual(await missing('racwdl', 'racwdl'), ['note backup mayDeletePoints']);
    assert.deepEqual(await missing('rcwl', 'rcwl'), ['risk source mayDeleteAnchors']);
    assert.deepEqual(await missing('rl', 'rcwl'), ['stops source maySnapshotSource', 'risk source mayDeleteAnchors']);
    assert.deepEqual(await missing('racwdl', 'rl'), [
      'stops backup mayWriteBackup',
      'stops backup maySnapshotBackup',
      'stops catalogue mayRecord',
    ]);
    assert.deepEqual(await missing('racwdl', 'rcl'), ['stops backup mayWriteBackup']);
  });

  it('finds a SAS that ends soon, and an account that holds no page blobs', async () => {
    const { disk, backup } = await chain();
    const long = two.emulator.sas(two.backupAccount, {
      container: 'backups',
      permissions: 'rcwl',
      expiresOn: new Date(Date.now() + 800 * HOUR),
    });
    const signed = ['check', `${disk}?${sas(two.diskAccount, 'vhds', 'racwdl')}`, `${backup}?${long}`, '--json'];
    two.emulator.switches.accountKind = 'BlobStorage';
    const found = findings(await runCliProcess(signed, { env: {} }));
    two.emulator.switches.accountKind = 'StorageV2';
    assert.deepEqual(
      found.filter((text) => /sasEnds|kindOf/.test(text)),
      ['stops source kindOfAccount', 'stops backup kindOfAccount', 'risk source sasEnds'],
    );
  });

  it('finds a run that was left, orphans, a lost anchor, and the disk’s own account as the place of its backup', async () => {
    const { disk, backup, name } = await chain();
    const source = two.disks.getPageBlobClient(name);
    const [anchor] = two.emulator.store.snapshots({ account: two.diskAccount, container: 'vhds', blob: name });
    await source.createSnapshot({ metadata: { pbb_run: 'x', pbb_backup: backup } });
    await source.withSnapshot(anchor!).delete();
    assert.deepEqual(
      findings(await run('check', disk, backup, '--json')).filter((text) => !text.startsWith('note') || text.includes('orphans')),
      ['risk source rebase', 'risk backup noSoftDelete', 'note source orphans'],
    );

    await writeBytes(source, { offset: 0, length: 4096, fill: 99 });
    let pages = 0;
    const stop = two.emulator.onRequest(({ operation }) =>
      /Page/.test(operation) && /Put|Clear/.test(operation) && pages++ === 0
        ? { kind: 'status', status: 403, code: 'AuthorizationFailure' }
        : undefined,
    );
    assert.notEqual((await run('backup', disk, backup, '--transfer', 'relay')).status, 0);
    stop();
    assert.ok(findings(await run('check', disk, backup, '--json')).includes('risk backup abandonedRun'));

    const beside = two.disks.getPageBlobClient(`beside-${name}`).url;
    const early = await run('check', disk, beside, '--json');
    assert.equal(early.status, 0, early.stderr);
    assert.ok(findings(early).includes('risk backup sameAccount'));
    assert.ok((early.last['unseen'] as unknown[]).length >= 3, 'what cannot be tried yet is said');
    assert.equal((await run('check', disk, beside, '--strict')).status, 6);
  });

  it('of a disk that is not there says so, with status 6', async () => {
    const checked = await run('check', `${two.disks.url}/nothing.vhd`, `${two.backups.url}/nothing.vhd`, '--json');
    assert.equal(checked.status, 6, checked.stderr);
    assert.ok(findings(checked).includes('stops source blobNotFound'));
  });
});

describe('a sign-in without delete permission', () => {
  let two: TwoAccounts;
  before(async () => {
    two = await startTwoAccounts();
  });
  after(() => two.close());

  it('is enough to back up and to verify, and prune takes another', async () => {
    const disk = await makeDisk(two.disks, 'disk.vhd', MIB, [{ offset: 0, length: 4096, fill: 1 }]);
    const backup = two.backups.getPageBlobClient('disk.vhd');
    const sas = (account: string, container: string, permissions: string): string =>
      two.emulator.sas(account, { container, permissions, expiresOn: new Date(Date.now() + HOUR) });
    const source = `${disk.url}?${sas(two.diskAccount, 'vhds', 'rcwl')}`;
    const target = `${backup.url}?${sas(two.backupAccount, 'backups', 'rcwl')}`;
    const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env: {} });
    for (let fill = 2; fill <= 4; fill++) {
      const made = await run('backup', source, target, '--json', '--proof', 'full');
      assert.equal(made.status, 0, made.stderr);
      const point = backup.withSnapshot(String(made.last['recoveryPoint']));
      assert.ok((await bytesOf(point)).equals(await bytesOf(disk)));
      if (fill > 2) {
        assert.equal(made.last['kind'], 'incremental');
        assert.ok(
          made.objects.some(({ type }) => type === 'warning'),
          made.stderr,
        );
      }
      await writeBytes(disk, { offset: fill * 4096, length: 512, fill });
    }
    assert.equal((await run('verify', target, '--source', source)).status, 0);
    assert.equal(two.emulator.store.snapshots({ account: two.diskAccount, container: 'vhds', blob: 'disk.vhd' }).length, 3, 'anchors stay');

    const points = () => two.emulator.store.snapshots({ account: two.backupAccount, container: 'backups', blob: 'disk.vhd' }).length;
    const refused = await run('prune', target, '--keep-last', '1');
    assert.equal(refused.status, 4, refused.stderr);
    assert.equal(points(), 3);
    const pruned = await runCliProcess(['prune', backup.url, '--keep-last', '1'], { env: two.env });
    assert.equal(pruned.status, 0, pruned.stderr);
    assert.equal(points(), 1);
  });
});
