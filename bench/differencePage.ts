/**
 * The difference page, as it is built, with a million ranges on 8 TiB: run by bench/main.ts, or alone. Prints how long the first picture takes once the
 * ranges are there, how evenly it scrolls and zooms, and what memory the page takes. In a plain browser without a graphics card.
 */
import type { Page } from 'playwright-core';
import { DifferenceStage } from '../test/support/differencePage/stage.ts';

const RANGES = Number(process.argv[2] ?? 1_000_000);
const TiB = 1024 ** 4;
const LENGTH = 8 * TiB + 512;

interface Frames {
  /** Of the times between frames, in milliseconds. */
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  readonly count: number;
}

/** What is printed. */
export interface DifferencePageFigures {
  readonly ranges: number;
  /** Milliseconds from the arrival of the ranges' summary to the picture. */
  readonly firstPicture: number;
  readonly wheel: Frames;
  readonly bar: Frames;
  readonly zoom: Frames;
  /** Bytes of the page's own objects, over those of an empty page. */
  readonly memory: number;
  readonly elements: number;
  readonly problems: readonly string[];
}

await using stage = await DifferenceStage.open();
const { page, order, problems } = await stage.page({ width: 1280, height: 800 });
const idle = await heap(page);
await watchForPicture(page);
await order({
  type: 'disk',
  view: { title: 'bench.vhd', before: { label: '1', detail: '' }, after: { label: '2', detail: '' } },
  disk: {
    length: LENGTH,
    ranges: [],
    spread: RANGES,
    footer: true,
    partitions: [
      { name: 'root', type: 'Linux', start: 1024 ** 2, end: 2 * TiB },
      { name: 'data', type: 'Linux', start: 2 * TiB, end: 8 * TiB },
    ],
  },
});
const firstPicture = await page.evaluate<number>('picture');
await page.locator('.table').focus();
const wheel = await frames(page, () => wheelDown(page, 120));
const bar = await frames(page, () => dragBar(page));
const zoom = await frames(page, () => zoomInAndOut(page));
const memory = (await heap(page)) - idle;
const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
const figures: DifferencePageFigures = { ranges: RANGES, firstPicture, wheel, bar, zoom, memory, elements, problems };
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** `picture`: milliseconds from the view's arrival until changes are painted on the map (just above its axis) and rows stand in the table. */
async function watchForPicture(page: Page): Promise<void> {
  await page.evaluate(`window.picture = new Promise((resolve) => {
    const look = () => {
      const [arrival] = performance.getEntriesByName('view');
      const canvas = document.querySelector('canvas.disk');
      const isDrawn = canvas?.width > 0 && canvas.getContext('2d').getImageData(0, 84, canvas.width, 1).data.some((byte) => byte > 0);
      const hasRows = document.querySelectorAll('.body .row[aria-busy=false]').length > 10;
      if (arrival && isDrawn && hasRows) resolve(performance.now() - arrival.startTime);
      else requestAnimationFrame(look);
    };
    look();
  }); void 0`);
}

/** The times between the frames while `work` goes on. */
async function frames(page: Page, work: () => Promise<void>): Promise<Frames> {
  await page.evaluate(`window.frameTimes = [];
    window.counting = true;
    (() => {
      let last = performance.now();
      const tick = (now) => { frameTimes.push(now - last); last = now; if (counting) requestAnimationFrame(tick); };
      requestAnimationFrame(tick);
    })(); void 0`);
  await work();
  const times = await page.evaluate<number[]>('(counting = false, frameTimes.slice(1))');
  times.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))]! * 10) / 10;
  return { median: at(0.5), p95: at(0.95), longest: at(1), count: times.length };
}

async function wheelDown(page: Page, notches: number): Promise<void> {
  const box = (await page.locator('.table').boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + 200);
  for (let i = 0; i < notches; i++) await page.mouse.wheel(0, 100);
}

/** Through the whole list as a bar is dragged. */
async function dragBar(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const table = document.querySelector('.table');
    const most = table.scrollHeight - table.clientHeight;
    let step = 0;
    const move = () => {
      table.scrollTop = (++step / 180) * most;
      if (step < 180) requestAnimationFrame(move);
      else resolve();
    };
    move();
  })`);
}

async function zoomInAndOut(page: Page): Promise<void> {
  const box = (await page.locator('canvas.disk').boundingBox())!;
  await page.mouse.move(box.x + box.width / 3, box.y + 60);
  await page.keyboard.down('Control');
  for (const by of [-50, 50]) for (let i = 0; i < 60; i++) await page.mouse.wheel(0, by);
  await page.keyboard.up('Control');
}

/** Bytes that the page's own objects take, after a collection. */
async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
