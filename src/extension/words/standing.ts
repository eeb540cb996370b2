import type { ChainSummary } from '../../engine/jobs/points/chainSummary.ts';
import { agoText, timeIn } from './times.ts';
import { durationText, percentText, pointsText } from './amounts.ts';
import type { RowIcon, Voice } from './voice.ts';

/** A run of this machine on the chain, as far as it has come. */
export interface RunningHere {
  readonly done: number;
  readonly total: number;
}

/** A backup of this machine that is under way or was interrupted, as far as it has come. */
export interface BackupHere extends RunningHere {
  readonly state: 'running' | 'interrupted';
}

/** What is known of a chain: `unasked` until somebody looks, a failure where its catalogue cannot be read. */
export type ChainKnowledge =
  | { readonly state: 'unasked' }
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly summary: ChainSummary; readonly running?: RunningHere | undefined }
  | { readonly state: 'unreadable'; readonly reason: string };

/** How a chain stands. Everything but `good` and `running` wants somebody to look. */
export type Health =
  | 'unknown'
  | 'good'
  | 'running'
  | 'interrupted'
  | 'overdue'
  | 'newestBad'
  | 'noneGood'
  | 'blobGone'
  | 'empty'
  | 'unreadable';

const DAY = 24 * 60 * 60_000;
/** A backup is overdue when it is so many times later than usual, and at least two days. */
const LATE = 3;

export function healthOf(knowledge: ChainKnowledge, now: number): Health {
  if (knowledge.state === 'unreadable') return 'unreadable';
  if (knowledge.state !== 'known') return 'unknown';
  const { summary, running } = knowledge;
  if (running || summary.open?.state === 'running') return 'running';
  if (summary.points > 0 && summary.backupLength === undefined) return 'blobGone';
  if (summary.open) return 'interrupted';
  if (!summary.newest) return 'empty';
  if (!summary.lastGood) return 'noneGood';
  if (summary.newest.state !== 'good') return 'newestBad';
  // A disk in which nothing changes gets no new point, but was looked at all the same.
  const lookedOn = Math.max(pointTime(summary.newest.entry.startedOn, now), timeIn(summary.unchangedOn) ?? 0);
  const age = now - lookedOn;
  return summary.rhythm !== undefined && age > Math.max(2 * DAY, LATE * summary.rhythm) ? 'overdue' : 'good';
}

/** `backed up 2 h ago · 12 points`, or what is wrong. The time is that of the disk's state, never later than it. */
export function standingText(knowledge: ChainKnowledge, voice: Voice): string {
  const { t } = voice;
  if (knowledge.state === 'unasked') return t('has backups');
  if (knowledge.state === 'asking') return t('looking at its backups…');
  if (knowledge.state === 'unreadable') return t('backup cannot be read: {0}', knowledge.reason);
  const { summary } = knowledge;
  const points = pointsText(summary.points, voice);
  const good = summary.lastGood && agoText(pointTime(summary.lastGood.entry.startedOn, voice.now()), voice);
  switch (healthOf(knowledge, voice.now())) {
    case 'running':
      return `${runningText(knowledge, voice)} · ${points}`;
    case 'blobGone':
      return t('the backup blob is gone, {0} lost with it', points);
    case 'interrupted':
      return good === undefined
        ? `${interruptedText(summary, voice)} · ${points}`
        : `${interruptedText(summary, voice)} · ${t('backed up {0}', good)} · ${points}`;
    case 'noneGood':
      return t('no good point among the newest of {0}', points);
    case 'newestBad':
      return summary.newest?.state === 'missing'
        ? t('newest point is missing: last good {0}', good!)
        : t('newest point was found wrong: last good {0}', good!);
    case 'overdue':
      return t('overdue: last good {0}', good!);
    case 'good':
      return `${t('backed up {0}', good!)} · ${points}`;
    case 'empty':
    case 'unknown':
    case 'unreadable':
      return t('no point yet');
  }
}

/** `first backup under way, 41 %`: of a disk that has no chain yet. */
export function firstBackupText({ state, done, total }: BackupHere, voice: Voice): string {
  const { t } = voice;
  const reached = total > 0 ? percentText(done, total, voice) : undefined;
  if (state === 'running') return reached === undefined ? t('first backup under way') : t('first backup under way, {0}', reached);
  return reached === undefined ? t('first backup interrupted') : t('first backup interrupted at {0}', reached);
}

/** The same as a sentence or two for a card; undefined where the facts say it all. */
export function standingAdvice(knowledge: ChainKnowledge, voice: Voice): string | undefined {
  const { t } = voice;
  if (knowledge.state === 'unreadable') return t('{0} What the disk itself holds is not touched by this.', knowledge.reason);
  if (knowledge.state !== 'known') return undefined;
  const { rhythm } = knowledge.summary;
  switch (healthOf(knowledge, voice.now())) {
    case 'interrupted':
      return t('A run was interrupted. Back up again to go on with it; earlier points are unharmed.');
    case 'overdue':
      return t('The last backups were about {0} apart.', durationText(rhythm ?? 0, voice));
    case 'newestBad':
      return t('The newest point cannot be restored. Earlier points are unharmed. The next backup makes a good one.');
    case 'noneGood':
      return t('None of the newest points can be restored. Back up now, and verify the earlier points.');
    case 'blobGone':
      return t('The catalogue is there, but the backup blob with its snapshots is not. Back up to another blob.');
    case 'running':
      return t('A run is under way.');
    case 'good':
    case 'empty':
    case 'unknown':
    case 'unreadable':
      return undefined;
  }
}

/** Shapes that differ without colour. */
export function healthIcon(health: Health, otherwise: RowIcon): RowIcon {
  switch (health) {
    case 'running':
      return { id: 'sync' };
    case 'interrupted':
      return { id: 'debug-pause', color: 'list.warningForeground' };
    case 'overdue':
      return { id: 'clock', color: 'list.warningForeground' };
    case 'newestBad':
    case 'unreadable':
      return { id: 'warning', color: 'list.warningForeground' };
    case 'noneGood':
    case 'blobGone':
      return { id: 'error', color: 'list.errorForeground' };
    case 'good':
      return { id: 'workspace-trusted', color: 'testing.iconPassed' };
    case 'empty':
    case 'unknown':
      return otherwise;
  }
}

/** A time that a record holds; one that cannot be read counts as long ago rather than as just now. */
export function pointTime(text: string, now: number): number {
  return timeIn(text) ?? now - 3650 * DAY;
}

function runningText({ running }: { readonly running?: RunningHere | undefined }, voice: Voice): string {
  if (!running || running.total <= 0) return voice.t('run under way');
  return voice.t('backing up, {0}', percentText(running.done, running.total, voice));
}

function interruptedText({ open, backupLength = 0 }: ChainSummary, voice: Voice): string {
  const { applied } = open!.record;
  if (applied >= backupLength) return voice.t('interrupted before it was proven');
  return voice.t('interrupted at {0}', percentText(applied, backupLength, voice));
}
