import { KEY } from '../../chain/metadata.ts';
import type { Metadata } from '../../pageBlob.ts';

/** What the snapshot of a disk bears, beside the id of its run, that is taken before a rewind writes. */
export const BEFORE_REWIND: Metadata = { [KEY.attempt]: 'before rewind' };

/** Does a snapshot hold what its disk was before a rewind? */
export function isBeforeRewind(metadata: Metadata): boolean {
  return metadata[KEY.attempt] === BEFORE_REWIND[KEY.attempt];
}
