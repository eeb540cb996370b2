/** What was shown to the user of the stand-in, and what that user answers. */
export interface Shown {
  readonly kind: 'info' | 'warning' | 'error' | 'pick' | 'input';
  readonly text: string;
  readonly detail: string | undefined;
  readonly modal: boolean;
  /** Labels of buttons or items. */
  readonly choices: readonly string[];
}

/** Answers a question: the label of what is chosen, what is typed, several labels, or undefined to turn away. */
export type Answer = string | readonly string[] | undefined | ((shown: Shown) => string | readonly string[] | undefined);

/** The user of the stand-in. Questions that no answer was laid out for are turned away. */
export class FakeUser {
  readonly seen: Shown[] = [];
  readonly clipboard: string[] = [];
  /** Commands that were executed without being registered, such as `setContext`, with their arguments. */
  readonly executed: (readonly unknown[])[] = [];
  #answers: { when: RegExp; answer: Answer }[] = [];

  /** Lays out the answer to the next question whose text or placeholder matches. */
  answers(when: RegExp, answer: Answer): void {
    this.#answers.push({ when, answer });
  }

  async ask(shown: Shown): Promise<string | readonly string[] | undefined> {
    this.seen.push(shown);
    const at = this.#answers.findIndex(({ when }) => when.test(shown.text));
    if (at < 0) return undefined;
    const { answer } = this.#answers.splice(at, 1)[0]!;
    return typeof answer === 'function' ? answer(shown) : answer;
  }

  /** Everything shown since the last call, as short lines. */
  take(): string[] {
    return this.seen.splice(0).map(({ kind, text, modal }) => `${kind}${modal ? '!' : ''}: ${text}`);
  }

  reset(): void {
    this.seen.length = 0;
    this.clipboard.length = 0;
    this.executed.length = 0;
    this.#answers = [];
  }
}

export const user = new FakeUser();
