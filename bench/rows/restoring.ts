import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageBlobClient } from '@azure/storage-blob';
import { azCopy } from '../azcopy.ts';
import { azDownload } from '../azDownload.ts';
import { everyNth, fill, write } from '../ground.ts';
import { measure, medianOf, type Measured } from '../measure.ts';
import type { Programs } from '../programs.ts';
import { GiB, MiB, type Rows } from '../row.ts';

/** One recovery point of a dense disk of 1 GiB: to a blob, to a file, and back to the disk after a change, beside AzCopy's whole copies of it. */
export function restoring({ ground, runs, cli, binary, scratch }: Programs): Rows {
  return async (addRow) => {
    const disk = ground.disks.getPageBlobClient('restoring.vhd');
    await fill(disk, GiB, GiB, 1);
    const chain = ground.backups.getPageBlobClient('restoring.vhd');
    const ours = (...args: string[]) => measure(process.execPath, [cli, ...args, '--json'], ground.env);
    const { stdout } = await ours('backup', disk.url, chain.url, '--proof', 'ranges');
    const { recoveryPoint } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { recoveryPoint: string };
    const point = chain.withSnapshot(recoveryPoint);

    const add = (what: string, who: string, measured: Measured, theirs?: Measured, note?: string) =>
      addRow({
        group: 'restoring',
        what,
        who,
        measured,
        ...(theirs && { ratio: measured.seconds / theirs.seconds }),
        ...(note !== undefined && { note }),
      });
    const intoBlob = (who: string, restore: (target: PageBlobClient) => Promise<Measured>) =>
      medianOf(runs, async (i) => {
        const target = ground.disks.getPageBlobClient(`restored-${who}-${i}.vhd`);
        const result = await restore(target);
        await target.delete();
        return result;
      });
    const intoFile = (who: string, restore: (path: string) => Promise<Measured>) =>
      medianOf(runs, async (i) => {
        const path = join(scratch, `${who}-${i}.vhd`);
        const result = await restore(path);
        await rm(path);
        return result;
      });

    const toBlob = 'restore of 1 GiB to a blob, dense';
    const copied = binary === undefined ? undefined : await intoBlob('azcopy', (target) => azCopy(binary, point, target, scratch));
    if (copied) add(toBlob, 'AzCopy', copied, undefined, 'copies only, proves nothing');
    for (const [transfer, proof] of [
      ['server', 'sample'],
      ['relay', 'changed'],
    ] as const) {
      const measured = await intoBlob(transfer, (target) =>
        ours('restore', point.url, target.url, '--transfer', transfer, '--proof', proof),
      );
      add(toBlob, `ours, ${transfer} transfer, proof ${proof}`, measured, copied);
    }

    const toFile = 'restore of 1 GiB to a file, dense';
    const loaded = binary === undefined ? undefined : await intoFile('azcopy', (path) => azDownload(binary, point, path, scratch));
    if (loaded) add(toFile, 'AzCopy', loaded, undefined, 'downloads only, proves nothing');
    const written = await intoFile('ours', (path) => ours('restore', point.url, path));
    add(toFile, 'ours', written, loaded, 'reads the file back and compares it');

    const inPlace = 'rewind of 1 GiB in place, 1 % changed';
    if (copied) add(inPlace, 'AzCopy', copied, undefined, 'knows no difference, copies all to another blob');
    for (const [transfer, proof] of [
      ['server', 'sample'],
      ['relay', 'changed'],
    ] as const) {
      const measured = await medianOf(runs, async () => {
        // The same places each time: what earlier runs wrote back counts as changed too.
        await write(disk, everyNth(GiB, 4 * MiB, 0.625), 64 * 1024, 101);
        return ours('restore', point.url, disk.url, '--in-place', '--transfer', transfer, '--proof', proof);
      });
      add(inPlace, `ours, ${transfer} transfer, proof ${proof}`, measured, copied);
    }
  };
}
