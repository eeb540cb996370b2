import { lengthOf, MAX_WRITE, type PageRange } from '../ranges/pageRange.ts';
import { split } from '../ranges/rangeSet.ts';
import { ahead } from './ahead.ts';
import { forEachBounded, Watermark, type Limits } from './concurrency.ts';
import type { PageMover } from './pageMover.ts';
import type { PageWork } from './pageWork.ts';

/** Bytes that a run has moved and cleared so far. */
export interface Moved {
  written: number;
  cleared: number;
  /** Page writes and clears that were asked for; tries are not counted. */
  calls: number;
}

export interface ApplyOptions {
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
  /** Told after each piece: everything below `applied` is done. */
  readonly onDone?: (moved: Readonly<Moved>, applied: number) => void | Promise<void>;
}

interface Piece extends PageRange {
  readonly kind: 'write' | 'clear';
}

/**
 * Does the work in address order with bounded concurrency and memory: writes of at most 4 MiB, exactly the pages named and no gap between them.
 * When it returns or throws, every request of it has been answered or given up.
 */
export async function applyPages(work: AsyncIterable<PageWork>, mover: PageMover, options: ApplyOptions): Promise<Moved> {
  const { limits, signal, onDone } = options;
  const moved: Moved = { written: 0, cleared: 0, calls: 0 };
  const watermark = new Watermark(0);

  await forEachBounded(
    pieces(work),
    limits,
    (piece) => (piece.kind === 'write' ? lengthOf(piece) : 0),
    async (piece) => {
      watermark.begin(piece.start);
      if (piece.kind === 'write') {
        await mover.move(piece, signal);
        moved.written += lengthOf(piece);
      } else {
        await mover.clear(piece, signal);
        moved.cleared += lengthOf(piece);
      }
      moved.calls++;
      watermark.done(piece.start, piece.end);
      await onDone?.(moved, watermark.value);
    },
    signal,
  );
  return moved;
}

async function* pieces(work: AsyncIterable<PageWork>): AsyncGenerator<Piece> {
  for await (const window of ahead(work)) yield* piecesOf(window);
}

/** The pieces of one window by ascending start. */
function* piecesOf({ write, clear }: PageWork): Generator<Piece> {
  const writes = split(write, MAX_WRITE);
  let next = writes.next();
  for (const hole of clear) {
    for (; !next.done && next.value.start < hole.start; next = writes.next()) yield { kind: 'write', ...next.value };
    yield { kind: 'clear', ...hole };
  }
  for (; !next.done; next = writes.next()) yield { kind: 'write', ...next.value };
}
