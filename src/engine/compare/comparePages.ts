import type { Image } from '../pageBlob.ts';
import { lengthOf, MAX_WRITE, PAGE, type PageRange } from '../ranges/pageRange.ts';
import { bytesOf, intersect, RangeSetBuilder, rangeSet, split, type RangeSet } from '../ranges/rangeSet.ts';
import { forEachBounded, type Limits } from '../transfer/concurrency.ts';
import type { Retrier } from '../transfer/retrier.ts';

/** The pages of `range` in which the two buffers differ; both hold exactly the bytes of `range`. */
export function differingPages(range: PageRange, a: Uint8Array, b: Uint8Array): RangeSet {
  const builder = new RangeSetBuilder();
  const left = words(a);
  const right = words(b);
  const wordsInPage = PAGE / Int32Array.BYTES_PER_ELEMENT;
  for (let page = 0; page < a.length / PAGE; page++) {
    const end = (page + 1) * wordsInPage;
    for (let i = page * wordsInPage; i < end; i++) {
      if (left[i] !== right[i]) {
        builder.add(range.start + page * PAGE, range.start + (page + 1) * PAGE);
        break;
      }
    }
  }
  return builder.finish();
}

function words(bytes: Uint8Array): Int32Array {
  const aligned = bytes.byteOffset % Int32Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length / Int32Array.BYTES_PER_ELEMENT);
}

/** All that comparing needs of an image. */
export type Readable = Pick<Image, 'read' | 'limited'>;

export interface CompareOptions {
  readonly retrier: Retrier;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  /** Called before each read, to keep a lease alive. */
  readonly before?: () => Promise<void>;
  readonly onCompared?: (bytes: number) => void;
}

/**
 * Pages that lie so close are read in one request: the gap costs the service less than another request would. Source: 60 MiB and 500 requests a second
 * are 120 KiB a request; a slower line makes bytes dearer.
 */
const NEAR = 32 * 1024;

/**
 * Reads `pages` of both images and gives those that differ. Holds two buffers of at most 4 MiB for each comparison under way.
 *
 * One side is read unchecked: bytes that equal checked ones are right. What differs is read again and checked on both sides.
 */
export async function compareImages(a: Readable, b: Readable, pages: RangeSet, options: CompareOptions): Promise<RangeSet> {
  const { limits, signal } = options;
  const differing: PageRange[] = [];
  await forEachBounded(
    stretches(pages),
    limits,
    ({ range }) => 2 * lengthOf(range),
    async ({ range, wanted }) => {
      await options.before?.();
      const first = intersect(await differenceIn(range, a, b, true, options), wanted);
      if (first.length > 0) differing.push(...intersect(await differenceIn(range, a, b, false, options), wanted));
      options.onCompared?.(bytesOf(wanted));
    },
    signal,
  );
  return rangeSet(differing);
}

async function differenceIn(range: PageRange, a: Readable, b: Readable, unchecked: boolean, options: CompareOptions): Promise<RangeSet> {
  const { retrier, signal } = options;
  const [left, right] = await Promise.all([retrier.read(a, range, { signal }), retrier.read(b, range, { signal, unchecked })]);
  const differing = differingPages(range, left, right);
  retrier.giveBack(left, right);
  return differing;
}

/** What one request reads, at most 4 MiB, and the pages in it that are meant. */
interface Stretch {
  readonly range: PageRange;
  readonly wanted: RangeSet;
}

/** Cuts `pages` into what is read at once: from the first page of it to the last, across small gaps. */
export function* stretches(pages: RangeSet): Generator<Stretch> {
  let wanted: PageRange[] = [];
  for (const piece of split(pages, MAX_WRITE)) {
    const first = wanted[0];
    const last = wanted.at(-1);
    if (first && last && (piece.start - last.end > NEAR || piece.end - first.start > MAX_WRITE)) {
      yield { range: { start: first.start, end: last.end }, wanted };
      wanted = [];
    }
    wanted.push(piece);
  }
  const [first] = wanted;
  if (first) yield { range: { start: first.start, end: wanted.at(-1)!.end }, wanted };
}
