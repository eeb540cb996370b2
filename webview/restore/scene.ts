import type { RestoreAsk, RestoreView } from '../../src/messages/restore.ts';
import { h, type Part } from '../shared/dom.ts';
import type { Pending } from '../shared/pending.ts';

/** What the parts of the page are drawn from. */
export interface Scene {
  readonly view: RestoreView;
  readonly pending: Pending;
  /** An answer in passing, such as `Copied`, or a refusal; beside the button `by` until something else is done. */
  readonly said: { readonly by: string; readonly text: string; readonly isBad: boolean } | undefined;
  /** Asks the extension; what it answers is shown by `saidBy(scene, by)`. */
  readonly ask: (by: string, ask: RestoreAsk) => void;
  /** The same for a choice, which is shown at once as `pending` under the name `by`. */
  readonly choose: (by: string, value: string, ask: RestoreAsk) => void;
}

/** What was answered to the ask of this name. */
export function saidBy({ said }: Scene, by: string): Part {
  const text = said?.by === by ? said.text : '';
  return h('span', { key: `said ${by}`, class: said?.isBad ? 'said bad' : 'said', role: 'status' }, text);
}
