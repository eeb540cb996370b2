import { redact } from '../engine/redact.ts';
import type { RunEvent } from '../engine/events.ts';

/** At least so long between two progress objects of one phase. */
const QUIET_MS = 500;

/** Where JSON goes: stdout, or a test. */
export interface JsonStream {
  write(text: string): boolean;
  once(event: 'drain' | 'close' | 'error', heard: () => void): unknown;
  off(event: 'drain' | 'close' | 'error', heard: () => void): unknown;
  readonly writable: boolean;
}

/** What `--json` prints: one object a line, each with a `type`. Everything passes the redaction here. */
export class JsonLines {
  readonly #stream: JsonStream;
  readonly #now: () => number;
  #lastProgress = -Infinity;
  #phase = '';

  constructor(stream: JsonStream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  /** Prints one object, and waits while the reader is slow. */
  async print(type: string, value: object): Promise<void> {
    if (!this.#stream.writable || this.#stream.write(`${escaped(JSON.stringify({ type, ...value }, redacted))}\n`)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        for (const event of ['drain', 'close', 'error'] as const) this.#stream.off(event, go);
        resolve();
      };
      for (const event of ['drain', 'close', 'error'] as const) this.#stream.once(event, go);
    });
  }

  /** Prints what a run tells, progress not too often. Its result is left to the command. */
  hear(event: RunEvent): void {
    if (event.type === 'result') return;
    if (event.type === 'progress') {
      const at = this.#now();
      if (event.phase === this.#phase && at - this.#lastProgress < QUIET_MS && event.done < event.total) return;
      this.#lastProgress = at;
      this.#phase = event.phase;
    }
    const { type, ...rest } = event;
    void this.print(type, rest);
  }
}

/** JSON leaves some characters as they are that a terminal obeys; escaped they mean the same. */
function escaped(json: string): string {
  return json.replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** String by string: taken out of the finished line, a secret would take the quote and the bracket behind it away too. */
function redacted(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? redact(value) : value;
}
