import { fileURLToPath } from 'node:url';
import type { DifferencePageFigures } from '../differencePage.ts';
import { measure, medianOf } from '../measure.ts';
import type { Rows } from '../row.ts';

const PAGE = fileURLToPath(new URL('../differencePage.ts', import.meta.url));

/** What people see of a large difference, in a browser without a graphics card; the memory is that of the page's own objects. */
export function differencePage(runs: number): Rows {
  return async (add) => {
    const { cpu, stdout } = await medianOf(runs, () => measure(process.execPath, [PAGE, '1000000']));
    const { firstPicture, wheel, bar, zoom, memory } = JSON.parse(stdout) as DifferencePageFigures;
    const note = `95 of 100 frames within ${wheel.p95} ms under the wheel, ${bar.p95} ms under the bar, ${zoom.p95} ms while zooming`;
    const measured = { seconds: firstPicture / 1000, cpu, peakMemory: memory };
    add({ group: 'differencePage', what: '1,000,000 changes on 8 TiB: first picture in the editor', who: 'ours', measured, note });
  };
}
