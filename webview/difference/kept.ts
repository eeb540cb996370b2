import type { DifferenceAnswer, DifferenceAsk, RowFilter, RowSort } from '../../src/messages/difference.ts';
import type { MapView } from './map/mapView.ts';

/** Where somebody was: a page that was hidden is loaded anew, and comes back to it. */
export interface KeptPair {
  readonly view: MapView | undefined;
  readonly filter: RowFilter;
  readonly sort: RowSort;
  readonly row: number;
}

/** The page's line to the extension. */
export interface Line {
  ask(ask: DifferenceAsk): Promise<DifferenceAnswer>;
  getKept(): KeptPair | undefined;
  keep(kept: KeptPair): void;
}

type AnswerTo<Type extends DifferenceAsk['type']> = Extract<
  DifferenceAnswer,
  { type: Type extends 'map' | 'rows' | 'real' ? Type : Type extends 'find' ? 'found' : 'done' }
>;

/** The answer that belongs to the ask. @throws Error, for people, where it is refused */
export async function answerTo<Ask extends DifferenceAsk>(line: Line, ask: Ask): Promise<AnswerTo<Ask['type']>> {
  return (await line.ask(ask)) as AnswerTo<Ask['type']>;
}
