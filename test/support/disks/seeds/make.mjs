// Makes the seeds of this folder anew: empty file systems by mkfs.ext4 and mkfs.vfat, packed without their holes. Needs Linux with e2fsprogs,
// dosfstools and mtools; the tests only read the packed files. Run: node test/support/disks/seeds/make.mjs
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const MiB = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), 'seeds-'));
const uuid = '6f1c1e0a-4d6b-4f7e-9c7b-70616765626c';
// mke2fs and mkfs.vfat take their clock from this where they can.
const env = { ...process.env, E2FSPROGS_FAKE_TIME: '1767225600', SOURCE_DATE_EPOCH: '1767225600', MTOOLS_SKIP_CHECK: '1' };

for (const mebibytes of [48, 240, 1000, 4000]) {
  const image = blank(mebibytes);
  const options = `lazy_itable_init=1,lazy_journal_init=1,nodiscard,hash_seed=${uuid}`;
  execFileSync('mkfs.ext4', ['-q', '-F', '-L', 'data', '-U', uuid, '-E', options, image], { env });
  pack(image, `ext4-${mebibytes}MiB.gz`);
}

const efi = blank(8);
execFileSync('mkfs.vfat', ['-F', '12', '-n', 'EFI', '-i', '70616765', '--invariant', efi], { env });
const loader = join(folder, 'loader');
writeFileSync(loader, 'Not a boot loader; this disk only has to look like one that has one.\n');
execFileSync('mmd', ['-i', efi, '::/EFI', '::/EFI/BOOT'], { env });
execFileSync('mcopy', ['-i', efi, loader, '::/EFI/BOOT/BOOTX64.EFI'], { env });
pack(efi, 'efi-8MiB.gz');
rmSync(folder, { recursive: true });

function blank(mebibytes) {
  const path = join(folder, `${mebibytes}.img`);
  writeFileSync(path, '');
  truncateSync(path, mebibytes * MiB);
  return path;
}

/** Gzip of: for each run of 4 KiB blocks that are not all zero, its offset (u64), its length (u32), its bytes. */
function pack(image, name) {
  const parts = [];
  let run = [];
  let start = 0;
  const file = openSync(image, 'r');
  const end = () => {
    if (run.length === 0) return;
    const head = Buffer.alloc(12);
    head.writeBigUInt64LE(BigInt(start), 0);
    head.writeUInt32LE(run.length * 4096, 8);
    parts.push(head, ...run);
    run = [];
  };
  for (let at = 0; ; at += 4096) {
    const block = Buffer.alloc(4096);
    if (readSync(file, block, 0, 4096, at) === 0) break;
    if (block.every((byte) => byte === 0)) {
      end();
    } else {
      if (run.length === 0) start = at;
      run.push(block);
    }
  }
  end();
  closeSync(file);
  const packed = gzipSync(Buffer.concat(parts), { level: 9 });
  writeFileSync(join(import.meta.dirname, name), packed);
  process.stderr.write(`${name}: ${packed.length} bytes\n`);
}
