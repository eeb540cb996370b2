import type { Estimate } from '../../engine/jobs/estimate.ts';
import type { PlanStep } from '../../engine/jobs/restore/planStep.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { RestorePlan } from '../restore/plan.ts';
import { estimateOfPlan } from '../restore/planEstimate.ts';
import type { RestoreSpec } from '../runs/run.ts';
import { countText, durationText, pointsText, rateText } from './amounts.ts';
import { placeOf } from './places.ts';
import type { Voice } from './voice.ts';

/** What the service allows one page blob (Azure: scalability targets for blob storage). */
const BYTES_PER_SECOND = 60 * 1024 * 1024;

/** A plan for people. */
export interface PlanWords {
  readonly steps: readonly { readonly title: string; readonly detail: string; readonly skipped: string | undefined }[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly stays: readonly string[];
  readonly warnings: readonly string[];
  /** `Restore`, `Rewind`, `Go On` */
  readonly button: string;
}

/** @param points how many recovery points the chain has, as far as that is known */
export function planWords(spec: RestoreSpec, shown: RestorePlan, points: number | undefined, voice: Voice): PlanWords {
  const { t } = voice;
  const resumes = 'resumes' in shown.plan && shown.plan.resumes;
  return {
    steps: stepsOf(shown).map((step) => stepWords(step, shown, voice)),
    facts: factsOf(shown, voice),
    stays: staysOf(spec, points, voice),
    warnings: [
      ...(resumes ? [t('It goes on with a restore that was begun before.')] : []),
      ...(spec.evenIfFailed ? [t('A verification found this point wrong. It is restored as it is.')] : []),
      ...shown.plan.warnings,
      ...aboutUse(spec, voice),
    ],
    button: resumes ? t('Go On') : spec.job === 'rewind' ? t('Rewind the Disk') : t('Restore'),
  };
}

/** The same as one text, for a question. */
export function planText(words: PlanWords, { t }: Voice): string {
  const steps = words.steps.map(({ title, detail, skipped }, i) => `${i + 1}. ${title}${factText(skipped ?? detail)}`);
  return [steps.join('\n'), t('What stays as it is: {0}', words.stays.join(' ')), ...words.warnings].filter(Boolean).join('\n\n');
}

function factText(detail: string): string {
  return detail === '' ? '' : ` (${detail})`;
}

/** The steps as the engine plans them; where it plans only one piece of work, what goes with it. */
function stepsOf({ to, plan }: RestorePlan): readonly PlanStep[] {
  const plain = (step: PlanStep['step'], target: string): PlanStep => ({
    step,
    target,
    by: undefined,
    estimate: undefined,
    skipped: undefined,
  });
  const moving = (step: PlanStep['step'], target: string, estimate: Estimate | undefined): PlanStep => ({
    ...plain(step, target),
    by: 'pages',
    estimate,
  });
  switch (to) {
    case 'chain':
      return plan.steps;
    case 'blob':
      return [moving('copy', plan.target, plan.estimate), plain('prove', plan.target)];
    case 'file':
      return [moving('download', plan.target, plan.estimate), plain('prove', plan.target)];
    case 'disk':
      return [plain('safetySnapshot', plan.disk), moving('writeBack', plan.disk, plan.estimate), plain('prove', plan.disk)];
  }
}

function stepWords({ step, target, by, estimate, skipped }: PlanStep, shown: RestorePlan, voice: Voice): PlanWords['steps'][number] {
  const { t } = voice;
  const place = shown.to === 'file' ? target : `${placeOf(target).account} / ${placeOf(target).path}`;
  const copying = by === 'serviceCopy' ? t('by the service, inside the account') : undefined;
  const work = estimate ? workText(estimate, voice) : undefined;
  const unknown =
    step === 'writeBack' && !estimate
      ? t('known only when the whole disk, {0}, has been compared', sizeText(shown.plan.length))
      : undefined;
  return { title: titleOf(step, place, voice), detail: [copying, work, unknown].filter(Boolean).join(' · '), skipped };
}

function titleOf(step: PlanStep['step'], place: string, { t }: Voice): string {
  switch (step) {
    case 'promote':
      return t('Promote the recovery point to a backup blob of its own: {0}', place);
    case 'snapshotBackup':
      return t('Take a snapshot of it: {0}', place);
    case 'copy':
      return t('Copy the recovery point to {0}', place);
    case 'snapshotDisk':
      return t('Take a snapshot of the new disk: {0}', place);
    case 'safetySnapshot':
      return t('Take a snapshot of the disk as it is now, which stays until you delete it: {0}', place);
    case 'writeBack':
      return t('Write back what differs, and nothing else: {0}', place);
    case 'prove':
      return t('Read back and compare with the recovery point: {0}', place);
    case 'record':
      return t('Record both as a chain, so that the next backup copies only what changed: {0}', place);
    case 'download':
      return t('Copy the recovery point to this machine: {0}', place);
  }
}

/** `212 GiB · 54,300 requests · about 1 h 1 min at 60 MiB/s` */
function workText({ written, cleared, writes, clears, secondsAtLimit }: Estimate, voice: Voice): string {
  const { t } = voice;
  const requests = writes + clears;
  return [
    sizeText(written),
    cleared > 0 ? t('{0} to clear', sizeText(cleared)) : undefined,
    requests === 1 ? t('1 request') : t('{0} requests', countText(requests, voice)),
    secondsAtLimit >= 1
      ? t('about {0} at {1}', durationText(Math.ceil(secondsAtLimit) * 1000, voice), rateText(BYTES_PER_SECOND))
      : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function factsOf(shown: RestorePlan, voice: Voice): PlanWords['facts'] {
  const { t } = voice;
  const estimate = estimateOfPlan(shown);
  const facts = [{ label: t('Size of the disk'), value: sizeText(shown.plan.length) }];
  if (!estimate) return [...facts, { label: t('To move'), value: t('known only when the whole disk has been compared') }];
  return [
    ...facts,
    { label: t('To move'), value: sizeText(estimate.written) },
    { label: t('Requests'), value: countText(estimate.writes + estimate.clears, voice) },
    {
      label: t('Time at the service’s limits'),
      value: estimate.secondsAtLimit < 1 ? t('less than a second') : durationText(Math.ceil(estimate.secondsAtLimit) * 1000, voice),
    },
  ];
}

function staysOf(spec: RestoreSpec, points: number | undefined, voice: Voice): string[] {
  const { t } = voice;
  const { name } = placeOf(spec.source);
  const all = points === undefined ? t('all recovery points') : t('all {0}', pointsText(points, voice));
  switch (spec.job) {
    case 'rewind':
      return [
        t('The chain of {0}, {1}.', name, all),
        t('The disk keeps its name and its chain: the next backup copies only what changed.'),
      ];
    case 'restore':
    case 'restoreFile':
      return [t('{0}, its chain, {1}.', name, all)];
    case 'restoreChain':
      return [
        t('{0}, its chain, {1}.', name, all),
        t('Backups of the new disk go to {0}, a chain of its own.', placeOf(spec.newBackup).path),
      ];
  }
}

function aboutUse({ job }: RestoreSpec, { t }: Voice): string[] {
  if (job === 'restore' || job === 'restoreChain')
    return [t('A VM keeps using the old disk until you swap it. Once it is done, the commands for that are shown here.')];
  return job === 'rewind' ? [t('Whatever was written to the disk after this point is then only in the snapshot.')] : [];
}
