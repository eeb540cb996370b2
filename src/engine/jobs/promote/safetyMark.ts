import { KEY } from '../../chain/metadata.ts';
import type { Metadata } from '../../pageBlob.ts';

const BEFORE = 'before promotion, ';

/** The mark of the snapshot that is taken of one state of a blob, which its ETag names, before another is promoted over it. */
export function safetyMark(etag: string): { readonly key: string; readonly value: string } {
  return { key: KEY.attempt, value: `${BEFORE}${etag}` };
}

/** Does a snapshot hold what its blob was before a promotion? */
export function isBeforePromotion(metadata: Metadata): boolean {
  return metadata[KEY.attempt]?.startsWith(BEFORE) === true;
}
