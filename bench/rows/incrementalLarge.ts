import { everyNth, fill, write } from '../ground.ts';
import type { Programs } from '../programs.ts';
import { GiB, MiB, ratioTo, type Rows } from '../row.ts';

const SIZE = 4 * GiB;

/** The same for a disk of 4 GiB, still a small one: what a program takes to start and to prove weighs less. One backup blob at a time, for the memory. */
export function incrementalLarge(programs: Programs): Rows {
  return async (add) => {
    const { ground } = programs;
    const group = 'incrementalLarge';
    const disk = ground.disks.getPageBlobClient('changing-4gib.vhd');
    await fill(disk, SIZE, SIZE, 1);
    const theirs = await programs.azCopy(disk);
    if (theirs)
      add({ group, what: 'any change of 4 GiB', who: 'AzCopy, blob to blob', measured: theirs, traffic: theirs, note: 'copies all' });
    const offsets = everyNth(SIZE, 100 * MiB, 1);
    const changed = offsets.length * MiB;
    for (const [i, [transfer, proof]] of (
      [
        ['server', 'sample'],
        ['relay', 'changed'],
      ] as const
    ).entries()) {
      const backup = ground.backups.getPageBlobClient(`changing-4gib-${transfer}.vhd`);
      await programs.ours(disk, backup, '--proof', 'ranges');
      await write(disk, offsets, MiB, i + 2);
      const done = await programs.ours(disk, backup, '--transfer', transfer);
      const exactly = done.written === changed ? 'moved just what changed' : `moved ${done.written} bytes where ${changed} changed`;
      const what = `1 % of 4 GiB changed, clustered: ${offsets.length} places, ${changed / MiB} MiB`;
      add({
        group,
        what,
        who: `ours, ${transfer}`,
        measured: done,
        traffic: done,
        ...ratioTo(theirs, done),
        note: `proof ${proof}; ${exactly}; once`,
      });
      await backup.delete({ deleteSnapshots: 'include' });
    }
    await disk.delete({ deleteSnapshots: 'include' });
  };
}
