import type { BackupResult } from '../../engine/jobs/backup/backupRun.ts';
import type { CopyResult } from '../../engine/jobs/copy/copy.ts';
import type { PromoteResult } from '../../engine/jobs/promote/promote.ts';
import type { RestoreChainResult } from '../../engine/jobs/restore/restoreChain.ts';
import type { RestoreResult } from '../../engine/jobs/restore/restoreToBlob.ts';
import type { RewindResult } from '../../engine/jobs/restore/rewind.ts';
import type { VerifyResult } from '../../engine/jobs/verify/verify.ts';
import type { Proof } from '../../engine/proof/proof.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { durationText, pointsText } from './amounts.ts';
import { placeOf } from './places.ts';
import { momentText, timeIn } from './times.ts';
import { verifyAllText, type VerifyAllResult } from './verifyAll.ts';
import type { Voice } from './voice.ts';

export type RunResult =
  | BackupResult
  | VerifyResult
  | VerifyAllResult
  | CopyResult
  | RestoreResult
  | RestoreChainResult
  | RewindResult
  | PromoteResult;

/** What a run came to, for people. */
export interface Outcome {
  readonly text: string;
  /** `attention`: it went through, but what it found wants somebody to look. */
  readonly mood: 'good' | 'attention';
  /** Bytes that it changed, read or copied. */
  readonly moved: number | undefined;
}

/** @param subject URL of the blob that the run was about @param ms how long it took */
export function outcomeOf(result: RunResult, subject: string, ms: number, voice: Voice): Outcome {
  const { name } = placeOf(subject);
  switch (result.job) {
    case 'backup':
      return backupOutcome(result, name, ms, voice);
    case 'verify':
      return withRecord(verifyOutcome(result, name, voice), result, voice);
    case 'verifyAll': {
      const mood = result.trouble.length > 0 ? 'attention' : 'good';
      return { text: verifyAllText(result, name, voice), mood, moved: result.totals.compared };
    }
    case 'copy': {
      const { account, path } = placeOf(result.target);
      const text = voice.t('Copied {0} to {1} / {2}: {3}, {4}.', name, account, path, sizeText(result.copied), durationText(ms, voice));
      return { text, mood: 'good', moved: result.copied };
    }
    case 'restore':
    case 'restoreChain':
      return restoreOutcome(result, name, ms, voice);
    case 'rewind':
      return rewindOutcome(result, name, ms, voice);
    case 'promote':
      return promoteOutcome(result, name, ms, voice);
  }
}

function restoreOutcome(result: RestoreResult | RestoreChainResult, name: string, ms: number, voice: Voice): Outcome {
  const { t } = voice;
  const { number, target, written, proof } = result;
  const where = URL.canParse(target) && /^https?:/.test(target) ? `${placeOf(target).account} / ${placeOf(target).path}` : target;
  const parts = [
    t('Restored point {0} of {1} to {2}: {3}, {4}.', number, name, where, sizeText(written), durationText(ms, voice)),
    verdictText(proof, voice),
  ];
  if (result.job === 'restoreChain') {
    parts.push(t('Its backups go on in {0}: the next one copies only what changed.', placeOf(result.newBackup).path));
  }
  return { text: parts.join(' '), mood: 'good', moved: written };
}

function rewindOutcome({ number, written, cleared, safetySnapshot, proof }: RewindResult, name: string, ms: number, voice: Voice): Outcome {
  const { t } = voice;
  const text = [
    t('Rewound {0} to point {1}: {2} written back, {3}.', name, number, sizeText(written + cleared), durationText(ms, voice)),
    verdictText(proof, voice),
    t('The snapshot {0} holds the disk as it was before.', snapshotText(safetySnapshot, voice)),
  ].join(' ');
  return { text, mood: 'good', moved: written + cleared };
}

function promoteOutcome({ snapshot, safetySnapshot, length, proof }: PromoteResult, name: string, ms: number, voice: Voice): Outcome {
  const { t } = voice;
  const text = [
    t(
      '{0} is what its snapshot {1} is: {2} copied by the service, {3}.',
      name,
      snapshotText(snapshot, voice),
      sizeText(length),
      durationText(ms, voice),
    ),
    verdictText(proof, voice),
    safetySnapshot === undefined
      ? t('A snapshot holds the blob as it was before.')
      : t('The snapshot {0} holds the blob as it was before.', snapshotText(safetySnapshot, voice)),
    t('The next backup compares the whole disk.'),
  ].join(' ');
  return { text, mood: 'good', moved: length };
}

function snapshotText(id: string, voice: Voice): string {
  const time = timeIn(id);
  return time === undefined ? id : momentText(time, voice);
}

function backupOutcome(result: BackupResult, name: string, ms: number, voice: Voice): Outcome {
  const { t } = voice;
  const { kind, written, cleared, length, number, sourceSnapshot } = result;
  if (kind === 'unchanged') {
    const since = timeIn(sourceSnapshot);
    const text =
      since === undefined
        ? t('Nothing changed in {0} since point {1}. No new point was made.', name, number)
        : t('Nothing changed in {0} since {1}. No new point was made.', name, momentText(since, voice));
    return { text, mood: 'good', moved: 0 };
  }
  const took = durationText(ms, voice);
  const parts = [
    kind === 'full'
      ? t('Backed up {0}: {1} of {2} copied, {3}.', name, sizeText(written), sizeText(length), took)
      : t('Backed up {0}: {1} changed of {2}, {3}.', name, sizeText(written + cleared), sizeText(length), took),
    verdictText(result.proof, voice),
  ];
  if (kind === 'rebase') parts.unshift(result.reason);
  if (result.resumed) parts.push(t('The run had been interrupted: the point shows the disk as it was when it began.'));
  return { text: parts.join(' '), mood: 'good', moved: written + cleared };
}

/** One sentence that says no more than what was compared. */
export function verdictText({ level, changed, changedCompared, restCompared }: Proof, { t }: Voice): string {
  if (level === 'full') return t('Every page was read back and matches.');
  if (changedCompared >= changed && changed > 0) return t('Every changed page was read back and matches.');
  if (changedCompared + restCompared > 0) return t('A sample of the pages was read back and matches.');
  return t('Its length and allocated pages match; no content was read back.');
}

/** What could not be written beside the backup is known here only. */
function withRecord(outcome: Outcome, { unrecorded }: VerifyResult, { t }: Voice): Outcome {
  if (!unrecorded) return outcome;
  return { ...outcome, text: `${outcome.text} ${t('This could not be recorded beside the backup: you may not write there.')}` };
}

function verifyOutcome({ verdicts, failed, newestFailed }: VerifyResult, name: string, voice: Voice): Outcome {
  const { t } = voice;
  const read = verdicts.reduce((bytes, { proof }) => bytes + (proof ? proof.changedCompared + proof.restCompared : 0), 0);
  if (failed > 0) {
    const worst = verdicts.find(({ verdict }) => verdict === 'failed')!;
    const others = failed > 1 ? ` ${t('{0} failed in all.', pointsText(failed, voice))}` : '';
    const text = t('Recovery point {0} of {1} is wrong: {2}', worst.number, name, worst.fault ?? t('it differs from the disk.'));
    const next = newestFailed
      ? t('Do not restore it; the others are unharmed. Back up now: that compares the whole disk, and makes a right point.')
      : t('The others are unharmed; the next backup builds on no point that failed.');
    return {
      text: `${text}${others} ${next}`,
      mood: 'attention',
      moved: read,
    };
  }
  const structure = verdicts.filter(({ verdict }) => verdict === 'structure').length;
  const compared = verdicts.length - structure;
  const [only] = verdicts;
  if (verdicts.length === 1) {
    const text =
      structure === 0
        ? t('Recovery point {0} of {1} matches the disk: {2} read from both.', only!.number, name, sizeText(read))
        : t(
            'Recovery point {0} of {1} is there with its full length. No content was compared: its snapshot of the disk is gone.',
            only!.number,
            name,
          );
    return { text, mood: 'good', moved: read };
  }
  const parts = [
    t('No fault was found in {0}: {1} compared with the disk, {2} read from both.', name, pointsText(compared, voice), sizeText(read)),
  ];
  if (structure > 0)
    parts.push(t('Of {0} the length alone was looked at, since the snapshots of the disk are gone.', pointsText(structure, voice)));
  return { text: parts.join(' '), mood: 'good', moved: read };
}
