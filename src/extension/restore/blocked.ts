import type { Voice } from '../words/voice.ts';
import { openQuestions } from './questions.ts';
import { canRun, type RestoreState } from './state.ts';

/** Why a plan that is shown cannot be run right now; undefined where it can, or where that is seen anyway. */
export function blockedText(state: RestoreState, { t }: Voice): string | undefined {
  if (state.run !== undefined || state.review?.state !== 'ready' || canRun(state)) return undefined;
  return openQuestions(state).length > 0
    ? t('Looking once more whether it can be restored there…')
    : t('It cannot be restored there any more: “Where to” says why.');
}

/** What is said to whoever pressed *Restore* when it could not be; undefined once a run has begun, which is seen. */
export function notBegunText(state: RestoreState, voice: Voice): string | undefined {
  if (state.run !== undefined) return undefined;
  return [voice.t('Nothing was started.'), blockedText(state, voice) ?? voice.t('Look at the plan first.')].join(' ');
}
