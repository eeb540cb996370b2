import { window } from 'vscode';
import type { Voice } from '../words/voice.ts';
import { setContexts } from './contextKeys.ts';
import { blobFilter, type BlobFilter } from './filter.ts';

/** The filter of both views, and asking for it. */
export class FilterState {
  readonly #voice: Voice;
  #filter: BlobFilter | undefined;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  get current(): BlobFilter | undefined {
    return this.#filter;
  }

  /** What the views say above their rows. */
  get message(): string | undefined {
    return this.#filter && this.#voice.t('Only page blobs named like “{0}” are shown.', this.#filter.text);
  }

  /** Asks for a filter. @returns whether it is another one than before */
  async ask(): Promise<boolean> {
    const { t } = this.#voice;
    const text = await window.showInputBox({
      title: t('Filter Page Blobs'),
      prompt: t('How the name begins. A * stands for anything: *.vhd, web*disk*. Upper and lower case count.'),
      placeHolder: t('All page blobs'),
      value: this.#filter?.text ?? '',
    });
    return text !== undefined && this.set(text);
  }

  /** @param text nothing for no filter */
  set(text: string): boolean {
    const filter = blobFilter(text);
    const isOther = filter?.text !== this.#filter?.text;
    this.#filter = filter;
    setContexts({ filtered: filter !== undefined });
    return isOther;
  }
}
