import assert from 'node:assert/strict';
import type { Decide, Passing, Verb } from './verbs.ts';

export interface Planned {
  /** Index of the request, counted from the begin of the schedule. */
  readonly at: number;
  readonly verb: Verb;
}

/** Verbs at chosen requests. */
export class Schedule {
  readonly #planned: readonly Planned[];
  readonly #met = new Set<number>();
  /** Requests seen so far. */
  readonly seen: Passing[] = [];

  constructor(planned: readonly Planned[]) {
    this.#planned = planned;
  }

  readonly decide: Decide = (passing: Passing) => {
    const index = this.seen.push(passing) - 1;
    const found = this.#planned.find(({ at }) => at === index);
    if (found) this.#met.add(found.at);
    return found?.verb;
  };

  /** A fault that no request came for proves nothing. */
  assertAllMet(): void {
    const missed = this.#planned.filter(({ at }) => !this.#met.has(at));
    assert.deepEqual(missed, [], `no request came for these; there were ${this.seen.length}`);
  }
}
