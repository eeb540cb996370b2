import type { RestoreView } from '../../src/messages/restore.ts';

/** The four parts of the page, as far as they are reached; ids of their headings. */
export type PartName = 'points' | 'target' | 'review' | 'run';

/** Where to go on reading after something was pressed: a part that has opened since, or the one whose button brought it to an end. */
export function opened(before: RestoreView | undefined, now: RestoreView): PartName | undefined {
  if (before === undefined) return undefined;
  if (now.run && !before.run) return 'run';
  if (!now.run && before.run) return 'points';
  if (now.review && now.review.state !== 'planning' && (before.review?.state ?? 'planning') === 'planning') return 'review';
  if (!now.review && before.review && now.points.chosen === before.points.chosen && sameTarget(before, now)) return 'target';
  return undefined;
}

/** A review that goes because something above it is changed leaves the focus where that is done. */
function sameTarget(before: RestoreView, now: RestoreView): boolean {
  return JSON.stringify([before.kept.kind, before.kept.fields]) === JSON.stringify([now.kept.kind, now.kept.fields]);
}
