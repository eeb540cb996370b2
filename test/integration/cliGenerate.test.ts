import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCliProcess, type CliRun, type JsonObject } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** A folder as nobody should name one: every sign of it means something to cron or to a shell. */
const FOLDER = `it's 100% "ours" $HOME \`id\` \\n & more`;

describe('a generated crontab', () => {
  let two: TwoAccounts;
  let root: string;
  let policy: string;
  const generate = (...args: string[]): Promise<CliRun> => runCliProcess(['generate', ...args, '--policy', policy], { env: two.env });
  const points = async (name: string): Promise<JsonObject> => {
    const { last } = await runCliProcess(['points', two.backups.getPageBlobClient(name).url, '--json'], { env: two.env });
    return last;
  };

  before(async () => {
    two = await startTwoAccounts();
    root = await mkdtemp(join(tmpdir(), 'pbb-generate-'));
    const folder = join(root, FOLDER);
    await mkdir(folder);
    policy = join(folder, 'page-blob-backup.yaml');
    await makeDisk(two.disks, 'web.vhd', 2 * MIB, [{ offset: 0, length: MIB, fill: 7 }]);
    const [from, to] = [two.emulator.blobEndpoint(two.diskAccount), two.emulator.blobEndpoint(two.backupAccount)];
    const text = `version: 1
chains:
  - account: ${from}
    blobs: vhds/*.vhd
    window: 12h
    retention: { last: 1 }
    to: { account: "${to}", blob: "backups/{blob}" }
`;
    await writeFile(policy, text);
    // Where cron looks for the program.
    await mkdir(join(root, 'bin'));
    const program = join(root, 'bin', 'page-blob-backup');
    await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    await chmod(program, 0o755);
  });
  after(async () => {
    await two.close();
    await rm(root, { recursive: true });
  });

  it('backs up, and prunes, when its lines are run as cron runs them', async () => {
    const crontab = (await generate('crontab')).stdout;
    const [backup, prune] = jobsOf(crontab);
    const first = await asCron(backup!, crontab);
    assert.equal(first.status, 0, first.stderr);
    const made = (await points('web.vhd'))['points'] as { number: number; recoveryPoint: string }[];
    assert.deepEqual(
      made.map(({ number }) => number),
      [1],
    );
    const copy = two.backups.getPageBlobClient('web.vhd').withSnapshot(made[0]!.recoveryPoint);
    const disk = two.disks.getPageBlobClient('web.vhd');
    assert.ok((await bytesOf(copy)).equals(await bytesOf(disk)));

    // A second point, which the line of the backups leaves and the other one prunes the first for.
    await writeBytes(disk, { offset: MIB, length: 4096, fill: 8 });
    const later = ['apply', '--policy', policy, '--only', 'backup', '--now', new Date(Date.now() + 13 * 3_600_000).toISOString()];
    assert.equal((await runCliProcess(later, { env: two.env })).status, 0);
    assert.equal(((await points('web.vhd'))['points'] as object[]).length, 2);
    const second = await asCron(prune!, crontab);
    assert.equal(second.status, 0, second.stderr);
    assert.match(second.stderr, /pruned .*1 pruned/);
    const left = await points('web.vhd');
    assert.deepEqual([(left['points'] as { number: number }[]).map(({ number }) => number), left['pruned']], [[2], [1]]);
    assert.match((await asCron(prune!, crontab)).stderr, /1 chain: 1 not due/);
  });

  it('and every other kind are written to files, or told as JSON', async () => {
    const out = join(root, 'out');
    for (const kind of ['github', 'azure-pipelines', 'kubernetes', 'container-apps', 'systemd', 'crontab', 'roles']) {
      // A policy of a pipeline lies in its repository.
      const result = await runCliProcess(['generate', kind, '--policy', 'page-blob-backup.yaml', '--out', join(out, kind), '--json'], {
        env: two.env,
        cwd: join(root, FOLDER),
      });
      assert.equal(result.status, 0, result.stderr);
      const written = result.last['written'] as string[];
      assert.equal(written.length, kind === 'systemd' ? 4 : 1);
      for (const file of written) assert.doesNotMatch(await readFile(file, 'utf8'), /undefined|\[object/);
    }
    assert.deepEqual((await readdir(join(out, 'systemd'))).length, 4);
    const { last, stdout } = await generate('roles', '--json');
    assert.deepEqual([(last['files'] as { name: string }[])[0]!.name, stdout.split('\n').length], ['page-blob-backup-roles.sh', 2]);
    assert.match(await readFile(join(out, 'container-apps'), 'utf8'), /loadTextContent\('\.\.\/it\\'s/);
  });

  it('is refused with a reason', async () => {
    const secret = join(root, 'secret.yaml');
    await writeFile(secret, `# https://x.blob.core.windows.net/?sv=1&sig=abcdefgh\n${await readFile(policy, 'utf8')}`);
    const refused: [args: string[], message: RegExp][] = [
      [['generate', 'windows', '--policy', policy], /knows github, /],
      [['generate', 'github'], /needs --policy/],
      [['generate', 'github', '--policy', policy], /is not in this folder/],
      [['generate', 'kubernetes', '--policy', secret], /looks like a secret/],
      [['generate', 'crontab', '--policy', policy, '--shard', '3/2'], /--shard takes i\/n/],
    ];
    for (const [args, message] of refused) {
      const { status, stderr, stdout } = await runCliProcess(args, { env: two.env });
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }
  });

  /** Runs a command as cron does: the variables of the file, `sh -c`, and nothing else of this process. */
  function asCron(command: string, crontab: string): Promise<{ status: number; stderr: string }> {
    const own = Object.fromEntries(
      [...crontab.matchAll(/^([A-Z_]+)=(?:"(.*)"|(.*))$/gm)].map(([, name, quoted, plain]) => [name!, quoted ?? plain!]),
    );
    const env = { ...own, ...two.env, HOME: root, PATH: `${join(root, 'bin')}:${own['PATH']}` };
    return new Promise((resolve) => {
      execFile(own['SHELL']!, ['-c', command], { env, cwd: root }, (error, _stdout, stderr) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stderr });
      });
    });
  }
});

/** The commands of a crontab, as crontab(5) reads them: five fields, then the rest, in which `\%` is `%`. */
function jobsOf(crontab: string): string[] {
  return [...crontab.matchAll(/^(?:[\d*][\d*,/-]* ){5}(.*)$/gm)].map(([, command]) => {
    assert.doesNotMatch(command!, /(?<!\\)%/);
    return command!.replaceAll('\\%', '%');
  });
}
