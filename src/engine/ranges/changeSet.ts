import { clip, subtract, union, type RangeSet } from './rangeSet.ts';

/** What turns one image into another: resize it to `lengthAfter`, then write and clear these pages. The two sets are disjoint. Lengths are bytes. */
export interface ChangeSet {
  readonly lengthBefore: number;
  readonly lengthAfter: number;
  readonly written: RangeSet;
  readonly cleared: RangeSet;
}

/**
 * The change set of doing `first` and then `second`. A page written and then cleared is cleared; pages that a smaller length between the two took
 * away are cleared, since a disk that grows again grows by empty pages.
 */
export function compose(first: ChangeSet, second: ChangeSet): ChangeSet {
  const { lengthBefore } = first;
  const { lengthAfter } = second;
  const kept = { start: 0, end: Math.min(first.lengthAfter, lengthAfter) };
  const lost = { start: first.lengthAfter, end: Math.min(lengthBefore, lengthAfter) };
  const taken: RangeSet = lost.start < lost.end ? [lost] : [];
  const written = union(subtract(clip(first.written, kept), second.cleared), second.written);
  const cleared = union(union(clip(first.cleared, kept), taken), second.cleared);
  return { lengthBefore, lengthAfter, written, cleared: subtract(cleared, written) };
}
