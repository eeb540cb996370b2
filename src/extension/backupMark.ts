import { KEY } from '../engine/chain/metadata.ts';
import type { Metadata } from '../engine/pageBlob.ts';

/**
 * The backup blob that the mark on a snapshot names. Whoever may set metadata can set the mark: one with a SAS or anything else that a URL of ours
 * never has would lead a backup to a place of theirs, with an access of theirs.
 */
export function markedBackup(metadata: Metadata): string | undefined {
  const mark = metadata[KEY.backup];
  if (mark === undefined || !URL.canParse(mark)) return undefined;
  const { protocol, username, password, search, hash } = new URL(mark);
  const isPlain = /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '') && !/[?#]/.test(mark);
  return isPlain ? mark : undefined;
}
