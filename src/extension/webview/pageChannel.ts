import type { Disposable, Event } from 'vscode';
import { readFromPage, type ToPage } from '../../messages/channel.ts';

/** The half of `vscode.Webview` that a channel needs. */
export interface PageSide {
  postMessage(message: unknown): Thenable<boolean>;
  readonly onDidReceiveMessage: Event<unknown>;
}

export interface ChannelParts<Ask, Answer> {
  /** Undefined for whatever is not an ask: it is dropped. */
  readonly readAsk: (value: unknown) => Ask | undefined;
  /** The signal ends with the page, and when the page is loaded anew. */
  readonly answer: (ask: Ask, signal: AbortSignal) => Promise<Answer>;
  /** What is told to the page when `answer` throws. */
  readonly textOf: (error: unknown) => string;
}

/** The extension's end of the line to one page: it pushes what there is to see, and answers every ask exactly once. */
export class PageChannel<View, Ask, Answer> implements Disposable {
  readonly #page: PageSide;
  readonly #parts: ChannelParts<Ask, Answer>;
  readonly #listening: Disposable;
  #view: { readonly value: View } | undefined;
  #isReady = false;
  #asked = new Set<number>();
  #load = new AbortController();

  constructor(page: PageSide, parts: ChannelParts<Ask, Answer>) {
    this.#page = page;
    this.#parts = parts;
    this.#listening = page.onDidReceiveMessage((message) => this.#hear(message));
  }

  /** Shows `view` now, or as soon as the page has loaded. Of several before that the page sees the last. */
  show(view: View): void {
    this.#view = { value: view };
    if (this.#isReady) this.#post({ type: 'view', view });
  }

  dispose(): void {
    this.#load.abort();
    this.#listening.dispose();
    this.#isReady = false;
  }

  #hear(value: unknown): void {
    const message = readFromPage(value, this.#parts.readAsk);
    if (message?.type === 'ready') this.#begin();
    if (message?.type === 'ask' && !this.#asked.has(message.id)) {
      this.#asked.add(message.id);
      void this.#answer(message.id, message.ask, this.#load.signal);
    }
  }

  /** A page that loads anew counts its asks from the start, and nobody waits for the answers to the earlier ones. */
  #begin(): void {
    this.#load.abort();
    this.#load = new AbortController();
    this.#asked = new Set();
    this.#isReady = true;
    if (this.#view) this.#post({ type: 'view', view: this.#view.value });
  }

  async #answer(id: number, ask: Ask, signal: AbortSignal): Promise<void> {
    let message: ToPage<View, Answer>;
    try {
      message = { type: 'answer', id, answer: await this.#parts.answer(ask, signal) };
    } catch (error) {
      message = { type: 'refused', id, text: this.#parts.textOf(error) };
    }
    if (!signal.aborted) this.#post(message);
  }

  #post(message: ToPage<View, Answer>): void {
    void this.#page.postMessage(message);
  }
}
