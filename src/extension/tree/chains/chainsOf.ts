import type { PageBlobItem } from '../../../azure/browse/accountBrowser.ts';
import { markedBackup } from '../../backupMark.ts';
import { urlKey } from '../../words/places.ts';
import { timeIn } from '../../words/times.ts';
import type { ChainKnowledge } from '../../words/standing.ts';
import type { ChainBook } from './chainBook.ts';

/** So many different backup blobs are looked at for one disk. */
const MOST = 4;

/** Backup blobs that the marks on a disk's snapshots name, newest first. A mark is a hint only: snapshots pass theirs on. */
export function backupHints({ snapshots }: PageBlobItem): readonly string[] {
  const hints = new Map<string, string>();
  for (let i = snapshots.length - 1; i >= 0 && hints.size < MOST; i--) {
    const url = markedBackup(snapshots[i]!.metadata);
    if (url !== undefined) hints.set(urlKey(url), hints.get(urlKey(url)) ?? url);
  }
  return [...hints.values()];
}

/** Whether the catalogue says that the chain is of this disk; yes as long as it has not been read. */
export function isChainOf(knowledge: ChainKnowledge, sourceUrl: string): boolean {
  if (knowledge.state !== 'known') return true;
  const { newest, open } = knowledge.summary;
  const source = newest?.entry.source.url ?? open?.record.source;
  return source !== undefined && urlKey(source) === urlKey(sourceUrl);
}

/** The chain that says most about a disk: the one with the newest good point, then any that is known, then what is still to be read. */
export function foremostChain(backups: readonly string[], book: ChainBook): string | undefined {
  const rankOf = (backup: string): number => {
    const knowledge = book.of(backup);
    if (knowledge.state === 'known') return timeIn(knowledge.summary.lastGood?.entry.startedOn) ?? 0;
    return { unreadable: -1, asking: -2, unasked: -3 }[knowledge.state];
  };
  return backups.reduce<string | undefined>(
    (best, backup) => (best === undefined || rankOf(backup) > rankOf(best) ? backup : best),
    undefined,
  );
}
