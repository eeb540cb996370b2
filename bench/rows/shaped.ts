import { fileURLToPath } from 'node:url';
import { PAGE_BLOB_LIMITS as LIMITS, type ServiceLimits } from '../../test/support/shaping/serviceLimit.ts';
import type { Reached } from '../../test/support/shaping/shape.ts';
import { everyNth, fill, write, type Ground } from '../ground.ts';
import { measure } from '../measure.ts';
import { GiB, MiB, type Row, type Rows } from '../row.ts';

/** On a machine that emulator and program share, requests come in bunches: so much of the allowance may be used at once. */
const PAGE_BLOB_LIMITS: ServiceLimits = { ...LIMITS, burstMs: 1000 };
const RUNS = fileURLToPath(new URL('../runs.ts', import.meta.url));

/** Backups under a service's limits: how much of them is reached after two seconds, and how much was refused. */
export function shaped(ground: Ground): Rows {
  return async (add) => {
    const disk = (name: string) => ground.disks.getPageBlobClient(name);
    await fill(disk('big.vhd'), GiB, GiB, 1);
    await fill(disk('other.vhd'), GiB, GiB, 2);
    await disk('small.vhd').create(GiB);
    await write(disk('small.vhd'), everyNth(GiB, 64 * 1024, 0.6), 4096, 3);
    let number = 0;
    const run = async (what: string, names: readonly string[], transfer: string, roundTrip: number, limits: ServiceLimits) => {
      const id = ++number;
      const to = names.map((name) => ground.backups.getPageBlobClient(`${id}-${name}`));
      await ground.shape({ limits, roundTrip });
      const pairs = names.flatMap((name, i) => [disk(name).url, to[i]!.url]);
      const done = await ground.counted(() => measure(process.execPath, [RUNS, transfer, ...pairs], ground.env));
      const allowed = names.length > 1 ? limits.account : limits.blob;
      const blobs = names.length > 1 ? [null, ...to.map(({ name }) => `backups/${name}`)] : [`backups/${to[0]!.name}`];
      const [all, ...each] = await ground.reached(blobs, allowed);
      await ground.shape(undefined);
      for (const blob of to) await blob.delete({ deleteSnapshots: 'include' });
      add(rowOf(`${what}, round trip ${roundTrip} ms`, transfer, { ...done }, all!, each));
    };
    for (const roundTrip of [10, 50]) {
      await run('large ranges', ['big.vhd'], 'server', roundTrip, PAGE_BLOB_LIMITS);
      if (roundTrip === 10) await run('large ranges', ['big.vhd'], 'relay', roundTrip, PAGE_BLOB_LIMITS);
      await run('9,830 ranges of 4 KiB', ['small.vhd'], 'server', roundTrip, PAGE_BLOB_LIMITS);
      const together = { ...PAGE_BLOB_LIMITS, account: { bytes: 80 * MiB, requests: 20_000 } };
      await run('two runs on an account of 80 MiB/s', ['big.vhd', 'other.vhd'], 'server', roundTrip, together);
    }
  };
}

function rowOf(
  what: string,
  transfer: string,
  done: Row['measured'] & Required<Row>['traffic'],
  all: Reached,
  each: readonly Reached[],
): Row {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const bytes = each.reduce((sum, one) => sum + one.bytes, 0);
  const shares = each.length > 1 ? `; shares ${each.map((one) => percent(one.bytes / bytes)).join(' and ')}` : '';
  const note = `**${percent(all.share)} of the limit**, ${percent(all.refusedShare)} refused after 2 s (${all.refused} refused in all)${shares}`;
  return { group: 'shaped', what, who: `ours, ${transfer}`, measured: done, traffic: done, note };
}
