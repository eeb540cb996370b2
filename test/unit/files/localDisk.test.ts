import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isBackupError, type ErrorCode } from '../../../src/engine/errors.ts';
import { fileSystem, type FileSystem } from '../../../src/files/fileSystem.ts';
import { LocalDisk } from '../../../src/files/localDisk.ts';

const MIB = 1024 * 1024;
const LENGTH = 64 * MIB;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pbb-files-'));
  path = join(folder, 'disk.vhd');
});
afterEach(() => rm(folder, { recursive: true }));

/** The machine's file system with some calls replaced. */
const withCalls = (calls: Partial<Record<keyof FileSystem, unknown>>): FileSystem => ({ ...fileSystem, ...calls }) as FileSystem;

const failing = (code: string) => async () => {
  throw Object.assign(new Error(`${code}: it failed`), { code });
};

async function refuses(work: Promise<unknown>, code: ErrorCode, says: RegExp): Promise<void> {
  await assert.rejects(work, (error) => isBackupError(error, code) && says.test(error.fullText));
}

describe('a disk file in the making', () => {
  it('is sparse, bears another name until it is finished, and then holds what was written', async () => {
    const disk = new LocalDisk(path);
    assert.equal(await disk.exists(), false);
    assert.equal(await disk.begin(LENGTH, 'point 1'), 0);
    assert.deepEqual(await readdir(folder), ['disk.vhd.partial', 'disk.vhd.partial.json']);
    assert.equal(await disk.length(), LENGTH);
    await disk.write(MIB, Buffer.alloc(4096, 7));
    await disk.checkpoint(2 * MIB);
    assert.deepEqual(JSON.parse(await readFile(`${path}.partial.json`, 'utf8')), {
      format: 1,
      stamp: 'point 1',
      applied: 2 * MIB,
      length: LENGTH,
    });
    assert.deepEqual(
      await disk.read({ start: MIB - 512, end: MIB + 512 }),
      new Uint8Array([...Buffer.alloc(512), ...Buffer.alloc(512, 7)]),
    );
    await disk.finish();
    await disk.close();
    assert.deepEqual(await readdir(folder), ['disk.vhd']);
    assert.equal(await disk.exists(), true);
    const { size, blocks } = await stat(path);
    assert.equal(size, LENGTH);
    assert.ok(blocks * 512 < MIB, `${blocks} blocks`);
    const expected = Buffer.alloc(LENGTH);
    expected.fill(7, MIB, MIB + 4096);
    assert.ok((await readFile(path)).equals(expected));
  });

  it('goes on where the same restore stopped', async () => {
    const first = new LocalDisk(path);
    await first.begin(LENGTH, 'point 1');
    await first.write(0, Buffer.alloc(512, 1));
    await first.checkpoint(512);
    await first.write(512, Buffer.alloc(512, 2));
    await first.close();
    const second = new LocalDisk(path);
    assert.equal(await second.begin(LENGTH, 'point 1'), 512);
    assert.equal((await second.read({ start: 0, end: 512 }))[0], 1);
    await second.finish();
  });

  for (const [what, stamp, length] of [
    ['another point', 'point 2', LENGTH],
    ['another length', 'point 1', 2 * LENGTH],
  ] as const) {
    it(`begins anew for ${what}`, async () => {
      const first = new LocalDisk(path);
      await first.begin(LENGTH, 'point 1');
      await first.write(0, Buffer.alloc(512, 1));
      await first.checkpoint(512);
      await first.close();
      const second = new LocalDisk(path);
      assert.equal(await second.begin(length, stamp), 0);
      assert.equal(await second.length(), length);
      assert.deepEqual(await second.read({ start: 0, end: 512 }), new Uint8Array(512));
      await second.close();
    });
  }

  it('begins anew when the file is shorter than its notes say', async () => {
    const first = new LocalDisk(path);
    await first.begin(LENGTH, 'point 1');
    await first.checkpoint(LENGTH);
    await first.close();
    await truncate(`${path}.partial`, 512);
    const second = new LocalDisk(path);
    assert.equal(await second.begin(LENGTH, 'point 1'), 0);
    assert.equal(await second.length(), LENGTH);
    await second.close();
  });

  it('never writes to a finished disk that a crash left with both names', async () => {
    const first = new LocalDisk(path);
    await first.begin(LENGTH, 'point 1');
    await first.write(0, Buffer.alloc(512, 1));
    await first.checkpoint(LENGTH);
    await first.close();
    const mine = join(folder, 'mine.vhd');
    await link(`${path}.partial`, mine);
    const second = new LocalDisk(path);
    assert.equal(await second.begin(LENGTH, 'point 1'), 0);
    await second.write(0, Buffer.alloc(512, 9));
    await second.close();
    assert.equal((await readFile(mine))[0], 1);
  });

  it('notes no less than it noted before', async () => {
    const disk = new LocalDisk(path);
    await disk.begin(LENGTH, 'point 1');
    await Promise.all([disk.checkpoint(8192), disk.checkpoint(4096)]);
    await disk.close();
    assert.equal(await new LocalDisk(path).begin(LENGTH, 'point 1'), 8192);
  });

  it('leaves alone what it did not make', async () => {
    await writeFile(`${path}.partial`, 'mine');
    await refuses(
      new LocalDisk(path).begin(LENGTH, 'point 1'),
      'alreadyExists',
      /disk\.vhd\.partial exists already and was not made by a restore/,
    );
    assert.equal(await readFile(`${path}.partial`, 'utf8'), 'mine');
    await rm(`${path}.partial`);
    await writeFile(`${path}.partial.json`, '{"a": 1}');
    await refuses(new LocalDisk(path).begin(LENGTH, 'point 1'), 'alreadyExists', /was not made by a restore/);
  });
});

describe('finishing a disk file', () => {
  /** File systems without hard links take the other way. */
  for (const [kind, fs] of [
    ['with hard links', fileSystem],
    ['without hard links', withCalls({ link: failing('EPERM') })],
  ] as const) {
    it(`never overwrites a file ${kind}`, async () => {
      const disk = new LocalDisk(path, fs);
      await disk.begin(LENGTH, 'point 1');
      await writeFile(path, 'mine');
      await refuses(disk.finish(), 'alreadyExists', /has appeared meanwhile\. .*disk\.vhd\.partial, complete and compared/);
      assert.equal(await readFile(path, 'utf8'), 'mine');
      assert.equal((await stat(`${path}.partial`)).size, LENGTH);
    });

    it(`gives the name ${kind}`, async () => {
      const disk = new LocalDisk(path, fs);
      await disk.begin(LENGTH, 'point 1');
      await disk.finish();
      assert.deepEqual(await readdir(folder), ['disk.vhd']);
    });
  }

  it('never overwrites what a link of that name points to', async () => {
    const disk = new LocalDisk(path);
    await disk.begin(LENGTH, 'point 1');
    await symlink(join(folder, 'nowhere'), path);
    await refuses(disk.finish(), 'alreadyExists', /has appeared meanwhile/);
  });

  it('is refused to a restore whose file another one has replaced', async () => {
    const one = new LocalDisk(path);
    await one.begin(LENGTH, 'point 1');
    const other = new LocalDisk(path);
    await other.begin(LENGTH, 'point 2');
    await refuses(one.finish(), 'busy', /another restore has replaced or finished it/);
    await other.finish();
  });

  it('is refused to the second of two restores that write one file, and nothing is left beside the disk', async () => {
    const one = new LocalDisk(path);
    const other = new LocalDisk(path);
    await one.begin(LENGTH, 'point 1');
    await other.begin(LENGTH, 'point 1');
    await one.finish();
    await refuses(other.checkpoint(LENGTH), 'busy', /another restore has replaced or finished it/);
    await refuses(other.finish(), 'busy', /another restore has replaced or finished it/);
    await other.close();
    assert.deepEqual(await readdir(folder), ['disk.vhd']);
  });

  it('is refused in plain words wherever the other restore was quicker', async () => {
    const open: FileSystem['open'] = async (...args) => (args[1] === 'wx+' ? failing('EEXIST')() : fileSystem.open(...args));
    for (const fs of [withCalls({ rename: failing('ENOENT') }), withCalls({ open })]) {
      await refuses(new LocalDisk(path, fs).begin(LENGTH, 'point 1'), 'busy', /another restore has replaced or finished it/);
      await rm(folder, { recursive: true });
      await mkdir(folder);
    }
    const disk = new LocalDisk(path, withCalls({ link: failing('ENOENT') }));
    await disk.begin(LENGTH, 'point 1');
    await refuses(disk.finish(), 'busy', /another restore has replaced or finished it/);
  });

  it('is refused when the unfinished file is gone', async () => {
    const disk = new LocalDisk(path);
    await disk.begin(LENGTH, 'point 1');
    await rename(`${path}.partial`, `${path}.moved`);
    await refuses(disk.finish(), 'busy', /disk\.vhd\.partial is no longer the file/);
    await disk.close();
  });
});

describe('a disk of this machine that does not serve', () => {
  const free = (bytes: number) => withCalls({ statfs: async () => ({ bavail: bytes / 4096, bsize: 4096 }) });

  it('says before the start what is needed and what is free', async () => {
    await refuses(
      new LocalDisk(path, free(MIB)).requireSpace(3 * MIB),
      'noSpace',
      /disk\.vhd needs 3 MiB \(3145728 bytes\), and 1 MiB \(1048576 bytes\) are free/,
    );
    await new LocalDisk(path, free(3 * MIB)).requireSpace(3 * MIB);
  });

  it('counts what an interrupted restore has written', async () => {
    const disk = new LocalDisk(path);
    await disk.begin(LENGTH, 'point 1');
    await disk.write(0, Buffer.alloc(2 * MIB, 1));
    await disk.checkpoint(2 * MIB);
    await disk.close();
    await new LocalDisk(path, free(MIB)).requireSpace(3 * MIB);
    await refuses(new LocalDisk(path, free(MIB)).requireSpace(4 * MIB), 'noSpace', /needs 2 MiB/);
  });

  it('lets the writes find out where the system does not tell', async () => {
    await new LocalDisk(path, withCalls({ statfs: failing('ENOSYS') })).requireSpace(LENGTH);
  });

  for (const [errno, code, says] of [
    ['ENOSPC', 'noSpace', /the disk of this machine is full\. .*what was written so far is kept\. .*same command again/],
    ['EDQUOT', 'noSpace', /the quota of this user is used up/],
    ['EACCES', 'fileProblem', /Could not write to .*disk\.vhd\.partial: this user may not do that there/],
    ['EROFS', 'fileProblem', /the file system is read-only/],
    ['EWEIRD', 'fileProblem', /EWEIRD: it failed/],
  ] as const) {
    it(`says in plain words what ${errno} means`, async () => {
      await refuses(new LocalDisk(path, withCalls({ open: failing(errno) })).begin(LENGTH, 'point 1'), code, says);
    });
  }

  it('keeps what it has when the disk runs full in the middle, and goes on after', async () => {
    const open: FileSystem['open'] = async (...args) => {
      const file = await fileSystem.open(...args);
      if (String(args[0]).endsWith('.partial')) {
        const write = file.write.bind(file) as (...all: unknown[]) => unknown;
        const full = failing('ENOSPC');
        Object.assign(file, { write: (...all: unknown[]) => (Number(all[3]) >= MIB ? full() : write(...all)) });
      }
      return file;
    };
    const disk = new LocalDisk(path, withCalls({ open }));
    await disk.begin(LENGTH, 'point 1');
    await disk.write(0, Buffer.alloc(512, 1));
    await disk.checkpoint(512);
    await refuses(disk.write(MIB, Buffer.alloc(512, 2)), 'noSpace', /is full/);
    await disk.close();
    assert.equal(await new LocalDisk(path).begin(LENGTH, 'point 1'), 512);
  });

  it('writes all where the system takes a part', async () => {
    const open: FileSystem['open'] = async (...args) => {
      const file = await fileSystem.open(...args);
      const write = file.write.bind(file) as (
        bytes: Uint8Array,
        at: number,
        length: number,
        position: number,
      ) => Promise<{ bytesWritten: number }>;
      if (String(args[0]).endsWith('.partial')) {
        Object.assign(file, {
          write: (bytes: Uint8Array, at: number, length: number, position: number) => write(bytes, at, Math.min(length, 100), position),
        });
      }
      return file;
    };
    const disk = new LocalDisk(path, withCalls({ open }));
    await disk.begin(LENGTH, 'point 1');
    await disk.write(512, Buffer.alloc(1024, 3));
    assert.deepEqual(await disk.read({ start: 512, end: 1536 }), new Uint8Array(1024).fill(3));
    await disk.close();
  });
});
