import type { Event } from 'vscode';
import type { DifferenceAnswer, DifferenceAsk, DifferenceView } from '../../messages/difference.ts';

/** What is behind a difference page; several pages may look at it at once. */
export interface PageModel {
  /** What there is to see has changed. */
  readonly onDidChange: Event<void>;
  view(): DifferenceView;
  /** Stops what is under way. */
  dispose(): void;
  /** @param signal ends with the page that asks @throws what the page is told in words */
  answer(ask: DifferenceAsk, signal: AbortSignal): Promise<DifferenceAnswer>;
}

export const DONE: DifferenceAnswer = { type: 'done' };
