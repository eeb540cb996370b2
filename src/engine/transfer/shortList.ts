import type { PageWork } from './pageWork.ts';

/** Ranges that are kept at most: a megabyte or two. */
const MOST_RANGES = 20_000;

/**
 * The same work for every caller: asked for once and kept where it is short, else asked for each time, so that memory stays bounded. Only for work
 * that a later look may not change for the worse: what the storage came to hold meanwhile has to be found by the proof.
 */
export function shortList(ask: () => AsyncIterable<PageWork>): () => AsyncIterable<PageWork> {
  let kept: readonly PageWork[] | undefined;
  return async function* list() {
    if (kept) {
      yield* kept;
      return;
    }
    let short: PageWork[] | undefined = [];
    let ranges = 0;
    for await (const work of ask()) {
      ranges += 1 + work.write.length + work.clear.length;
      if (ranges > MOST_RANGES) short = undefined;
      short?.push(work);
      yield work;
    }
    kept = short;
  };
}
