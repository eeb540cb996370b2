import { urlKey } from '../words/places.ts';
import type { Pair } from './subject.ts';

/** Are both images of one blob? */
export function isOneBlob({ before, after }: Pair): boolean {
  return before !== undefined && urlKey(before.blob) === urlKey(after.blob);
}

/** Are both the same image? The service gives no difference of a snapshot to itself. */
export function isSame(pair: Pair): boolean {
  return pair.before?.snapshot === pair.after.snapshot && isOneBlob(pair);
}
