import { KEY } from '../../chain/metadata.ts';
import type { Metadata } from '../../pageBlob.ts';

/** What the snapshot of a disk bears, beside the id of its run, that is taken before a rewind writes. */
export const BEFORE_REWIND: Metadata = { [KEY.attempt]: 'before rewind' };

/** Does a snapshot hold what its disk was before a rewind? Those of earlier versions bear the id of a run, and no backup that it made. */
export function isBeforeRewind(metadata: Metadata): boolean {
  const attempt = metadata[KEY.attempt];
  if (attempt !== undefined) return attempt === BEFORE_REWIND[KEY.attempt];
  return metadata[KEY.run] !== undefined && metadata[KEY.backup] === undefined;
}
