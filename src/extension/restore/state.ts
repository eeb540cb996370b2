import type { UnreadableRecord } from '../../engine/chain/catalogue.ts';
import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';
import type { SnapshotId } from '../../engine/pageBlob.ts';
import type { Check, DiskPicture, FieldName, KeptRestore, TargetKind } from '../../messages/restore.ts';
import type { RunRecord } from '../runs/run.ts';
import { inputsKey } from './inputs.ts';
import type { RestorePlan } from './plan.ts';
import { isReady } from './questions.ts';

/** An account that a disk can be restored to. */
export interface AccountChoice {
  readonly id: string;
  /** Blob endpoint without slash at the end. */
  readonly endpoint: string;
  readonly name: string;
  readonly description: string;
  readonly premium: boolean | undefined;
  /** Region of Azure, where that is known. */
  readonly location: string | undefined;
  /** The only container that can be seen in it. */
  readonly container: string | undefined;
}

/** What was asked of the service: `target` and `newBackup` blobs, the `disk` itself, the `path` on this machine. */
export type QuestionName = 'target' | 'newBackup' | 'disk' | 'path';

export interface ReviewState {
  /** The inputs it is of; a plan for any other is void. */
  readonly of: string;
  readonly state: 'planning' | 'ready' | 'failed';
  readonly trouble: string | undefined;
  readonly plan: RestorePlan | undefined;
  readonly picture: DiskPicture | undefined;
}

/** All that one wizard knows. Plain data; what can be derived is not in it. */
export interface RestoreState {
  /** URL of the backup blob. */
  readonly backup: string;
  readonly points: {
    readonly state: 'loading' | 'ready' | 'failed';
    readonly trouble: string | undefined;
    /** Newest first. */
    readonly list: readonly RecoveryPoint[];
    /** Those whose records cannot be read, newest first. */
    readonly unreadable: readonly UnreadableRecord[];
    /** `below` of the next page. */
    readonly next: number | undefined;
  };
  readonly point: SnapshotId | undefined;
  readonly acceptsWrong: boolean;
  readonly kind: TargetKind;
  /** What was typed or chosen; what is missing has its suggestion. */
  readonly fields: Readonly<Partial<Record<FieldName, string>>>;
  /** Undefined while they are listed. */
  readonly accounts: readonly AccountChoice[] | undefined;
  /** Names of the containers in the account with this id. */
  readonly containers: { readonly of: string; readonly names: readonly string[] } | undefined;
  readonly answers: Readonly<Partial<Record<QuestionName, Answer>>>;
  readonly review: ReviewState | undefined;
  /** The window was reloaded with a review on the page: it is planned anew as soon as the inputs allow it, unless they are changed first. */
  readonly wantsReview: boolean;
  readonly run: { readonly id: string; readonly record: RunRecord | undefined } | undefined;
}

export interface Answer {
  /** The question's key; an answer to another one is void. */
  readonly of: string;
  /** `whole` is about no field in particular. */
  readonly checks: Readonly<Partial<Record<FieldName | 'whole', Check>>>;
}

export type RestoreEvent =
  /** `afresh`: those that are listed may not be all any more. */
  | { readonly type: 'pointsAsked'; readonly afresh?: boolean }
  | {
      readonly type: 'pointsListed';
      readonly points: readonly RecoveryPoint[];
      readonly unreadable: readonly UnreadableRecord[];
      readonly next: number | undefined;
    }
  | { readonly type: 'pointsFailed'; readonly trouble: string }
  | { readonly type: 'pointChosen'; readonly point: SnapshotId }
  | { readonly type: 'wrongAccepted'; readonly isAccepted: boolean }
  | { readonly type: 'targetChosen'; readonly kind: TargetKind }
  | { readonly type: 'edited'; readonly field: FieldName; readonly value: string }
  | { readonly type: 'accountsListed'; readonly accounts: readonly AccountChoice[] }
  | { readonly type: 'containersListed'; readonly of: string; readonly names: readonly string[] }
  | { readonly type: 'answered'; readonly question: QuestionName; readonly answer: Answer }
  | { readonly type: 'reviewAsked' }
  | { readonly type: 'planned'; readonly of: string; readonly plan: RestorePlan; readonly picture: DiskPicture | undefined }
  | { readonly type: 'planFailed'; readonly of: string; readonly trouble: string }
  | { readonly type: 'wentBack' }
  | { readonly type: 'runBegun'; readonly id: string }
  | { readonly type: 'runChanged'; readonly record: RunRecord | undefined }
  | { readonly type: 'startedOver' };

export function initialState(backup: string, kept?: KeptRestore): RestoreState {
  return {
    backup,
    points: { state: 'loading', trouble: undefined, list: [], unreadable: [], next: undefined },
    point: kept?.point,
    acceptsWrong: kept?.acceptsWrong ?? false,
    kind: kept?.kind ?? 'blob',
    fields: kept?.fields ?? {},
    accounts: undefined,
    containers: undefined,
    answers: {},
    review: undefined,
    wantsReview: kept?.run === undefined && kept?.hasReview === true,
    run: kept?.run === undefined ? undefined : { id: kept.run, record: undefined },
  };
}

/** The state after an event. What depends on a choice that was changed is void, whatever comes in late for it. */
export function reduce(state: RestoreState, event: RestoreEvent): RestoreState {
  const after = asWanted(step(state, event));
  // A plan is only ever of the inputs that are shown above it.
  return after.run === undefined && after.review && after.review.of !== inputsKey(after) ? { ...after, review: undefined } : after;
}

function asWanted(state: RestoreState): RestoreState {
  if (!state.wantsReview || state.run !== undefined) return state;
  const of = inputsKey(state);
  return of !== undefined && isReady(state) ? { ...state, wantsReview: false, review: { ...emptyReview, of } } : state;
}

function step(state: RestoreState, event: RestoreEvent): RestoreState {
  switch (event.type) {
    case 'pointsAsked':
    case 'pointsListed':
    case 'pointsFailed':
      return { ...state, points: pointsAfter(state, event) };
    case 'accountsListed':
      // Whoever could not read a place may be able to now.
      return { ...state, accounts: event.accounts, answers: {} };
    case 'containersListed':
      return { ...state, containers: { of: event.of, names: event.names } };
    case 'answered':
      return { ...state, answers: { ...state.answers, [event.question]: event.answer } };
    case 'runChanged':
      return state.run ? { ...state, run: { ...state.run, record: event.record } } : state;
    case 'startedOver':
      // Points and targets are not what they were before the run.
      return state.run?.record?.state === 'running' ? state : { ...state, run: undefined, review: undefined, answers: {} };
    case 'pointChosen':
    case 'wrongAccepted':
    case 'targetChosen':
    case 'edited':
    case 'reviewAsked':
    case 'planned':
    case 'planFailed':
    case 'wentBack':
    case 'runBegun':
      return state.run === undefined ? choose(keepsWish(state, event) ? state : { ...state, wantsReview: false }, event) : state;
  }
}

type PointsEvent = Extract<RestoreEvent, { type: 'pointsAsked' | 'pointsListed' | 'pointsFailed' }>;
type ChoiceEvent = Exclude<
  RestoreEvent,
  PointsEvent | { type: 'accountsListed' | 'containersListed' | 'answered' | 'runChanged' | 'startedOver' }
>;

function pointsAfter({ points }: RestoreState, event: PointsEvent): RestoreState['points'] {
  switch (event.type) {
    case 'pointsAsked':
      return { ...(event.afresh ? { list: [], unreadable: [], next: undefined } : points), state: 'loading', trouble: undefined };
    case 'pointsFailed':
      return { ...points, state: 'failed', trouble: event.trouble };
    case 'pointsListed': {
      const known = new Set(points.list.map(({ entry }) => entry.number));
      const list = [...points.list, ...event.points.filter(({ entry }) => !known.has(entry.number))];
      const more = event.unreadable.filter(({ number }) => !points.unreadable.some((each) => each.number === number));
      return { state: 'ready', trouble: points.trouble, list, unreadable: [...points.unreadable, ...more], next: event.next };
    }
  }
}

/** Whoever does something else does not wait for the review of before any more. A plan that comes late is nobody's doing. */
function keepsWish({ wantsReview }: RestoreState, { type }: ChoiceEvent): boolean {
  return !wantsReview || type === 'planned' || type === 'planFailed';
}

/** What the user does before a run is begun. */
function choose(state: RestoreState, event: ChoiceEvent): RestoreState {
  const { review } = state;
  switch (event.type) {
    case 'pointChosen': {
      const isThere = state.points.list.some(({ entry, state: is }) => entry.backup.snapshot === event.point && is !== 'missing');
      return isThere && event.point !== state.point ? { ...state, point: event.point, acceptsWrong: false } : state;
    }
    case 'wrongAccepted':
      return { ...state, acceptsWrong: event.isAccepted };
    case 'targetChosen':
      return { ...state, kind: event.kind, answers: {} };
    case 'edited':
      return { ...state, fields: fieldsAfter(state.fields, event.field, event.value) };
    case 'reviewAsked': {
      const of = inputsKey(state);
      return of !== undefined && isReady(state) ? { ...state, review: { ...emptyReview, of } } : state;
    }
    case 'planned':
      if (review?.state !== 'planning' || event.of !== review.of) return state;
      return { ...state, review: { ...review, state: 'ready', plan: event.plan, picture: event.picture } };
    case 'planFailed':
      if (review?.state !== 'planning' || event.of !== review.of) return state;
      // What was known of the target may be what was wrong: it is asked again, so that the page does not say two things.
      return { ...state, answers: {}, review: { ...review, state: 'failed', trouble: event.trouble } };
    case 'wentBack':
      return { ...state, review: undefined };
    case 'runBegun':
      return { ...state, run: { id: event.id, record: undefined } };
  }
}

const emptyReview = { state: 'planning', trouble: undefined, plan: undefined, picture: undefined } as const;

/** Another account has other containers. */
function fieldsAfter(fields: RestoreState['fields'], field: FieldName, value: string): RestoreState['fields'] {
  const { container: _container, ...others } = fields;
  return { ...(field === 'account' ? others : fields), [field]: value };
}

/** May what the review shows be run? Never with inputs that are not those it is of, nor with one that is known to be wrong. */
export function canRun(state: RestoreState): boolean {
  const { review, run } = state;
  return run === undefined && review?.state === 'ready' && review.of === inputsKey(state) && isReady(state);
}
