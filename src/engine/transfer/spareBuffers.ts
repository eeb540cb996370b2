import { MAX_WRITE } from '../ranges/pageRange.ts';

/**
 * Arrays for pieces of 4 MiB that are used again and again: making them anew for each piece costs more than filling them, and in an editor the
 * collections of what was left behind stop everybody's extensions. Never holds more than were in use at once.
 *
 * An array is given back only after everything that was handed it has ended well: a call that was given up may write into it at any later time.
 */
export class SpareBuffers {
  readonly #free: Uint8Array[] = [];
  readonly #lent = new WeakSet<Uint8Array>();

  /** An array of so many bytes with anything in it; undefined for a size that is not kept. */
  take(bytes: number): Uint8Array | undefined {
    if (bytes !== MAX_WRITE) return undefined;
    const array = this.#free.pop() ?? new Uint8Array(MAX_WRITE);
    this.#lent.add(array);
    return array;
  }

  /** Nobody uses the array any more. One that is not from here is left alone. */
  giveBack(array: Uint8Array): void {
    if (this.#lent.delete(array)) this.#free.push(array);
  }
}
