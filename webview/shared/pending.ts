/**
 * What people have said and the extension has not answered yet. It is shown until then, so that a view that was on its way meanwhile does not turn
 * the choice back for a moment.
 */
export class Pending {
  readonly #said = new Map<string, { readonly value: string; readonly asks: number }>();

  /** Whether anything is left to be answered, or this is. */
  has(name?: string): boolean {
    return name === undefined ? this.#said.size > 0 : this.#said.has(name);
  }

  valueOf(name: string, shown: string): string {
    return this.#said.get(name)?.value ?? shown;
  }

  /** @returns to be called once it is answered; an answer to what was said before the last leaves the last in place */
  say(name: string, value: string): () => void {
    this.#said.set(name, { value, asks: (this.#said.get(name)?.asks ?? 0) + 1 });
    return () => {
      const { value, asks } = this.#said.get(name)!;
      if (asks > 1) this.#said.set(name, { value, asks: asks - 1 });
      else this.#said.delete(name);
    };
  }
}
