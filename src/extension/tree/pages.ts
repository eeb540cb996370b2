import { isBackupError } from '../../engine/errors.ts';

/** Some children, and from where the next ones are loaded; undefined at the end. */
export interface PageOf<Child, Cursor> {
  readonly children: readonly Child[];
  readonly next: Cursor | undefined;
}

/**
 * Loads one page.
 * @param emit hands on children that are there before the page is complete; they are not given again in the result
 */
export type LoadPage<Child, Cursor> = (
  cursor: Cursor | undefined,
  signal: AbortSignal,
  emit: (children: readonly Child[]) => void,
) => Promise<PageOf<Child, Cursor>>;

export interface PagesOptions<Child> {
  /** Told when children or state have changed. */
  readonly changed: () => void;
  /** Keeps children in this order; without it they stay as they came. */
  readonly order?: (a: Child, b: Child) => number;
}

/**
 * The children of one row: loaded lazily, a page at a time, each load cancellable. Whatever arrives after a stop or a reset is ignored, also from a
 * loader that does not heed its signal.
 */
export class Pages<Child, Cursor = string> {
  readonly #load: LoadPage<Child, Cursor>;
  readonly #options: PagesOptions<Child>;
  #children: Child[] = [];
  /** They are from before the last `renew`. */
  #isOld = false;
  /** Where the page that is loading, failed or was stopped begins. */
  #cursor: Cursor | undefined;
  #state: 'idle' | 'loading' | 'paused' | 'ended' | 'failed' = 'idle';
  #error: unknown;
  #under: { readonly abort: AbortController; readonly settled: Promise<void>; readonly first: PromiseWithResolvers<void> } | undefined;

  constructor(load: LoadPage<Child, Cursor>, options: PagesOptions<Child>) {
    this.#load = load;
    this.#options = options;
  }

  get children(): readonly Child[] {
    return this.#children;
  }

  /** `idle`: nothing was asked yet. `paused`: there is more to load. */
  get state(): 'idle' | 'loading' | 'paused' | 'ended' | 'failed' {
    return this.#state;
  }

  get error(): unknown {
    return this.#error;
  }

  /** Loads the first page unless that has begun. Never rejects; `state` tells what came of it. */
  async load(): Promise<void> {
    if (this.#state === 'idle') this.#begin();
    // Whoever called draws the rows itself, so nobody is told of the beginning.
    await this.#under?.settled;
  }

  /** The same, but ends as soon as there is something to draw. */
  async first(): Promise<void> {
    const settled = this.load();
    await Promise.race([settled, this.#under?.first.promise]);
  }

  /** Loads the next page, or the one that failed again. */
  async more(): Promise<void> {
    if (this.#state !== 'loading' && this.#state !== 'ended') {
      this.#begin();
      this.#options.changed();
    }
    await this.#under?.settled;
  }

  /** Gives up the load that is under way. What is there stays, and `more` goes on from there. */
  stop(): void {
    if (this.#state !== 'loading') return;
    this.#abandon();
    this.#dropOld();
    this.#state = this.#children.length === 0 ? 'idle' : 'paused';
    this.#options.changed();
  }

  /** Forgets everything; the next `load` begins anew. */
  reset(): void {
    this.renew();
    this.#dropOld();
  }

  /** The next `load` begins anew; what is there stays until something comes of it, so that rows which are open stay so. */
  renew(): void {
    this.#abandon();
    this.#isOld = true;
    this.#cursor = undefined;
    this.#error = undefined;
    this.#state = 'idle';
  }

  /** Adds a child out of its turn. @param at where, unless there is an order */
  insert(child: Child, at: number): void {
    this.#dropOld();
    this.#children.splice(at, 0, child);
    this.#add([]);
    this.#options.changed();
  }

  #begin(): void {
    const abort = new AbortController();
    this.#state = 'loading';
    this.#error = undefined;
    const first = Promise.withResolvers<void>();
    this.#under = { abort, first, settled: this.#run(abort, first.resolve) };
  }

  async #run(abort: AbortController, hasRows: () => void): Promise<void> {
    const { signal } = abort;
    const isCurrent = (): boolean => !signal.aborted && this.#under?.abort === abort;
    try {
      // Gives `#begin` time to note what is under way.
      await Promise.resolve();
      const page = await this.#load(this.#cursor, signal, (children) => {
        if (!isCurrent() || children.length === 0) return;
        this.#add(children);
        hasRows();
        this.#options.changed();
      });
      if (!isCurrent()) return;
      this.#add(page.children);
      this.#cursor = page.next;
      this.#state = page.next === undefined ? 'ended' : 'paused';
    } catch (error) {
      if (!isCurrent()) return;
      this.#dropOld();
      this.#error = error;
      this.#state = isBackupError(error, 'cancelled') ? (this.#children.length === 0 ? 'idle' : 'paused') : 'failed';
    }
    this.#under = undefined;
    this.#options.changed();
  }

  #add(children: readonly Child[]): void {
    this.#dropOld();
    for (const child of children) this.#children.push(child);
    if (this.#options.order) this.#children.sort(this.#options.order);
  }

  #dropOld(): void {
    if (this.#isOld) this.#children = [];
    this.#isOld = false;
  }

  #abandon(): void {
    this.#under?.abort.abort();
    this.#under = undefined;
  }
}
