import type { Phase } from '../../engine/events.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { RunRecord, RunSpec } from '../runs/run.ts';
import { subjectOf } from '../runs/runTarget.ts';
import { durationText, percentText, rateText } from './amounts.ts';
import { card } from './markdown.ts';
import { placeOf } from './places.ts';
import { agoText, exactText } from './times.ts';
import type { RowIcon, RowWords, Voice } from './voice.ts';

/** `Backing up disk.vhd`, for a run under way. */
export function runningTitle(spec: RunSpec, { t }: Voice): string {
  const { name } = placeOf(subjectOf(spec));
  switch (spec.job) {
    case 'backup':
      return t('Backing up {0}', name);
    case 'verify':
      return t('Verifying {0}', name);
    case 'copy':
      return t('Copying {0}', name);
  }
}

/** `Backup of disk.vhd`, for one that has ended. */
export function endedTitle(spec: RunSpec, { t }: Voice): string {
  const { name } = placeOf(subjectOf(spec));
  switch (spec.job) {
    case 'backup':
      return t('Backup of {0}', name);
    case 'verify':
      return t('Verification of {0}', name);
    case 'copy':
      return t('Copy of {0}', name);
  }
}

/** `copying changes: 68 % · 812 MiB of 1.2 GiB · 58 MiB/s · 7 s left` */
export function progressText({ phase, spec, ...standing }: RunRecord, voice: Voice): string {
  if (phase === undefined) return voice.t('getting ready');
  const facts = standingFacts(standing, voice);
  const word = phaseWord(phase, spec, voice);
  return facts.length === 0 ? word : `${word}: ${facts.join(' · ')}`;
}

/** A row of the list of runs: `Backing up disk.vhd — 64 % · 58 MiB/s · 2 min left` */
export function describeRun(record: RunRecord, voice: Voice): RowWords {
  const label = record.state === 'running' ? runningTitle(record.spec, voice) : endedTitle(record.spec, voice);
  const description = stateText(record, voice);
  return { label, description, icon: iconOf(record), speech: voice.t('{0}: {1}.', label, description) };
}

export function runCard(record: RunRecord, voice: Voice): string {
  const { t } = voice;
  const { spec, startedAt, endedAt } = record;
  return card(
    record.state === 'running' ? runningTitle(spec, voice) : endedTitle(spec, voice),
    [
      spec.job === 'verify' ? undefined : [t('From'), spec.source],
      [spec.job === 'copy' ? t('To') : t('Backup blob'), spec.job === 'copy' ? spec.target : spec.backup],
      [t('Started'), exactText(startedAt, voice)],
      endedAt === undefined ? undefined : [t('Ended'), exactText(endedAt, voice)],
    ],
    [record.outcome ?? progressText(record, voice)],
  );
}

/** `Backing up disk.vhd: 64 %`, for the status bar. */
export function shortProgress(record: RunRecord, voice: Voice): string {
  const percent = record.total > 0 ? ` ${percentText(record.done, record.total, voice)}` : '';
  return `${runningTitle(record.spec, voice)}${percent}`;
}

/** How far a run had come when it stopped, `41 %`; undefined where nobody can say. */
export function reachedText({ done, total }: RunRecord, voice: Voice): string | undefined {
  return total > 0 ? percentText(done, total, voice) : undefined;
}

function stateText(record: RunRecord, voice: Voice): string {
  const { t } = voice;
  const { state, phase, spec, startedAt, endedAt, moved, outcome } = record;
  if (state === 'running') {
    const { total, ...rest } = record;
    const facts = standingFacts({ ...rest, total, brief: true }, voice);
    return facts.length > 0 ? facts.join(' · ') : phase === undefined ? t('getting ready') : phaseWord(phase, spec, voice);
  }
  if (state === 'resumable') {
    const reached = reachedText(record, voice);
    return reached === undefined ? t('interrupted') : t('interrupted at {0}', reached);
  }
  if (state === 'failed') return outcome ?? t('failed');
  const took = durationText((endedAt ?? startedAt) - startedAt, voice);
  return [took, moved === undefined ? undefined : sizeText(moved), agoText(endedAt ?? startedAt, voice)].filter(Boolean).join(' · ');
}

function standingFacts(
  { done, total, bytesPerSecond, brief = false }: Pick<RunRecord, 'done' | 'total' | 'bytesPerSecond'> & { readonly brief?: boolean },
  voice: Voice,
): string[] {
  const { t } = voice;
  if (done === 0 && total === 0) return [];
  const facts = total > 0 ? [percentText(done, total, voice)] : [];
  if (!brief || total === 0) facts.push(total > 0 ? t('{0} of {1}', sizeText(done), sizeText(total)) : sizeText(done));
  if (bytesPerSecond > 0) {
    facts.push(rateText(bytesPerSecond));
    if (total > done) facts.push(t('{0} left', durationText(Math.ceil((total - done) / bytesPerSecond) * 1000, voice)));
  }
  return facts;
}

function phaseWord(phase: Phase, { job }: RunSpec, { t }: Voice): string {
  switch (phase) {
    case 'preparing':
      return t('looking at the disk and its backup');
    case 'listing':
      return t('asking what changed');
    case 'comparing':
      return t('comparing the whole disk');
    case 'copying':
      return job === 'copy' ? t('the service copies') : t('copying changes');
    case 'proving':
      return job === 'verify' ? t('comparing with the disk') : t('reading back what was written');
    case 'committing':
      return t('recording the recovery point');
    case 'cleaning':
      return t('tidying up');
  }
}

function iconOf({ state, errorCode }: RunRecord): RowIcon {
  switch (state) {
    case 'running':
      return { id: 'sync~spin' };
    case 'resumable':
      return { id: 'debug-pause', color: 'list.warningForeground' };
    case 'done':
      return { id: 'pass', color: 'testing.iconPassed' };
    case 'failed':
      if (errorCode === 'cancelled') return { id: 'circle-slash' };
      if (errorCode === 'busy') return { id: 'watch' };
      return { id: 'error', color: 'list.errorForeground' };
  }
}
