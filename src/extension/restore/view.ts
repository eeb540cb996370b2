import { badgeOfPoint, type RecoveryPoint } from '../../engine/jobs/points/points.ts';
import type { FieldView, PointsPart, RestoreView, ReviewPart, RunPart, TargetKind, TargetPart } from '../../messages/restore.ts';
import { isRestoreSpec } from '../runs/runTarget.ts';
import { placeOf } from '../words/places.ts';
import { badgeSentence, besidesText, provenOn, readText } from '../words/proof.ts';
import { planWords } from '../words/restorePlan.ts';
import { restoreWords } from '../words/restoreWords.ts';
import { endedTitle, progressText, reachedText, runningTitle } from '../words/run.ts';
import type { Voice } from '../words/voice.ts';
import { blockedText } from './blocked.ts';
import { fieldView } from './fields.ts';
import { chosenAccount, chosenPoint, diskOf, specOf, usablePoint } from './inputs.ts';
import { keptOf } from './kept.ts';
import { nextSteps } from './nextSteps.ts';
import { pointRows } from './pointRows.ts';
import { answerFor, fieldsOf, isReady } from './questions.ts';
import { canRun, type RestoreState } from './state.ts';

/** What the page shows of a state. */
export function viewOf(state: RestoreState, voice: Voice): RestoreView {
  const { t } = voice;
  const disk = diskOf(state);
  const backup = placeOf(state.backup);
  const isLocked = state.run !== undefined;
  return {
    words: restoreWords(voice),
    disk: placeOf(disk ?? state.backup).name,
    origin: t('from {0} / {1}', backup.account, backup.path),
    kept: keptOf(state),
    isLocked,
    points: pointsPart(state, voice),
    target: usablePoint(state) ? targetPart(state, voice) : undefined,
    review: state.review ? reviewPart(state, voice) : undefined,
    run: state.run ? runPart(state, voice) : undefined,
  };
}

function pointsPart(state: RestoreState, voice: Voice): PointsPart {
  const { points } = state;
  const chosen = chosenPoint(state);
  return {
    state: points.state,
    trouble: points.trouble,
    rows: pointRows(points, voice),
    chosen: chosen?.entry.backup.snapshot,
    badge: chosen?.state === 'good' ? badgeOf(chosen, voice) : undefined,
    hasMore: points.next !== undefined,
    consent:
      chosen?.state === 'failed'
        ? {
            text: voice.t('A verification found this point wrong. Restore it all the same: better a disk with wrong pages than none.'),
            isGiven: state.acceptsWrong,
          }
        : undefined,
  };
}

function badgeOf(point: RecoveryPoint, voice: Voice): PointsPart['badge'] {
  const badge = badgeOfPoint(point);
  return {
    text: [badgeSentence(badge, voice), besidesText(badge, voice)].filter(Boolean).join(' '),
    detail: [provenOn(badge, voice), readText(badge, voice)].filter(Boolean).join(' · '),
  };
}

const KINDS: readonly TargetKind[] = ['blob', 'inPlace', 'file'];

function targetPart(state: RestoreState, voice: Voice): TargetPart {
  const fields = fieldsOf(state).map((field): FieldView => fieldView(state, field, voice));
  return {
    kind: state.kind,
    kinds: KINDS.map((kind) => kindView(kind, state, voice)),
    fields,
    check: answerFor(state, 'whole', voice.t),
    canReview: state.run === undefined && state.review?.state !== 'planning' && isReady(state),
  };
}

function kindView(kind: TargetKind, state: RestoreState, { t }: Voice): TargetPart['kinds'][number] {
  const { name } = placeOf(diskOf(state) ?? '');
  switch (kind) {
    case 'blob':
      return { kind, label: t('A new blob'), description: t('{0} stays as it is.', name) };
    case 'inPlace':
      return { kind, label: t('The disk itself, in place'), description: t('{0} is taken back; only what differs is written.', name) };
    case 'file':
      return {
        kind,
        label: t('A file on this machine'),
        description: t('The whole disk as one file, which takes the room of what it holds.'),
      };
  }
}

function reviewPart(state: RestoreState, voice: Voice): ReviewPart {
  const { plan, picture, trouble, state: is } = state.review!;
  const spec = state.run?.record && isRestoreSpec(state.run.record.spec) ? state.run.record.spec : specOf(state);
  const count = state.points.next === undefined ? state.points.list.length + state.points.unreadable.length : undefined;
  const words = plan && spec ? planWords(spec, plan, count, voice) : undefined;
  return {
    state: is,
    trouble,
    steps: words?.steps ?? [],
    facts: words?.facts ?? [],
    picture,
    stays: words?.stays ?? [],
    warnings: words?.warnings ?? [],
    button: words?.button ?? voice.t('Restore'),
    canRun: canRun(state),
    blocked: blockedText(state, voice),
  };
}

function runPart(state: RestoreState, voice: Voice): RunPart {
  const { t } = voice;
  const record = state.run!.record;
  const none = { percent: undefined, canCancel: false, canResume: false, canStartOver: true, next: [] } as const;
  if (!record || !isRestoreSpec(record.spec)) {
    return { ...none, state: 'forgotten', title: t('Restore'), text: t('This run is no longer in the list of runs.') };
  }
  const { spec, done, total } = record;
  const isRunning = record.state === 'running';
  const base = {
    ...none,
    state: record.state,
    title: isRunning ? runningTitle(spec, voice) : endedTitle(spec, voice),
    canCancel: isRunning,
    canResume: record.state === 'resumable' || record.state === 'failed',
    canStartOver: !isRunning,
  };
  switch (record.state) {
    case 'running':
      return { ...base, text: progressText(record, voice), percent: total > 0 ? Math.min(100, (done / total) * 100) : undefined };
    case 'resumable': {
      const reached = reachedText(record, voice);
      const stopped = reached === undefined ? t('Interrupted.') : t('Interrupted at {0}.', reached);
      return { ...base, text: [stopped, record.outcome, t('It can be resumed at any time.')].filter(Boolean).join(' ') };
    }
    case 'failed':
      return { ...base, text: record.outcome ?? t('It failed.') };
    case 'done':
      return { ...base, text: record.outcome ?? '', next: nextSteps(spec, locationOf(spec, state), voice) };
  }
}

function locationOf(spec: object, state: RestoreState): string | undefined {
  return 'target' in spec ? chosenAccount(state)?.location : undefined;
}
