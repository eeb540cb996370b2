import { sizeText } from '../../../engine/sizeText.ts';
import { card, escapeMarkdown } from '../../words/markdown.ts';
import { countText } from '../../words/amounts.ts';
import type { Voice } from '../../words/voice.ts';
import type { AreaView, ReadyState } from '../../../messages/difference.ts';

/**
 * The difference for people who were not there, as Markdown.
 * @param link address of the difference page
 */
export function summaryText(
  { title, before, after, state, link }: { title: string; before: string; after: string; state: ReadyState; link: string },
  voice: Voice,
): string {
  const { t } = voice;
  const head = card(
    title,
    [
      [t('From'), before],
      [t('To'), after],
      [t('Written'), sizeText(state.written)],
      [t('Cleared'), sizeText(state.cleared)],
      [t('Ranges'), countText(state.ranges, voice)],
      [t('Really different'), state.real.text],
    ],
    [state.headline],
  );
  const rows = state.areas.map((area) => areaRow(area));
  const table = [`| ${t('Partition')} | ${t('Size')} | ${t('Written')} | ${t('Cleared')} |`, '| --- | ---: | ---: | ---: |', ...rows].join(
    '\n',
  );
  const notes = state.notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n');
  // The address is percent-encoded, so nothing in it ends the link.
  return `${[head, table, notes, `[${t('Open this difference in VS Code')}](<${link}>)`].filter(Boolean).join('\n\n')}\n`;
}

function areaRow({ name, type, ranges, written, cleared }: AreaView): string {
  const size = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const label = [name, type && type !== name ? `(${type})` : ''].filter(Boolean).join(' ');
  return `| ${escapeMarkdown(label)} | ${sizeText(size)} | ${sizeText(written)} | ${sizeText(cleared)} |`;
}
