import { isBeforePromotion } from '../engine/jobs/promote/safetyMark.ts';
import { isBeforeRewind } from '../engine/jobs/restore/safetyMark.ts';
import type { Metadata } from '../engine/pageBlob.ts';

/** What a snapshot holds that was taken before something was written over it: the disk before a rewind, or the blob before a promotion. */
export function safetyRole(metadata: Metadata): 'safety' | 'replaced' | undefined {
  if (isBeforePromotion(metadata)) return 'replaced';
  return isBeforeRewind(metadata) ? 'safety' : undefined;
}
