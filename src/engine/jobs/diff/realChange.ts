import { compareImages, type Readable } from '../../compare/comparePages.ts';
import type { Image } from '../../pageBlob.ts';
import { intersectionOf, lengthOf, PAGE, type PageRange } from '../../ranges/pageRange.ts';
import { bytesOf, intersect, RangeSetBuilder, type RangeSet } from '../../ranges/rangeSet.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { deletedMeanwhile, type DiffPlan, type DiffRequest } from './diff.ts';

/** How much of a touched range really differs. */
export interface RealChange<Touched extends PageRange = PageRange> {
  readonly range: Touched;
  /** Pages of 512 bytes in the range. */
  readonly pages: number;
  /** Those of them whose bytes are not the same in both images. */
  readonly differing: number;
}

export interface RealOptions extends JobOptions {
  /** Told after each piece: bytes of touched ranges compared since the last time. */
  readonly onCompared?: (bytes: number) => void;
}

/** Bytes, and ranges, that are compared at once: enough to keep the calls busy, and a bound on what is held. */
const BATCH_BYTES = 64 * 1024 * 1024;
const BATCH_RANGES = 4096;

/** The part of a range that is compared in one batch. */
interface Piece<Touched> extends PageRange {
  readonly of: Touched;
}

/**
 * Reads the touched pages of both images and says of each range how many pages really differ, in the order of `ranges`. Bytes beyond an image's end
 * count as zeros. Changes nothing, holds a batch of pages at most, and can be left at any range.
 * @param ranges in address order, disjoint: of a difference, or some of them
 * @throws cancelled, snapshotNotFound (also where a snapshot was deleted meanwhile), and what else reading throws
 */
export async function* realChange<Touched extends PageRange>(
  { lengthBefore, lengthAfter }: Pick<DiffPlan, 'lengthBefore' | 'lengthAfter'>,
  { before, after }: Pick<DiffRequest, 'before' | 'after'>,
  ranges: Iterable<Touched> | AsyncIterable<Touched>,
  options: RealOptions,
): AsyncGenerator<RealChange<Touched>> {
  const tools = toolsFor(options);
  const images = [withZerosBehind(before, lengthBefore), withZerosBehind(after, lengthAfter)] as const;
  const open = { differing: 0 };
  for await (const batch of batches(ranges)) {
    const differing = await compareBatch(images, batch, tools, options.onCompared);
    let i = 0;
    for (const piece of batch) {
      for (; i < differing.length && differing[i]!.start < piece.end; i++) {
        open.differing += lengthOf(intersectionOf(differing[i]!, piece)!) / PAGE;
        // A run of differing pages may go on in the next piece.
        if (differing[i]!.end > piece.end) break;
      }
      if (piece.end < piece.of.end) continue;
      yield { range: piece.of, pages: lengthOf(piece.of) / PAGE, differing: open.differing };
      open.differing = 0;
    }
  }
}

async function compareBatch(
  [before, after]: readonly [Readable, Readable],
  batch: readonly PageRange[],
  { retrier, limits, signal }: Tools,
  onCompared: RealOptions['onCompared'],
): Promise<RangeSet> {
  const pages = new RangeSetBuilder();
  for (const { start, end } of batch) pages.add(start, end);
  try {
    return await compareImages(before, after, pages.finish(), { retrier, limits, signal, ...(onCompared && { onCompared }) });
  } catch (error) {
    throw deletedMeanwhile(error);
  }
}

/** Cuts ranges into pieces and gathers those: of at most so many bytes and ranges. */
async function* batches<Touched extends PageRange>(
  ranges: Iterable<Touched> | AsyncIterable<Touched>,
): AsyncGenerator<readonly Piece<Touched>[]> {
  let batch: Piece<Touched>[] = [];
  let room = BATCH_BYTES;
  for await (const range of ranges) {
    for (let at = range.start; at < range.end;) {
      const end = Math.min(range.end, at + room);
      batch.push({ start: at, end, of: range });
      room -= end - at;
      at = end;
      if (room > 0 && batch.length < BATCH_RANGES) continue;
      yield batch;
      batch = [];
      room = BATCH_BYTES;
    }
  }
  if (batch.length > 0) yield batch;
}

/** An image that goes on with zeros behind its end. */
function withZerosBehind(image: Image, length: number): Readable {
  return {
    limited: image.limited,
    async read(range, options) {
      const [held] = intersect([range], [{ start: 0, end: length }]);
      if (!held) return new Uint8Array(lengthOf(range));
      const bytes = await image.read(held, options);
      if (bytesOf([held]) === lengthOf(range)) return bytes;
      const padded = new Uint8Array(lengthOf(range));
      padded.set(bytes);
      return padded;
    },
  };
}
