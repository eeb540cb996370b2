import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { runCli } from '../../src/cli/runCli.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { fileSystem, type FileSystem } from '../../src/files/fileSystem.ts';
import { makeDisk, startTwoAccounts, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;

/** A file system that says how much is free. */
function withFree(bytes: number): FileSystem {
  const statfs = async (...args: Parameters<FileSystem['statfs']>) =>
    Object.assign(await fileSystem.statfs(...args), { bavail: bytes / 512, bsize: 512 });
  return { ...fileSystem, statfs: statfs as FileSystem['statfs'] };
}

describe('a restore to a disk of this machine', () => {
  let two: TwoAccounts;
  let folder: string;
  const run = async (files: FileSystem, ...args: string[]) => {
    const stdout = new PassThrough();
    let stderr = '';
    const signal = new AbortController().signal;
    const status = await runCli(args, {
      env: two.env,
      stdout,
      stderr: { write: (text) => (stderr += text) },
      world: systemWorld,
      files,
      signal,
    });
    return { status, stderr, stdout: String(stdout.read() ?? '') };
  };
  before(async () => {
    two = await startTwoAccounts();
    folder = await mkdtemp(join(tmpdir(), 'pbb-room-'));
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  it('asks for room for the pages, not for the whole disk', async () => {
    const disk = await makeDisk(two.disks, 'disk.vhd', 512 * MIB, [{ offset: 0, length: 3 * MIB, fill: 1 }]);
    const backup = two.backups.getPageBlobClient('disk.vhd').url;
    const made = await run(fileSystem, 'backup', disk.url, backup, '--json');
    assert.equal(made.status, 0, made.stderr);
    const { recoveryPoint } = JSON.parse(made.stdout.trim().split('\n').at(-1)!) as { recoveryPoint: string };
    const point = `${backup}?snapshot=${recoveryPoint}`;
    const path = join(folder, 'disk.vhd');

    const refused = await run(withFree(2 * MIB), 'restore', point, path, '--json');
    assert.equal(refused.status, 2, refused.stderr);
    assert.match(
      refused.stderr,
      /disk\.vhd needs 3 MiB \(3145728 bytes\), and 2 MiB \(2097152 bytes\) are free on that disk\. Nothing was written\./,
    );
    assert.deepEqual(await readdir(folder), []);

    const restored = await run(withFree(4 * MIB), 'restore', point, path);
    assert.equal(restored.status, 0, restored.stderr);
  });
});
