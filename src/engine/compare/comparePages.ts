import type { Image } from '../pageBlob.ts';
import { lengthOf, MAX_WRITE, PAGE, type PageRange } from '../ranges/pageRange.ts';
import { RangeSetBuilder, rangeSet, split, type RangeSet } from '../ranges/rangeSet.ts';
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
export type Readable = Pick<Image, 'read'>;

export interface CompareOptions {
  readonly retrier: Retrier;
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  /** Called before each read, to keep a lease alive. */
  readonly before?: () => Promise<void>;
  readonly onCompared?: (bytes: number) => void;
}

/** Reads `pages` of both images and gives those that differ. Holds two buffers of at most 4 MiB for each comparison under way. */
export async function compareImages(a: Readable, b: Readable, pages: RangeSet, options: CompareOptions): Promise<RangeSet> {
  const { retrier, limits, signal } = options;
  const differing: PageRange[] = [];
  await forEachBounded(
    split(pages, MAX_WRITE),
    limits,
    (piece) => 2 * lengthOf(piece),
    async (piece) => {
      await options.before?.();
      const [left, right] = await Promise.all(
        [a, b].map((image) => retrier.repeat('reading pages', () => image.read(piece, { signal }), signal)),
      );
      differing.push(...differingPages(piece, left!, right!));
      options.onCompared?.(lengthOf(piece));
    },
    signal,
  );
  return rangeSet(differing);
}
