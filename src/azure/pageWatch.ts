import { BackupError } from '../engine/errors.ts';

/** So many empty answers in a row are believed: a service may give some where its own partitions meet. */
const MOST_EMPTY = 32;

/** Follows the markers of a list that comes in pages, and sees that it gets on: a server that does not would be asked for ever. */
export class PageWatch {
  /** Names the next page; undefined before the first one and after the last. */
  marker: string | undefined;
  readonly #what: string;
  #empty = 0;

  /** @param what begins "… does not get on." */
  constructor(what: string) {
    this.#what = what;
  }

  /** Takes in a page. @throws incompleteAnswer for the same marker again, and for page after page that brings nothing */
  advance(next: string | undefined, brought: boolean): void {
    this.#empty = brought ? 0 : this.#empty + 1;
    const stands = next !== undefined && (next === this.marker || this.#empty > MOST_EMPTY);
    this.marker = next;
    if (!stands) return;
    throw new BackupError('incompleteAnswer', `${this.#what} that the service gives does not get on.`, {
      retryable: true,
      effect: 'unknown',
    });
  }
}
