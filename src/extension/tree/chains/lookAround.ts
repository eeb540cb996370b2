import { isBackupError } from '../../../engine/errors.ts';
import { forEachBounded } from '../../../engine/transfer/concurrency.ts';
import type { ChainBook } from './chainBook.ts';

/** A row that would tell more if these chains were known. */
export interface Asker {
  readonly questions: readonly string[];
}

const AT_ONCE = { calls: 6, bytes: Infinity };
/** So many rows of one page of the service are looked at unasked. The others are when somebody opens or points at them. */
const ROWS = 50;

/** Reads, in the background, how the chains of listed blobs stand. Rows are drawn again as the book learns. */
export class LookAround {
  readonly #book: ChainBook;
  #abort = new AbortController();

  constructor(book: ChainBook) {
    this.#book = book;
  }

  /** Aborts with `stop`. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  look(rows: readonly Asker[]): void {
    const { signal } = this;
    const questions = new Set<string>();
    let looked = 0;
    for (const row of rows) {
      if (looked >= ROWS) break;
      const open = row.questions.filter((url) => this.#book.of(url).state === 'unasked');
      if (open.length > 0) looked++;
      for (const url of open) questions.add(url);
    }
    const work = async (url: string): Promise<void> => void (await this.#book.ask(url));
    forEachBounded(questions, AT_ONCE, () => 0, work, signal).catch((error: unknown) => {
      if (!isBackupError(error, 'cancelled')) throw error;
    });
  }

  stop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }
}
