import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCliProcess, type CliRun, type JsonObject } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const NAMES = ['a.vhd', 'deep/b.vhd', 'c.vhd'];

describe('apply on the command line', () => {
  let two: TwoAccounts;
  let folder: string;
  let policy: string;
  const run = (...args: string[]): Promise<CliRun> => runCliProcess(['apply', '--policy', policy, '--json', ...args], { env: two.env });
  const chains = ({ objects }: CliRun): JsonObject[] => objects.filter(({ type }) => type === 'chain');
  const outcomes = (run: CliRun): string[] =>
    chains(run)
      .map(({ outcome, source }) => `${String(source).split('/vhds/')[1]!} ${String(outcome)}`)
      .sort();

  before(async () => {
    two = await startTwoAccounts();
    folder = await mkdtemp(join(tmpdir(), 'pbb-apply-'));
    policy = join(folder, 'page-blob-backup.yaml');
    for (const [i, name] of NAMES.entries()) await makeDisk(two.disks, name, 4 * MIB, [{ offset: 0, length: MIB, fill: i + 1 }]);
    await makeDisk(two.disks, 'scratch.vhd', MIB);
    const [from, to] = [two.emulator.blobEndpoint(two.diskAccount), two.emulator.blobEndpoint(two.backupAccount)];
    const text = `version: 1
timeZone: Europe/Berlin
chains:
  - name: all
    account: ${from}
    blobs: [vhds/**/*.vhd, vhds/c.vhd]
    except: vhds/scratch*
    window: { cron: "0 0,12 * * *" }
    retention: { last: 2 }
    to: { account: "${to}", blob: "backups/{account}/{blob}" }
`;
    await writeFile(policy, text);
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  it('previews the runs to come and changes nothing', async () => {
    const shown = await run('--dry-run', '--now', '2026-03-28T20:00:00Z', '--coming', '4');
    assert.equal(shown.status, 0, shown.stderr);
    const [first] = chains(shown) as (JsonObject & { coming: { at: string; deletes: { number: number }[] }[] })[];
    assert.equal(first?.['due'], true);
    // Now, at midnight, at noon in summer time, and at midnight again.
    assert.deepEqual(
      first?.coming.map(({ at }) => at.slice(0, 16)),
      ['2026-03-28T20:00', '2026-03-28T23:00', '2026-03-29T10:00', '2026-03-29T22:00'],
    );
    assert.deepEqual(
      first?.coming.map(({ deletes }) => deletes.map(({ number }) => number)),
      [[], [], [1], [2]],
    );
    assert.equal(shown.last['chains'], 3);
  });

  it('backs up every disk once in a window, and prunes', async () => {
    const report = join(folder, 'report.md');
    const first = await run('--now', '2026-03-28T20:00:00Z', '--report', report, '--parallel', '2');
    assert.equal(first.status, 0, first.stderr);
    assert.deepEqual(outcomes(first), ['a.vhd backedUp', 'c.vhd backedUp', 'deep/b.vhd backedUp']);
    assert.match(await readFile(report, 'utf8'), /: all is well\. 3 chains: 3 backed up\.\n\n\| chain/);
    assert.deepEqual((await run('--now', '2026-03-28T22:59:00Z')).last['counts'], { notDue: 3 });

    const disk = two.disks.getPageBlobClient('a.vhd');
    for (const [i, now] of ['2026-03-28T23:01:00Z', '2026-03-29T10:00:00Z'].entries()) {
      await writeBytes(disk, { offset: 2 * MIB, length: 4096, fill: 50 + i });
      const next = await run('--now', now);
      assert.deepEqual(outcomes(next), ['a.vhd backedUp', 'c.vhd unchanged', 'deep/b.vhd unchanged'], next.stderr);
      assert.deepEqual((await run('--now', now)).last['counts'], { notDue: 3 });
    }
    const backup = two.backups.getPageBlobClient(`${two.diskAccount}/a.vhd`);
    const list = await runCliProcess(['points', backup.url, '--json'], { env: two.env });
    const points = list.last['points'] as { number: number; recoveryPoint: string }[];
    assert.deepEqual([points.map(({ number }) => number), list.last['pruned']], [[3, 2], [1]]);
    assert.ok((await bytesOf(backup.withSnapshot(points[0]!.recoveryPoint))).equals(await bytesOf(disk)));
  });

  it('splits the fleet into shards of which each chain is in one', async () => {
    const all: string[] = [];
    for (const shard of ['1/3', '2/3', '3/3']) all.push(...outcomes(await run('--shard', shard, '--now', '2026-03-29T11:00:00Z')));
    assert.deepEqual(all.sort(), ['a.vhd notDue', 'c.vhd notDue', 'deep/b.vhd notDue']);
  });

  it('one chain that fails does not stop the others, and is told by the exit status and the report', async () => {
    const report = join(folder, 'failed.md');
    const remove = two.emulator.onRequest(({ operation, blob }) =>
      operation === 'SnapshotBlob' && blob === 'c.vhd' ? { kind: 'status', status: 403, code: 'AuthorizationFailure' } : undefined,
    );
    const result = await run('--now', '2026-04-20T11:00:00Z', '--report', report);
    remove();
    assert.equal(result.status, 4, result.stderr);
    assert.deepEqual(outcomes(result), ['a.vhd unchanged', 'c.vhd failed', 'deep/b.vhd unchanged']);
    assert.ok(chains(result).every(({ missed }) => missed));
    assert.match(await readFile(report, 'utf8'), /\*\*1 failed\*\*.*\n\n.*\n.*\n\| `[^`]*c\.vhd` → .* \| failed \|/);
  });

  it('tells mistakes of the policy at their line, and of its own arguments', async () => {
    const bad = join(folder, 'bad.yaml');
    await writeFile(bad, 'version: 1\nchains:\n  - blob: x\n');
    const { status, stderr, objects } = await runCliProcess(['apply', '--policy', bad, '--json'], { env: two.env });
    assert.equal(status, 2);
    assert.match(stderr, /bad\.yaml:3:5: There is no key "blob" in a chain/);
    assert.deepEqual([objects[0]?.['type'], objects[0]?.['line']], ['problem', 3]);
    for (const args of [
      ['--shard', '3/2'],
      ['--now', 'tomorrow'],
      ['--policy', join(folder, 'none.yaml')],
    ]) {
      const all = args[0] === '--policy' ? args : ['--policy', policy, ...args];
      assert.equal((await runCliProcess(['apply', ...all], { env: two.env })).status, 2, args.join(' '));
    }
  });

  it('verifies what the policy says, after the backups and when it is due; a wrong point gives status 7 and what to do', async () => {
    const text = (await readFile(policy, 'utf8')).replace('backups/{account}/{blob}', 'backups/verified/{blob}');
    const file = join(folder, 'verifying.yaml');
    await writeFile(file, `${text}    verify: { every: 7d, proof: full }\n`);
    const report = join(folder, 'report.md');
    const apply = (now: string, ...args: string[]): Promise<CliRun> =>
      runCliProcess(['apply', '--policy', file, '--json', '--now', now, ...args], { env: two.env });
    const verifications = ({ objects }: CliRun): string[] =>
      objects
        .filter(({ type }) => type === 'verification')
        .map(({ outcome, backup }) => `${String(backup).split('/verified/')[1]!} ${String(outcome)}`)
        .sort();
    const first = await apply('2026-05-01T00:10:00Z');
    assert.equal(first.status, 0, first.stderr);
    assert.deepEqual(verifications(first), ['a.vhd verified', 'c.vhd verified', 'deep/b.vhd verified']);
    const types = first.objects.map(({ type }) => type).filter((type) => type === 'chain' || type === 'verification');
    assert.deepEqual(types.slice(0, 3), ['chain', 'chain', 'chain'], 'backups come first');
    assert.deepEqual([first.last['verified'], first.last['wrong']], [3, 0]);
    assert.deepEqual(verifications(await apply('2026-05-02T13:00:00Z')), []);
    const shown = await apply('2026-05-02T13:00:00Z', '--dry-run');
    assert.match(shown.stderr, /^ verify {5}2026-05-08T00:1\S+ {2}full proof of the newest point/m);
    // The record of one claims to equal another state of its disk than its snapshot shows.
    const record = two.backups.getBlockBlobClient('verified/a.vhd.chain/000001.json');
    const disk = two.disks.getPageBlobClient('a.vhd');
    await writeBytes(disk, { offset: 0, length: 512, fill: 0xee });
    const { snapshot } = await disk.createSnapshot();
    const entry = JSON.parse(String(await record.downloadToBuffer())) as { source: object };
    const forged = JSON.stringify({ ...entry, source: { ...entry.source, snapshot } });
    await record.upload(forged, forged.length);
    const late = await apply('2026-06-30T00:00:00Z', '--only', 'verify', '--report', report);
    assert.equal(late.status, 7, late.stderr);
    assert.deepEqual(verifications(late), ['a.vhd wrong', 'c.vhd verified', 'deep/b.vhd verified'], 'seven weeks are made up for by one');
    assert.match(
      late.stderr,
      /Recovery point 1 is wrong: 512 bytes differ.*Do not restore it\. Back up now: that run compares the whole disk/,
    );
    assert.match(await readFile(report, 'utf8'), /## Verification\n\n- `\S+\/verified\/a\.vhd`: Recovery point 1 is wrong/);
    const next = await apply('2026-06-30T01:00:00Z');
    assert.equal(next.status, 0, next.stderr);
    assert.ok(chains(next).some(({ kind, backup }) => kind === 'rebase' && String(backup).endsWith('/verified/a.vhd')));
  });
});
