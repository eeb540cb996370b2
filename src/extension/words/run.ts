import type { Phase } from '../../engine/events.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { RunRecord, RunSpec } from '../runs/run.ts';
import { subjectOf } from '../runs/runTarget.ts';
import { durationText, percentText, rateText } from './amounts.ts';
import { card } from './markdown.ts';
import { fileName, placeOf } from './places.ts';
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
    case 'verifyAll':
      return t('Verifying all backups of {0}', name);
    case 'copy':
      return t('Copying {0}', name);
    case 'promote':
      return t('Promoting a snapshot of {0}', name);
    case 'restore':
    case 'restoreChain':
      return t('Restoring {0} to {1}', name, placeOf(spec.target).name);
    case 'restoreFile':
      return t('Restoring {0} to {1}', name, fileName(spec.path));
    case 'rewind':
      return t('Rewinding {0}', name);
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
    case 'verifyAll':
      return t('Verification of all backups of {0}', name);
    case 'copy':
      return t('Copy of {0}', name);
    case 'promote':
      return t('Promotion of a snapshot of {0}', name);
    case 'restore':
    case 'restoreChain':
      return t('Restore of {0} to {1}', name, placeOf(spec.target).name);
    case 'restoreFile':
      return t('Restore of {0} to {1}', name, fileName(spec.path));
    case 'rewind':
      return t('Rewind of {0}', name);
  }
}

/** What a run that was stopped has left as it was, and what it has not. */
export function afterStopText({ job }: RunSpec, { t }: Voice): string {
  switch (job) {
    case 'backup':
      return t('The disk and all recovery points are as they were. It can be resumed at any time.');
    case 'verifyAll':
      return t('No blob was changed. What was found up to then is recorded beside the backups.');
    case 'verify':
    case 'copy':
      return t('No blob was changed.');
    case 'promote':
      return t(
        'If the copy has begun, the service goes on with it: do not use the blob before this is resumed and done. A snapshot holds it as it was before.',
      );
    case 'restore':
    case 'restoreChain':
      return t(
        'The disk and all recovery points are as they were. What was written is kept and marked as not finished; it can be resumed.',
      );
    case 'restoreFile':
      return t('No blob was changed. What was written is kept in a file that ends in .partial; it can be resumed.');
    case 'rewind':
      return t(
        'The disk may be half way back: do not use it before the rewind is resumed and done. A snapshot holds it as it was before; all recovery points are as they were.',
      );
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
      ...placesOf(spec, voice),
      [t('Started'), exactText(startedAt, voice)],
      endedAt === undefined ? undefined : [t('Ended'), exactText(endedAt, voice)],
    ],
    [record.outcome ?? progressText(record, voice)],
  );
}

function placesOf(spec: RunSpec, { t }: Voice): [label: string, value: string][] {
  switch (spec.job) {
    case 'backup':
      return [
        [t('From'), spec.source],
        [t('Backup blob'), spec.backup],
      ];
    case 'verify':
      return [[t('Backup blob'), spec.backup]];
    case 'verifyAll':
      return [[t('Place'), spec.place]];
    case 'copy':
      return [
        [t('From'), spec.source],
        [t('To'), spec.target],
      ];
    case 'promote':
      return [
        [t('From'), `${spec.blob}?snapshot=${spec.snapshot}`],
        [t('To'), spec.blob],
      ];
    case 'restore':
    case 'restoreChain':
    case 'restoreFile':
    case 'rewind':
      return [
        [t('From'), `${spec.backup}?snapshot=${spec.point}`],
        [t('To'), spec.job === 'restoreFile' ? spec.path : spec.job === 'rewind' ? spec.source : spec.target],
        ...(spec.job === 'restoreChain' ? ([[t('New backup blob'), spec.newBackup]] satisfies [string, string][]) : []),
      ];
  }
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
    case 'waiting':
      return t('waiting until the interrupted run has let go of the blob, a minute at most');
    case 'preparing':
      return job === 'verifyAll' ? t('looking for backups') : t('looking at the disk and its backup');
    case 'listing':
      return t('asking what changed');
    case 'comparing':
      return t('comparing the whole disk');
    case 'copying':
      return copyingWord(job, t);
    case 'proving':
      return job === 'verify' || job === 'verifyAll' ? t('comparing with the disk') : t('reading back what was written');
    case 'committing':
      return t('recording the recovery point');
    case 'cleaning':
      return t('tidying up');
  }
}

function copyingWord(job: RunSpec['job'], t: Voice['t']): string {
  switch (job) {
    case 'copy':
    case 'promote':
      return t('the service copies');
    case 'backup':
    case 'verify':
    case 'verifyAll':
      return t('copying changes');
    case 'restore':
    case 'restoreChain':
    case 'restoreFile':
      return t('copying the recovery point');
    case 'rewind':
      return t('writing back what differs');
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
