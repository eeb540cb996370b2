import { redact } from '../engine/redact.ts';
import { visibleText } from '../engine/visibleText.ts';
import { cutTo, labelled } from './progressText.ts';

/** Where text for people goes: stderr, or a test. */
export interface TextStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const COLOURS = { plain: '', warning: '33', error: '31' } as const;
const ESCAPE = '\u001B';

/** Lines for people, and on a terminal one line at the bottom that is drawn again and again. Everything passes the redaction here, and nothing but colours is for the terminal to obey. */
export class People {
  /** Can a line be drawn again? */
  readonly isLive: boolean;
  readonly #stream: TextStream;
  readonly #hasColours: boolean;
  #drawn = false;

  constructor(stream: TextStream, env: Readonly<Record<string, string | undefined>>) {
    this.#stream = stream;
    this.isLive = stream.isTTY === true && env['TERM'] !== 'dumb';
    this.#hasColours = this.isLive && !env['NO_COLOR'];
  }

  /** Of the terminal; some report none. */
  get columns(): number {
    return this.#stream.columns || 80;
  }

  /** A line that stays. */
  line(text: string, colour: keyof typeof COLOURS = 'plain'): void {
    this.erase();
    const safe = visibleText(redact(text));
    this.#stream.write(this.#hasColours && colour !== 'plain' ? `${ESCAPE}[${COLOURS[colour]}m${safe}${ESCAPE}[0m\n` : `${safe}\n`);
  }

  /** ` label      text` that stays. */
  fact(label: string, text: string): void {
    this.line(labelled(label, text));
  }

  /** Draws the bottom line; nothing where there is no terminal. */
  draw(text: string): void {
    if (!this.isLive) return;
    this.#stream.write(`\r${cutTo(visibleText(redact(text)), this.columns - 1)}${ESCAPE}[K`);
    this.#drawn = true;
  }

  /** Takes the bottom line away. */
  erase(): void {
    if (this.#drawn) this.#stream.write(`\r${ESCAPE}[K`);
    this.#drawn = false;
  }
}
