import { sizeText } from '../../engine/sizeText.ts';
import { card } from './markdown.ts';
import { placeOf } from './places.ts';
import { healthIcon, healthOf, pointTime, standingAdvice, standingText, type ChainKnowledge } from './standing.ts';
import { exactText } from './times.ts';
import type { RowWords, Voice } from './voice.ts';

export interface ChainFacts {
  /** URLs without query; the source is unknown until the catalogue was read. */
  readonly source: string | undefined;
  readonly backup: string;
  readonly knowledge: ChainKnowledge;
}

/** From which end the reader looks: below the disk, below its backup, or in the list of all chains. */
export type ChainView = 'fromSource' | 'fromBackup' | 'fromOutside';

export function describeChain(facts: ChainFacts, view: ChainView, voice: Voice): RowWords {
  const { t } = voice;
  const backup = placeOf(facts.backup);
  const source = facts.source === undefined ? undefined : placeOf(facts.source);
  const standing = standingText(facts.knowledge, voice);
  const from = source ? `${source.account} / ${source.path}` : t('a disk that is not known yet');
  const to = `${backup.account} / ${backup.path}`;
  const icon = healthIcon(healthOf(facts.knowledge, voice.now()), { id: 'history' });
  const speech = t('Chain of backups from {0} to {1}: {2}.', from, to, standing);
  if (view === 'fromOutside') return { label: source?.name ?? backup.name, description: `→ ${backup.account} · ${standing}`, icon, speech };
  return { label: view === 'fromSource' ? `→ ${to}` : `← ${from}`, description: standing, icon, speech };
}

export function chainCard({ source, backup, knowledge }: ChainFacts, voice: Voice): string {
  const { t } = voice;
  const known = knowledge.state === 'known' ? knowledge.summary : undefined;
  const newest = known?.newest?.entry;
  return card(
    source === undefined ? t('Chain') : t('Chain of {0}', placeOf(source).name),
    [
      [t('State'), standingText(knowledge, voice)],
      source === undefined ? undefined : [t('Disk'), source],
      [t('Backup blob'), backup],
      newest && [t('Disk as of'), exactText(pointTime(newest.startedOn, voice.now()), voice)],
      newest && [t('Newest point'), t('number {0}, {1} changed', newest.number, sizeText(newest.written + newest.cleared))],
      known && (known.pruned ?? 0) > 0 ? [t('Pruned points'), String(known.pruned)] : undefined,
      known && known.failed > 0 ? [t('Found wrong by verification'), String(known.failed)] : undefined,
    ],
    [standingAdvice(knowledge, voice)],
  );
}
