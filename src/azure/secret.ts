import { inspect } from 'node:util';

/** A text that is never printed: not by `String()`, JSON, `console.log` nor a debugger's property list. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Only the code that signs or sends a request calls this. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '(secret)';
  }

  toJSON(): string {
    return '(secret)';
  }

  [inspect.custom](): string {
    return '(secret)';
  }
}
