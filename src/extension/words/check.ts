import type { CheckResult } from '../../engine/jobs/check/check.ts';
import type { Finding, FindingLevel, Place } from '../../engine/jobs/check/finding.ts';
import { escapeMarkdown } from './markdown.ts';
import { placeOf } from './places.ts';
import type { Voice } from './voice.ts';

/** What a check came to, as a document: the worst first, each with what to do. */
export function checkWords({ source, backup, findings, unseen }: CheckResult, voice: Voice): string {
  const { t } = voice;
  const head = `# ${escapeMarkdown(t('The chain of {0}', placeOf(source).name))}\n\n${escapeMarkdown(`${placeText(source)} → ${placeText(backup)}`)}`;
  const sections = (['stops', 'risk', 'note'] as const).flatMap((level) => {
    const of = findings.filter((finding) => finding.level === level);
    return of.length === 0 ? [] : [`## ${levelWord(level, voice)}\n\n${of.map((finding) => item(finding, voice)).join('\n')}`];
  });
  const isWell = findings.every(({ level }) => level === 'note');
  const dark = unseen.map(({ what, place, reason }) => `- ${escapeMarkdown(`${placeWord(place, voice)}: ${what}. ${reason}`)}`);
  return [
    head,
    ...(isWell ? [escapeMarkdown(t('Nothing was found that would hurt this chain.'))] : []),
    ...sections,
    ...(dark.length === 0 ? [] : [`## ${escapeMarkdown(t('Not looked at'))}\n\n${dark.join('\n')}`]),
    '',
  ].join('\n\n');
}

function item({ place, text, remedy }: Finding, voice: Voice): string {
  const what = `- **${escapeMarkdown(placeWord(place, voice))}**: ${escapeMarkdown(text)}`;
  return remedy === undefined ? what : `${what}  \n  ${escapeMarkdown(`→ ${remedy}`)}`;
}

function levelWord(level: FindingLevel, { t }: Voice): string {
  return { stops: t('This stops the next backup'), risk: t('This is a risk'), note: t('Good to know') }[level];
}

function placeWord(place: Place, { t }: Voice): string {
  return { source: t('Disk'), backup: t('Backup'), catalogue: t('Catalogue'), machine: t('This machine') }[place];
}

function placeText(url: string): string {
  const { account, path } = placeOf(url);
  return `${account} / ${path}`;
}
