import type { RetentionPoint } from '../../../engine/retention/retain.ts';
import { policyText } from '../../../engine/retention/policy.ts';
import type { ChainPreview } from '../../../policy/apply/preview.ts';
import type { ChainRule, Policy } from '../../../policy/policy.ts';
import { Simulation } from '../../../policy/simulate.ts';
import { clockOf } from '../../../policy/windows/windowClock.ts';
import { escapeMarkdown } from '../../words/markdown.ts';
import { agoText, momentText, timeIn } from '../../words/times.ts';
import type { Voice } from '../../words/voice.ts';

const DAY = 24 * 60 * 60_000;
/** How far back the simulation begins. */
const PAST_MS = 365 * DAY;
const NEXT_RUNS = 5;
/** A window of minutes over a year is more than anybody reads. */
const MOST_RUNS = 20_000;

/** What came of one chain of the policy, asked now. */
export type LivePreview = { readonly preview: ChainPreview } | { readonly source: string; readonly problem: string };

/** What a policy means, as Markdown: for each rule the coming runs and the points that would be there had it run for a year; then each chain as it is. */
export function previewText(policy: Policy, live: readonly LivePreview[], remark: string | undefined, voice: Voice): string {
  const { t } = voice;
  const parts = [
    `# ${t('What this policy means')}`,
    t('Nothing was changed by looking.'),
    remark,
    ...policy.rules.flatMap((rule, at) => ruleParts(rule, at, voice)),
    ...(live.length > 0 ? [`## ${t('The chains as they are now')}`] : []),
    ...live.flatMap((each) => liveParts(each, voice)),
  ];
  return `${parts.filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;
}

function ruleParts(rule: ChainRule, at: number, voice: Voice): string[] {
  const { t } = voice;
  const now = voice.now();
  const next = clockOf(rule.window).upcoming(now, NEXT_RUNS);
  const kept = keptToday(rule, now);
  const name = rule.name ?? t('Rule {0}', at + 1);
  const keeps = rule.retention ? policyText(rule.retention) : t('every point');
  return [
    `## ${escapeMarkdown(name)}`,
    `${rule.blobs.map((blob) => code(`${rule.account}/${blob}`)).join(', ')} → ${rule.to.map(({ account, blob }) => code(`${account}/${blob}`)).join(', ')}`,
    `**${t('Next windows')}**: ${next.map((time) => momentText(time, voice)).join(', ') || t('none')}`,
    `**${t('Keeps')}**: ${escapeMarkdown(keeps)}`,
    kept
      ? [
          t('Had it run for a year, {0} points would be there today:', kept.length),
          '',
          `| ${t('Point')} | ${t('Age')} | ${t('Why it stays')} |`,
          '| --- | --- | --- |',
          ...kept.map(
            ({ time, reasons }) => `| ${momentText(time, voice)} | ${agoText(time, voice)} | ${escapeMarkdown(reasons.join('; '))} |`,
          ),
        ].join('\n')
      : '',
  ];
}

/** Points that a year of undisturbed runs leaves, newest first; undefined where all stay. */
export function keptToday(rule: ChainRule, now: number): { readonly time: number; readonly reasons: readonly string[] }[] | undefined {
  if (!rule.retention) return undefined;
  const simulation = new Simulation({ chain: '', clock: clockOf(rule.window), jitter: 0, retention: rule.retention, points: [] });
  const times = new Map<number, number>();
  let reasons: ReadonlyMap<number, readonly string[]> = new Map();
  let runs = 0;
  for (let at = clockOf(rule.window).next(now - PAST_MS); at !== undefined && at <= now && runs < MOST_RUNS; runs++) {
    const decisions = simulation.apply(at) ?? [];
    for (const { number, time } of simulation.points) times.set(number, time);
    reasons = new Map(decisions.map((each) => [each.number, each.reasons]));
    at = clockOf(rule.window).next(at);
  }
  return [...simulation.points].reverse().map(({ number, time }: RetentionPoint) => ({ time, reasons: reasons.get(number) ?? [] }));
}

function liveParts(each: LivePreview, voice: Voice): string[] {
  const { t } = voice;
  if ('problem' in each) return [`### ${code(each.source)}`, `${t('This chain could not be looked at:')} ${escapeMarkdown(each.problem)}`];
  const { chain, due, coming, prune, verify } = each.preview;
  const next = coming.map(({ at, point, deletes }) => {
    const gone = deletes.map(({ number }) => number).join(', ');
    const words = gone === '' ? t('makes point {0}', point) : t('makes point {0}, then deletes {1}', point, gone);
    return `- ${momentText(at, voice)}: ${words}`;
  });
  const rows = (prune?.points ?? []).map(({ number, startedOn, action, reasons }) => {
    const time = timeIn(startedOn);
    const fate = action === 'delete' ? `**${t('goes')}**` : action === 'gone' ? t('is gone') : t('stays');
    return `| ${number} | ${time === undefined ? '' : momentText(time, voice)} | ${fate} | ${escapeMarkdown(reasons.join('; '))} |`;
  });
  return [
    `### ${code(chain.source)} → ${code(chain.backup)}`,
    due.isDue ? t('Due now: {0}.', due.reason) : t('Not due: {0}.', due.reason),
    verify
      ? verify.isDue
        ? t('The newest point is due to be verified.')
        : t('The newest point is verified next: {0}.', momentText(verify.next, voice))
      : '',
    next.length > 0 ? `${t('Coming runs, if each makes a point:')}\n\n${next.join('\n')}` : '',
    rows.length > 0 ? [`| ${t('Point')} | ${t('Disk as of')} | | ${t('Why')} |`, '| ---: | --- | --- | --- |', ...rows].join('\n') : '',
  ];
}

/** A name as it is, whoever wrote it: nothing in it ends the quotation. */
function code(text: string): string {
  return `\`${text.replaceAll(/\s+/g, ' ').replaceAll('`', "'")}\``;
}
