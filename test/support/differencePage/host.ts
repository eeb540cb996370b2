/** The extension's side of the difference page, in a worker of the browser: the real lists, rows and channel, on a disk that is made up. */
import type { DiskArea } from '../../../src/disk/areas.ts';
import { ChangeList } from '../../../src/engine/jobs/diff/changeList.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import { DifferenceRows } from '../../../src/extension/difference/rows.ts';
import { pageWords } from '../../../src/extension/difference/pageWords.ts';
import { PageChannel, type PageSide } from '../../../src/extension/webview/pageChannel.ts';
import {
  readDifferenceAsk,
  type DifferenceAnswer,
  type DifferenceAsk,
  type DifferenceView,
  type PairView,
  type ReadyState,
} from '../../../src/messages/difference.ts';
import type { DiskSpec, HostOrder } from './spec.ts';

interface WorkerScope {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}
const scope = globalThis as unknown as WorkerScope;

const words = pageWords({
  t: (text, ...parts) => text.replaceAll(/\{(\d+)\}/g, (whole, i: string) => String(parts[Number(i)] ?? whole)),
  now: () => 0,
  locale: 'en',
});
const asked: DifferenceAsk[] = [];
let rows: DifferenceRows | undefined;
let count = 0;
let refusal: string | undefined;
let hears: ((message: unknown) => void) | undefined;

const side: PageSide = {
  postMessage: async (message) => {
    scope.postMessage(message);
    return true;
  },
  onDidReceiveMessage: (listener) => {
    hears = listener;
    return { dispose: () => (hears = undefined) };
  },
};
const channel = new PageChannel<DifferenceView, DifferenceAsk, DifferenceAnswer>(side, {
  readAsk: readDifferenceAsk,
  answer: async (ask) => answerTo(ask),
  textOf: (error) => (error as Error).message,
});

scope.addEventListener('message', ({ data }) => {
  const order = data as HostOrder;
  switch (order.type) {
    case 'page':
      hears?.(order.message);
      break;
    case 'disk':
      channel.show(viewOf(order.view, makeDisk(order.disk)));
      break;
    case 'state':
      channel.show(viewOf(order.view, order.state));
      break;
    case 'churn':
      channel.show({ ...order.view, words });
      break;
    case 'refuse':
      refusal = order.text;
      break;
    case 'asked':
      scope.postMessage({ type: 'asked', asked });
      break;
  }
});

function viewOf(view: Pick<PairView, 'title' | 'before' | 'after'>, state: PairView['state']): PairView {
  return { kind: 'pair', words, locale: 'en', ...view, state };
}

function answerTo(ask: DifferenceAsk): DifferenceAnswer {
  if (ask.type !== 'map' && ask.type !== 'rows') {
    asked.push(ask);
    if (refusal !== undefined) throw new Error(refusal);
  }
  if (!rows) return { type: 'done' };
  switch (ask.type) {
    case 'map':
      return rows.map(ask);
    case 'rows':
      return rows.rows(ask, new Int32Array(count).fill(-1));
    case 'find':
      return rows.find(ask);
    case 'real': {
      const { start, end } = rows.at(ask.row)!;
      return { type: 'real', changed: 1, pages: (end - start) / 512 };
    }
    default:
      return { type: 'done' };
  }
}

function makeDisk({ length, lengthBefore = length, ranges, spread, partitions, footer, notes = [], headline, real }: DiskSpec): ReadyState {
  const list = new ChangeList();
  if (spread === undefined) list.add({ start: 0, end: length, ...setsOf(ranges) });
  else for (const window of spreadWindows(length, spread)) list.add(window);
  const named: DiskArea[] = partitions.map(({ name, start, end }) => ({
    kind: 'partition',
    name,
    partition: undefined,
    ranges: [{ start, end }],
  }));
  if (footer) named.push({ kind: 'footer', name: 'VHD footer', partition: undefined, ranges: [{ start: length - 512, end: length }] });
  rows = new DifferenceRows(list, named, length);
  count = list.count;
  const { written, cleared, ranges: all } = list.totals;
  return {
    kind: 'ready',
    headline: headline ?? `${all} ranges`,
    by: 'touched',
    lengthBefore,
    lengthAfter: length,
    length: Math.max(length, lengthBefore),
    written,
    cleared,
    ranges: all,
    notes,
    areas: named.map(({ kind, name, ranges }, i) => {
      const { written, cleared } = changedIn(list, ranges);
      return { kind, name, type: partitions[i]?.type ?? '', ranges, written, cleared };
    }),
    real: real ?? { kind: 'none', done: 0, total: 0, changed: 0, text: '' },
    version: 1,
  };
}

function setsOf(ranges: DiskSpec['ranges']) {
  const of = (kind: string): PageRange[] => ranges.filter((range) => range.kind === kind).map(({ start, end }) => ({ start, end }));
  return {
    written: of('written'),
    cleared: of('cleared'),
    allocated: [...of('written'), ...of('allocated')].sort((a, b) => a.start - b.start),
  };
}

/** So many ranges of a few pages, every fourth one cleared, with more of them here than there. */
function* spreadWindows(length: number, ranges: number) {
  const step = Math.floor(length / ranges / 512) * 512;
  const inWindow = 10_000;
  for (let first = 0; first < ranges; first += inWindow) {
    const [start, end] = [first * step, first + inWindow >= ranges ? length : (first + inWindow) * step];
    const [written, cleared, allocated]: PageRange[][] = [[], [], []];
    for (let i = first; i < Math.min(ranges, first + inWindow); i++) {
      const size = 512 * (1 + ((i * 7919) % 61));
      const at = i * step + Math.floor((((i * 104_729) % 97) / 97 / 2) * (step / 512)) * 512;
      const range = { start: at, end: Math.min(at + size, i * step + step) };
      if (i % 4 === 3) cleared!.push(range);
      else {
        written!.push(range);
        allocated!.push(range);
      }
    }
    yield { start, end, written: written!, cleared: cleared!, allocated: allocated! };
  }
}

function changedIn(list: ChangeList, ranges: readonly PageRange[]): { written: number; cleared: number } {
  const sum = { written: 0, cleared: 0 };
  const { starts, ends, kinds, count } = list.changes;
  for (let i = 0; i < count; i++) {
    for (const range of ranges) {
      const bytes = Math.min(ends[i]!, range.end) - Math.max(starts[i]!, range.start);
      if (bytes > 0) sum[kinds[i] === 1 ? 'written' : 'cleared'] += bytes;
    }
  }
  return sum;
}
