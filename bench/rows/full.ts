import { fill } from '../ground.ts';
import { medianOf } from '../measure.ts';
import type { Programs } from '../programs.ts';
import { GiB, ratioTo, type Rows } from '../row.ts';

/** A whole copy of 1 GiB, of which so much is written. */
export function fullCopy(programs: Programs, group: string, share: number): Rows {
  return async (add) => {
    const { ground, runs } = programs;
    const disk = ground.disks.getPageBlobClient(`${group}.vhd`);
    await fill(disk, GiB, share * GiB, 1);
    const what = `full copy of 1 GiB, ${share === 1 ? 'dense' : `${share * 100} % written`}`;
    const theirs = await programs.azCopy(disk);
    if (theirs) add({ group, what, who: 'AzCopy, blob to blob', measured: theirs, traffic: theirs, note: 'proves nothing' });
    for (const [transfer, proof] of [
      ['server', 'ranges'],
      ['server', 'sample'],
      ['relay', 'ranges'],
      ['relay', 'changed'],
    ] as const) {
      const done = await medianOf(runs, async (i) => {
        const to = ground.backups.getPageBlobClient(`${group}-${transfer}-${proof}-${i}.vhd`);
        const result = await programs.ours(disk, to, '--transfer', transfer, '--proof', proof);
        await to.delete({ deleteSnapshots: 'include' });
        return result;
      });
      const note = proof === 'changed' ? 'reads everything back from both sides' : undefined;
      add({
        group,
        what,
        who: `ours, ${transfer}, proof ${proof}`,
        measured: done,
        traffic: done,
        ...ratioTo(theirs, done),
        ...(note && { note }),
      });
    }
    const to = ground.backups.getPageBlobClient(`${group}-loop.vhd`);
    const loop = await programs.loop(disk, to);
    await to.delete();
    add({
      group,
      what,
      who: 'SDK in a loop, relay',
      measured: loop,
      traffic: loop,
      ...ratioTo(theirs, loop),
      note: 'one request at a time, once',
    });
    await disk.delete({ deleteSnapshots: 'include' });
  };
}
