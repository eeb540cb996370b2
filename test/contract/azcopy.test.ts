/** The real AzCopy against our emulator: it takes a disk in, between accounts and out again, byte for byte. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { findAzCopy } from '../support/azcopy.ts';
import { inAnHour, MIB, rig } from './emulatorRig.ts';

const azcopy = findAzCopy();

it('AzCopy carries a page blob in, across accounts and out', { skip: azcopy.absent ?? false }, async () => {
  const { emulator } = await rig();
  const work = await mkdtemp(join(tmpdir(), 'pbb-azcopy-'));
  try {
    const disk = join(work, 'disk.vhd');
    await writeSparse(disk);
    const [one, two] = emulator.accounts.map(({ name }) => name) as [string, string];
    const url = (account: string, blob: string): string => {
      const sas = emulator.sas(account, { container: 'disks', permissions: 'racwdl', expiresOn: inAnHour() });
      return `${emulator.blobEndpoint(account)}/disks/${blob}?${sas}`;
    };
    await run(azcopy.binary!, work, ['cp', disk, url(one, 'disk.vhd'), '--from-to', 'LocalBlob', '--blob-type', 'PageBlob']);
    await run(azcopy.binary!, work, ['cp', url(one, 'disk.vhd'), url(two, 'copy.vhd'), '--from-to', 'BlobBlob']);
    await run(azcopy.binary!, work, ['cp', url(two, 'copy.vhd'), join(work, 'back.vhd'), '--from-to', 'BlobLocal']);

    const bytes = await readFile(disk);
    const copy = { account: two, container: 'disks', blob: 'copy.vhd' };
    assert.ok(bytes.equals(emulator.store.bytes({ account: one, container: 'disks', blob: 'disk.vhd' })));
    assert.ok(bytes.equals(emulator.store.bytes(copy)));
    assert.ok(bytes.equals(await readFile(join(work, 'back.vhd'))));
    assert.deepEqual(emulator.store.ranges(copy), [
      { start: 0, end: 8 * MIB },
      { start: 20 * MIB, end: 24 * MIB },
      { start: 32 * MIB, end: 32 * MIB + 512 },
    ]);
    assert.ok((emulator.counts.byOperation['PutPageFromURL'] ?? 0) >= 4);
  } finally {
    await rm(work, { recursive: true });
  }
});

/** 32 MiB and a footer's page, with data in its first 8 MiB, in one chunk of 4 MiB, and at the end. */
async function writeSparse(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(32 * MIB + 512);
  await file.write(Buffer.alloc(5 * MIB, 'head'), 0, 5 * MIB, 3 * MIB);
  await file.write(Buffer.alloc(1024, 'middle'), 0, 1024, 21 * MIB);
  await file.write(Buffer.alloc(512, 'conectix'), 0, 512, 32 * MIB);
  await file.close();
}

async function run(binary: string, work: string, args: readonly string[]): Promise<void> {
  const own = {
    AZCOPY_LOG_LOCATION: join(work, 'log'),
    AZCOPY_JOB_PLAN_LOCATION: join(work, 'plan'),
    AZCOPY_DISABLE_SYSLOG: 'true',
    HOME: work,
  };
  const child = spawn(binary, [...args], { env: { ...process.env, ...own } });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (output += piece.toString()));
  assert.equal(await new Promise((done) => child.on('close', done)), 0, output);
}
