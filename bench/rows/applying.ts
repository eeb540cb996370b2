import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measure } from '../measure.ts';
import type { Programs } from '../programs.ts';
import { MiB, type Rows } from '../row.ts';

const SIZES = [500, 1000, 2000];
const WAYS = ['first backups', 'one page changed in each', 'nothing due'] as const;

/** `apply` over a fleet of small disks in three sizes: their first backups, the next ones, and a look at which nothing is due. */
export function applying({ ground, cli, scratch }: Programs): Rows {
  return async (add) => {
    for (const size of SIZES) {
      const disks = Array.from({ length: size }, (_, i) => ground.disks.getPageBlobClient(`fleet${size}/disk${i}.vhd`));
      await eachOf(disks, async (disk) => {
        await disk.create(MiB);
        await disk.uploadPages(Buffer.alloc(4096, 1), 0, 4096);
      });
      const policy = join(scratch, `fleet${size}.yaml`);
      await writeFile(policy, policyText(accountOf(ground.disks.url), accountOf(ground.backups.url), size));
      const begun = Date.now();
      for (const [at, way] of WAYS.entries()) {
        if (at === 1) await eachOf(disks, async (disk) => void (await disk.uploadPages(Buffer.alloc(512, 2), 0, 512)));
        // An hour later a window has begun; a minute later none has.
        const now = new Date(begun + (at === 0 ? 0 : 3_600_000) + (at === 2 ? 60_000 : 0)).toISOString();
        const args = [cli, 'apply', '--policy', policy, '--json', '--parallel', '16', '--now', now];
        const done = await ground.counted(() => measure(process.execPath, args, ground.env));
        const count = outcomesIn(done.stdout);
        const note = `${((done.seconds / size) * 1000).toFixed(1)} ms a chain; ${count}`;
        add({
          group: 'apply',
          what: `apply over ${size.toLocaleString('en')} small chains: ${way}`,
          who: 'ours',
          measured: done,
          traffic: done,
          note,
        });
      }
    }
  };
}

function policyText(from: string, to: string, size: number): string {
  return `version: 1
chains:
  - name: fleet
    account: ${from}
    blobs: disks/fleet${size}/*.vhd
    window: 1h
    retention: { last: 3 }
    to: { account: "${to}", blob: "backups/{blob}" }
`;
}

function accountOf(container: string): string {
  return container.slice(0, container.lastIndexOf('/'));
}

/** "2,000 backed up" */
function outcomesIn(stdout: string): string {
  const counts = new Map<string, number>();
  for (const line of stdout.trim().split('\n')) {
    const { type, outcome } = JSON.parse(line) as { type: string; outcome?: string };
    if (type === 'chain' && outcome !== undefined) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return [...counts].map(([outcome, count]) => `${count.toLocaleString('en')} ${outcome}`).join(', ');
}

async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const item of left) await act(item);
    }),
  );
}
