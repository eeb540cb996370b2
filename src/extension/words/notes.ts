import { countText } from './amounts.ts';
import type { RowWords, Voice } from './voice.ts';

export function loadingRow(about: string | undefined, { t }: Voice): RowWords {
  const label = t('Loading…');
  return { label, description: about ?? '', icon: { id: 'loading~spin' }, speech: about === undefined ? label : `${label} ${about}` };
}

export function loadMoreRow(shown: number, voice: Voice): RowWords {
  const { t } = voice;
  const soFar = t('{0} so far', countText(shown, voice));
  return { label: t('Load more'), description: soFar, icon: { id: 'fold-down' }, speech: t('Load more rows, {0}.', soFar) };
}

export function emptyRow(label: string, description: string): RowWords {
  return { label, description, icon: { id: 'info' }, speech: `${label} ${description}`.trim() };
}

/** What else the container holds: `This container holds 214 block blobs.` */
export function othersText(others: number, voice: Voice): string {
  if (others === 0) return voice.t('This container is empty.');
  if (others === 1) return voice.t('This container holds 1 block blob.');
  return voice.t('This container holds {0} block blobs.', countText(others, voice));
}
