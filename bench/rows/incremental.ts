import { everyNth, fill, write } from '../ground.ts';
import { medianOf } from '../measure.ts';
import type { Done, Programs } from '../programs.ts';
import { GiB, MiB, ratioTo, type Rows } from '../row.ts';

const PATTERNS = [
  { name: 'clustered', size: MiB },
  { name: 'scattered', size: 4096 },
] as const;

/** What one run copies after a share of 1 GiB has changed, in few large or many small places. */
export function incremental(programs: Programs): Rows {
  return async (add) => {
    const { ground, runs } = programs;
    const group = 'incremental';
    const disk = ground.disks.getPageBlobClient('changing.vhd');
    await fill(disk, GiB, GiB, 1);
    const blob = (who: string) => ground.backups.getPageBlobClient(`changing-${who}.vhd`);
    for (const who of ['server', 'relay']) await programs.ours(disk, blob(who), '--proof', 'ranges');
    await programs.loop(disk, blob('loop'));
    const theirs = await programs.azCopy(disk);
    if (theirs)
      add({ group, what: 'any change of 1 GiB', who: 'AzCopy, blob to blob', measured: theirs, traffic: theirs, note: 'copies all' });
    let seed = 1;
    for (const share of [0.001, 0.01, 0.1]) {
      for (const { name, size } of PATTERNS) {
        const offsets = everyNth(GiB, Math.floor(size / share / 512) * 512, 1);
        const changed = offsets.length * size;
        const what = `${share * 100} % of 1 GiB changed, ${name}: ${offsets.length} places, ${(changed / MiB).toFixed(1)} MiB`;
        const change = async () => {
          const { snapshot } = await disk.createSnapshot();
          await write(disk, offsets, size, ++seed);
          return snapshot!;
        };
        // All programs copy the same changes, and none of them sees those of another round.
        const all: { server: Done[]; relay: Done[]; loop: Done[] } = { server: [], relay: [], loop: [] };
        for (let round = 0; round < (offsets.length > 5000 ? 1 : runs); round++) {
          const since = await change();
          for (const transfer of ['server', 'relay'] as const) {
            all[transfer].push(await programs.ours(disk, blob(transfer), '--transfer', transfer));
          }
          all.loop.push(await programs.loop(disk, blob('loop'), since));
        }
        for (const [who, note] of [
          ['server', 'proof sample'],
          ['relay', 'proof changed'],
          ['loop', 'proves nothing'],
        ] as const) {
          const done = await medianOf(all[who].length, async (i) => all[who][i]!);
          const name = who === 'loop' ? 'SDK in a loop, relay' : `ours, ${who}`;
          add({
            group,
            what,
            who: name,
            measured: done,
            traffic: done,
            ...ratioTo(theirs, done),
            note: `${note}; ${exactly(done.written, changed)}`,
          });
        }
      }
    }
    await disk.delete({ deleteSnapshots: 'include' });
  };
}

function exactly(moved: number, changed: number): string {
  return moved === changed ? 'moved just what changed' : `moved ${moved} bytes where ${changed} changed`;
}
