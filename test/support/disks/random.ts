import { seededRandom, seededUuid } from '../memory/seededRandom.ts';

/** What the disk maker asks of chance, the same for the same seed on every machine. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** A whole number in [from, to). */
  between(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from));
  }

  /** Takes one item out of the list. */
  take<T>(items: T[]): T {
    return items.splice(this.between(0, items.length), 1)[0]!;
  }

  bytes(length: number): Buffer {
    const words = new Uint32Array(Math.ceil(length / 4));
    for (let i = 0; i < words.length; i++) words[i] = this.between(0, 2 ** 32);
    return Buffer.from(words.buffer, 0, length);
  }

  guid(): string {
    return seededUuid(this.#next);
  }
}
