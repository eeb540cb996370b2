/** Collects keys and hands them on together, so that learning about a thousand chains draws a few times only. */
export class RedrawLater {
  readonly #draw: (keys: ReadonlySet<string>) => void;
  #keys = new Set<string>();
  #waiting: NodeJS.Timeout | undefined;

  constructor(draw: (keys: ReadonlySet<string>) => void) {
    this.#draw = draw;
  }

  add(key: string): void {
    this.#keys.add(key);
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      const keys = this.#keys;
      this.#keys = new Set();
      this.#draw(keys);
    }, 100);
  }

  dispose(): void {
    clearTimeout(this.#waiting);
  }
}
