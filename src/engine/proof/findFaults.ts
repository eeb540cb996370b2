import { compareImages, type CompareOptions } from '../compare/comparePages.ts';
import type { Image } from '../pageBlob.ts';
import { MAX_WRITE, PAGE, type PageRange } from '../ranges/pageRange.ts';
import { bytesOf, clip, intersect, RangeSetBuilder, split, subtract, union, type RangeSet } from '../ranges/rangeSet.ts';
import { aligned, constantWindows, type RangeWindows } from '../ranges/rangeWindow.ts';
import type { PageWork } from '../transfer/pageWork.ts';
import { SAMPLE_STRIPES, type Proof, type ProofLevel } from './proof.ts';

/** Longest stretch of a disk that is compared in one go, which bounds the list of differing pages in memory. */
export const COMPARE_WINDOW = 1024 ** 3;

/** A finished copy that claims to equal an original. Both are immutable, or nobody writes them meanwhile. */
export interface Claim {
  readonly original: Image;
  readonly copy: Image;
  /** Bytes in both; the caller has compared the lengths. */
  readonly length: number;
  /** Pages that had to be moved into the copy. All of them must have been touched. */
  readonly changes: (within: PageRange) => RangeWindows;
  /** Pages that were touched in the copy since its last proven state; undefined where that cannot be known. */
  readonly touched: ((within: PageRange) => RangeWindows) | undefined;
}

export interface ProofOptions extends CompareOptions {
  readonly level: ProofLevel;
  /** Which stripe of the rest a sample reads. */
  readonly stripe: number;
  /** Share of the changed pages that a sample reads, 0 to 1. */
  readonly share: number;
  readonly random: () => number;
}

/** A proof under way: what has been compared up to now. */
export type RunningProof = { -readonly [Field in keyof Proof]: Proof[Field] };

export function beginProof(level: ProofLevel): RunningProof {
  return { level, changed: 0, changedCompared: 0, rest: 0, restCompared: 0 };
}

/**
 * Compares a copy with its original and gives the work that would mend it, window by window; idle windows are left out, so a copy that is right
 * gives nothing. Pages that were touched without need are always compared, whatever the level. `proof` counts along and holds when the end is
 * reached and nothing was given.
 */
export async function* findFaults(claim: Claim, proof: RunningProof, options: ProofOptions): AsyncGenerator<PageWork> {
  const { original, copy, length } = claim;
  const { retrier, signal } = options;
  const disk = { start: 0, end: length };
  const lists = [
    retrier.windows('page ranges', disk, (rest) => original.allocated(rest, { signal }), signal),
    retrier.windows('page ranges', disk, (rest) => copy.allocated(rest, { signal }), signal),
    retrier.windows('changes', disk, claim.changes, signal),
    claim.touched ? retrier.windows('changes', disk, claim.touched, signal) : constantWindows(disk, 'no page'),
  ] as const;

  for await (const { start, end, sets } of aligned(disk, lists, COMPARE_WINDOW)) {
    const [held, copied, changes, touched] = sets;
    await options.before?.();
    const changed = intersect(changes, held);
    const missed = union(subtract(held, copied), claim.touched ? subtract(changed, touched) : []);
    const surplus = subtract(copied, held);

    const selected = selectPages({ held, changed, touched: intersect(touched, held) }, length, options);
    const both = intersect(held, copied);
    const differing = await compareImages(original, copy, intersect(selected, both), options);
    count(proof, held, changed, selected);

    const work = { start, end, write: union(missed, differing), clear: surplus };
    if (work.write.length > 0 || work.clear.length > 0) yield work;
  }
}

interface Pages {
  readonly held: RangeSet;
  readonly changed: RangeSet;
  readonly touched: RangeSet;
}

function selectPages({ held, changed, touched }: Pages, length: number, { level, stripe, share, random }: ProofOptions): RangeSet {
  const unexpected = subtract(touched, changed);
  switch (level) {
    case 'ranges':
      return unexpected;
    case 'sample':
      return union(union(unexpected, randomShare(changed, share, random)), clip(held, stripeOf(length, stripe)));
    case 'changed':
      return union(changed, touched);
    case 'full':
      return held;
  }
}

/** However small the share, the first piece of a window is always read. */
function randomShare(pages: RangeSet, share: number, random: () => number): RangeSet {
  const chosen = new RangeSetBuilder();
  let first = true;
  for (const piece of split(pages, MAX_WRITE)) {
    if (first || random() < share) chosen.add(piece.start, piece.end);
    first = false;
  }
  return chosen.finish();
}

/** Stripe number `stripe` of the disk, in whole pages. */
function stripeOf(length: number, stripe: number): PageRange {
  const pages = length / PAGE;
  const edge = (i: number) => Math.floor((pages * i) / SAMPLE_STRIPES) * PAGE;
  const i = stripe % SAMPLE_STRIPES;
  return { start: edge(i), end: edge(i + 1) };
}

function count(proof: RunningProof, held: RangeSet, changed: RangeSet, selected: RangeSet): void {
  const changedCompared = bytesOf(intersect(selected, changed));
  proof.changed += bytesOf(changed);
  proof.changedCompared += changedCompared;
  proof.rest += bytesOf(held) - bytesOf(changed);
  proof.restCompared += bytesOf(selected) - changedCompared;
}
