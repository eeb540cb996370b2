import { fileURLToPath } from 'node:url';
import { measure, medianOf } from '../measure.ts';
import type { Rows } from '../row.ts';

const SCALE = fileURLToPath(new URL('../scale.ts', import.meta.url));

/** Differences of 8 TiB in three sizes, planned and carried out on a blob in memory. */
export function planning(runs: number): Rows {
  return async (add) => {
    for (const step of ['plan', 'run'] as const) {
      for (const ranges of [1_250_000, 2_500_000, 5_000_000]) {
        const done = await medianOf(runs, () => measure(process.execPath, [SCALE, step, String(ranges)]));
        const { seconds } = JSON.parse(done.stdout) as { seconds: number };
        const what = `${step === 'plan' ? 'planning' : 'planning, applying and proving'} ${ranges.toLocaleString('en')} ranges on 8 TiB`;
        const note = `${(ranges / seconds / 1e6).toFixed(2)} million ranges a second; blobs in memory`;
        add({ group: 'scale', what, who: 'ours', measured: { ...done, seconds }, note });
      }
    }
  };
}

const DIFFERENCE = fileURLToPath(new URL('../difference.ts', import.meta.url));

/** What the picture of a difference takes; the peak memory is that of all its steps. */
export function difference(runs: number): Rows {
  return async (add) => {
    const { peakMemory, cpu, stdout } = await medianOf(runs, () => measure(process.execPath, [DIFFERENCE, '1000000']));
    const { steps } = JSON.parse(stdout) as { steps: { step: string; seconds: number }[] };
    for (const { step, seconds } of steps) {
      const what = `1,000,000 changes on 8 TiB: ${step}`;
      add({ group: 'difference', what, who: 'ours', measured: { seconds, cpu, peakMemory }, note: 'lists from memory' });
    }
  };
}
