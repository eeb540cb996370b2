import type { PageRange } from '../../ranges/pageRange.ts';
import type { DiffWindow } from './diff.ts';

export type ChangeKind = 'written' | 'cleared';

/** One range that changed: bytes `[start, end)`. */
export interface Change extends PageRange {
  readonly kind: ChangeKind;
}

/** What changed in a window, in address order. */
export function* changesIn({ written, cleared }: Pick<DiffWindow, 'written' | 'cleared'>): Generator<Change> {
  for (let i = 0, j = 0; i < written.length || j < cleared.length;) {
    const [write, clear] = [written[i], cleared[j]];
    if (write && (!clear || write.start < clear.start)) {
      yield { kind: 'written', start: write.start, end: write.end };
      i++;
    } else {
      yield { kind: 'cleared', start: clear!.start, end: clear!.end };
      j++;
    }
  }
}

/** Gives the changes of windows that follow one another; a range that windows cut is whole again. */
export class WholeChanges {
  #open: Change | undefined;

  /** Changes that are known to be whole after this window. */
  *in(window: Pick<DiffWindow, 'written' | 'cleared'>): Generator<Change> {
    for (const change of changesIn(window)) {
      const open = this.#open;
      if (open?.end === change.start && open.kind === change.kind) this.#open = { ...open, end: change.end };
      else {
        if (open) yield open;
        this.#open = change;
      }
    }
  }

  /** The one that ended with the last window. */
  *rest(): Generator<Change> {
    if (this.#open) yield this.#open;
    this.#open = undefined;
  }
}
