import { isBackupError } from '../../engine/errors.ts';
import { answerTo } from './checks.ts';
import { openQuestions, type Question } from './questions.ts';
import type { QuestionName } from './state.ts';
import type { Board } from './wizardParts.ts';

const TYPING_PAUSE_MS = 300;

/** Asks what a wizard has to know of its inputs, once they have been left alone for a moment. A question that nobody has any more is dropped. */
export class WizardChecks {
  readonly #board: Board;
  readonly #asked = new Map<QuestionName, { readonly of: string; readonly stop: AbortController }>();

  constructor(board: Board) {
    this.#board = board;
  }

  look(): void {
    const open = openQuestions(this.#board.state);
    for (const [name, { of, stop }] of this.#asked) {
      if (open.some((question) => question.name === name && question.of === of)) continue;
      stop.abort();
      this.#asked.delete(name);
    }
    for (const question of open) {
      if (this.#asked.has(question.name)) continue;
      const stop = new AbortController();
      this.#asked.set(question.name, { of: question.of, stop });
      void this.#answer(question, stop.signal);
    }
  }

  async #answer(question: Question, signal: AbortSignal): Promise<void> {
    const { session, voice, job, log, typingPause = TYPING_PAUSE_MS } = this.#board.parts;
    const { backup, point } = this.#board.state;
    try {
      await pause(typingPause, signal);
      if (signal.aborted) return;
      const answer = await answerTo(question, { session, voice, backup, point: point! }, { ...job, signal });
      if (!signal.aborted) this.#board.dispatch({ type: 'answered', question: question.name, answer });
    } catch (error) {
      if (!isBackupError(error, 'cancelled')) log.error('A check for a restore', error);
    }
  }

  dispose(): void {
    for (const { stop } of this.#asked.values()) stop.abort();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
