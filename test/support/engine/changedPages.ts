import { ChangeList } from '../../../src/engine/jobs/diff/changeList.ts';
import type { Change } from '../../../src/engine/jobs/diff/changes.ts';
import type { DiffWindow } from '../../../src/engine/jobs/diff/diff.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { setOf, type PageBits } from './pageBits.ts';

/** The model of a difference: what happened to each page. */
export type PageState = 'same' | 'written' | 'cleared';

/** The changes that a model comes to. */
export function runsOf(pages: readonly PageState[]): Change[] {
  const runs: { kind: 'written' | 'cleared'; start: number; end: number }[] = [];
  for (const [page, kind] of pages.entries()) {
    if (kind === 'same') continue;
    const last = runs.at(-1);
    if (last?.end === page * PAGE && last.kind === kind) last.end += PAGE;
    else runs.push({ kind, start: page * PAGE, end: (page + 1) * PAGE });
  }
  return runs;
}

/** The same as windows that end at the pages in `cuts` and at the end. */
export function changeWindows(pages: readonly PageState[], cuts: readonly number[], allocated: PageBits = []): DiffWindow[] {
  const edges = [...new Set([...cuts, pages.length])].filter((edge) => edge > 0 && edge <= pages.length).sort((a, b) => a - b);
  return edges.map((last, i) => {
    const first = edges[i - 1] ?? 0;
    const here = (holds: (page: number) => boolean) => setOf(pages.map((_, page) => page >= first && page < last && holds(page)));
    return {
      start: first * PAGE,
      end: last * PAGE,
      written: here((page) => pages[page] === 'written'),
      cleared: here((page) => pages[page] === 'cleared'),
      allocated: here((page) => allocated[page] ?? false),
    };
  });
}

export function listOf(pages: readonly PageState[], cuts: readonly number[], allocated: PageBits = []): ChangeList {
  const list = new ChangeList();
  for (const window of changeWindows(pages, cuts, allocated)) list.add(window);
  return list;
}
