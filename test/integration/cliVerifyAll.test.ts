import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { after, afterEach, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import type { RequestHook } from '../support/emulator/emulator.ts';
import { makeDisk, newContainer, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;

/** Four chains in two containers: one of them is wrong, and the disk of one has lost the snapshot that the backup is compared with. */
describe('verify --all', () => {
  let two: TwoAccounts;
  let remove: (() => void) | undefined;
  const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env: two.env });
  const account = (): string => two.emulator.blobEndpoint(two.backupAccount);
  const hooked = (hook: RequestHook): void => void (remove = two.emulator.onRequest(hook));
  const disks = new Map<string, PageBlobClient>();
  const backupOf = (name: string): string => `${account()}/${name}`;

  before(async () => {
    two = await startTwoAccounts();
    await newContainer(two.emulator, two.backupAccount, 'more');
    await newContainer(two.emulator, two.backupAccount, 'shut');
    for (const [at, backup] of ['backups/a b.vhd', 'backups/wrong.vhd', 'backups/lost.vhd', 'more/folder/d.vhd'].entries()) {
      const disk = await makeDisk(two.disks, `disk${at}.vhd`, 8 * MIB, [{ offset: 0, length: MIB, fill: at + 1 }]);
      disks.set(backup, disk);
      const { status, stderr } = await run('backup', disk.url, backupOf(backup.replace(' ', '%20')));
      assert.equal(status, 0, stderr);
    }
    await disks.get('backups/lost.vhd')!.delete({ deleteSnapshots: 'only' });
    await forge(disks.get('backups/wrong.vhd')!, 'wrong.vhd');
  });
  after(() => two.close());
  afterEach(() => {
    remove?.();
    remove = undefined;
  });

  /** The record claims to equal another state of the disk than its snapshot shows. */
  async function forge(disk: PageBlobClient, name: string): Promise<void> {
    await writeBytes(disk, { offset: 0, length: 512, fill: 0xee });
    const { snapshot } = await disk.createSnapshot();
    const record = two.backups.getBlockBlobClient(`${name}.chain/000001.json`);
    const entry = JSON.parse(String(await record.downloadToBuffer())) as { source: object };
    const forged = JSON.stringify({ ...entry, source: { ...entry.source, snapshot } });
    await record.upload(forged, forged.length);
  }

  const chainsOf = ({ objects }: CliRun) =>
    objects
      .filter(({ type }) => type === 'chain')
      .map(({ backup, outcome, compared }) => [String(backup).replace(`${account()}/`, ''), outcome, compared] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));

  it('verifies every chain of an account, tells the evidence of each, and ends with 7 since one point is wrong', async () => {
    const { status, objects, last, stderr } = await run('verify', account(), '--all', '--json', '--parallel', '2');
    assert.equal(status, 7, stderr);
    const all = objects.filter(({ type }) => type === 'chain');
    assert.deepEqual(chainsOf({ objects } as CliRun), [
      ['backups/a%20b.vhd', 'passed', MIB],
      ['backups/lost.vhd', 'structure', 0],
      ['backups/wrong.vhd', 'failed', MIB - 512],
      ['more/folder/d.vhd', 'passed', MIB],
    ]);
    const wrong = all.find(({ outcome }) => outcome === 'failed')!;
    const [point] = wrong['points'] as { number: number; verdict: string; differing: number; proof: { level: string } }[];
    assert.deepEqual([point!.number, point!.verdict, point!.differing, point!.proof.level], [1, 'failed', 512, 'full']);
    assert.equal(wrong['source'], disks.get('backups/wrong.vhd')!.url);
    const { type, job, chains, passed, structure, failed, unverified, points, failedPoints, compared } = last;
    assert.deepEqual(
      { type, job, chains, passed, structure, failed, unverified, points, failedPoints, compared },
      {
        type: 'result',
        job: 'verifyAll',
        chains: 4,
        passed: 2,
        structure: 1,
        failed: 1,
        unverified: 0,
        points: 4,
        failedPoints: 1,
        compared: 3 * MIB - 512,
      },
    );
    const lines = stderr.trim().split('\n');
    assert.match(lines.at(-3)!, /^ failed {5}\S+\/wrong\.vhd {2}point 000001: 512 bytes differ/);
    assert.match(
      lines.at(-2)!,
      /^4 chains: 2 without a fault, 1 of which no content was read, 1 with a wrong point\. 4 points, 3 MiB compared/,
    );
    assert.match(lines.at(-1)!, /^What to do: restore none that failed\. .* compares the whole disk with the backup/);
    const names = two.emulator.store.blobs(two.backupAccount, 'backups').map(String);
    assert.ok(names.some((name) => name.startsWith('wrong.vhd.chain/000001.proof-failed-')));
  });

  it('verifies those of a container or folder alone, with a SAS too', async () => {
    const sas = two.emulator.sas(two.backupAccount, { container: 'more', permissions: 'rl', expiresOn: new Date(Date.now() + HOUR) });
    const folder = await run('verify', `${account()}/more/folder?${sas}`, '--all', '--json');
    assert.equal(folder.status, 0, folder.stderr);
    assert.deepEqual(chainsOf(folder), [['more/folder/d.vhd', 'passed', MIB]]);
    assert.doesNotMatch(folder.stdout + folder.stderr, /sig=/);
    const container = await run('verify', `${account()}/more/`, '--all', '--json', '--proof', 'ranges');
    assert.deepEqual(chainsOf(container), [['more/folder/d.vhd', 'passed', 0]]);
    const otherwise = await run('verify', `${account().replace('http:', 'HTTP:')}/more/f%6Flder`, '--all', '--json');
    assert.deepEqual(chainsOf(otherwise), [['more/folder/d.vhd', 'passed', MIB]], 'however its URL is written');
    for (const place of [account(), `${account()}/more`, `${account()}/more/`]) {
      const { status, stderr } = await run('verify', place);
      assert.deepEqual([status, /names .*To verify every chain of an account or a container, add --all\./.test(stderr)], [2, true], stderr);
    }
    const none = await run('verify', `${account()}/backups/wrong.vhd`, '--all');
    assert.equal(none.status, 5);
    assert.match(none.stderr, /There is no catalogue in .*nothing was verified\..*leave --all out/);
  });

  it('finds the chains whose catalogues lie in another account', async () => {
    const place = (await newContainer(two.emulator, two.diskAccount, 'catalogues')).url;
    const disk = disks.get('more/folder/d.vhd')!;
    const made = await run('backup', disk.url, backupOf('more/else%20where.vhd'), '--catalogue', place);
    assert.equal(made.status, 0, made.stderr);
    const found = await run('verify', account(), '--all', '--catalogue', place, '--json');
    assert.equal(found.status, 0, found.stderr);
    assert.deepEqual(chainsOf(found), [['more/else%20where.vhd', 'passed', MIB]]);
    const written = await run('verify', `${account().replace('http:', 'HTTP:')}/m%6Fre/`, '--all', '--catalogue', place, '--json');
    assert.deepEqual(chainsOf(written), [['more/else%20where.vhd', 'passed', MIB]], 'however the URL is written');
    assert.equal((await run('verify', `${account()}/backups`, '--all', '--catalogue', place)).status, 5, 'there is none of that container');
  });

  it('goes on past a chain and a container that cannot be read, and ends with the worst of what happened', async () => {
    hooked(({ operation, container, query }) => {
      if (operation !== 'ListBlobs') return undefined;
      if (container === 'shut') return { kind: 'status', status: 403, code: 'AuthorizationFailure' };
      return query.get('prefix')?.startsWith('wrong.vhd.chain') ? { kind: 'status', status: 501, code: 'NotImplemented' } : undefined;
    });
    const { status, objects, last, stderr } = await run('verify', account(), '--all', '--json');
    assert.deepEqual([last['chains'], last['passed'], last['unverified'], last['unlisted']], [4, 2, 1, 1]);
    assert.ok(objects.some(({ type, code, what }) => type === 'fault' && code === 'accessDenied' && String(what).endsWith('/shut')));
    assert.match(stderr, /^ failed {5}\S+\/wrong\.vhd {2}It could not be verified:/m);
    assert.equal(status, 4, 'no access comes before what is not supported');
  });

  it('stops at once, tells what was done, and ends with 3', async () => {
    let child: ChildProcess | undefined;
    // A record of the second chain is made: the first one is done.
    let records = 0;
    hooked(({ operation }) => void (operation === 'PutBlob' && ++records === 2 && child!.kill('SIGINT')));
    const { status, objects, stderr } = await runCliProcess(['verify', account(), '--all', '--json', '--parallel', '1'], {
      env: two.env,
      onStart: (started) => (child = started),
    });
    assert.equal(status, 3, stderr);
    assert.match(stderr, /^Stopped after [1-3] of 4 chains: .* compared\.$/m);
    assert.deepEqual(
      objects.slice(-2).map(({ type }) => type),
      ['stopped', 'error'],
    );
  });

  it('refuses what is of one chain', async () => {
    assert.equal((await run('verify', account(), '--all', '--point', '1')).status, 2);
    assert.equal((await run('verify', account(), '--all', '--source', account())).status, 2);
    assert.equal((await run('verify', 'backups', '--all')).status, 2);
    assert.equal((await run('verify', backupOf('more/folder/d.vhd'), '--parallel', '2')).status, 2);
  });
});
