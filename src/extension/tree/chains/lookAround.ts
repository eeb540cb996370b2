import { isBackupError } from '../../../engine/errors.ts';
import { forEachBounded } from '../../../engine/transfer/concurrency.ts';
import type { ChainBook } from './chainBook.ts';

/** A row that would tell more if these chains were known. */
export interface Asker {
  readonly questions: readonly string[];
}

const AT_ONCE = { calls: 6, bytes: Infinity };

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

  /** @param most rows that are looked at; the others are when somebody opens or points at them @returns how many were */
  look(rows: readonly Asker[], most = Infinity): number {
    const { signal } = this;
    const questions = new Set<string>();
    let looked = 0;
    for (const row of rows) {
      if (looked >= most) break;
      const open = row.questions.filter((url) => this.#book.of(url).state === 'unasked');
      if (open.length > 0) looked++;
      for (const url of open) questions.add(url);
    }
    const work = async (url: string): Promise<void> => void (await this.#book.ask(url));
    forEachBounded(questions, AT_ONCE, () => 0, work, signal).catch((error: unknown) => {
      if (!isBackupError(error, 'cancelled')) throw error;
    });
    return looked;
  }

  stop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }
}
