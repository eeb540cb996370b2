interface LateEffect {
  /** Index of the call before which it comes; undefined: only with `deliver`. */
  readonly due: number | undefined;
  readonly about: string;
  readonly run: () => void;
}

/** Requests that are still under way although their sender heard that the connection broke. */
export class LateEffects {
  private waiting: LateEffect[] = [];

  add(about: string, due: number | undefined, run: () => void): void {
    this.waiting.push({ due, about, run });
  }

  /** What is still to come, for people. */
  get pending(): readonly string[] {
    return this.waiting.map((effect) => effect.about);
  }

  /** Those whose call has come. */
  deliverDue(index: number): void {
    this.take((effect) => effect.due !== undefined && effect.due <= index);
  }

  /** All that are waiting, or those that `select` takes. */
  deliver(select: (about: string) => boolean = () => true): void {
    this.take((effect) => select(effect.about));
  }

  /** They never arrive. */
  drop(): void {
    this.waiting = [];
  }

  private take(select: (effect: LateEffect) => boolean): void {
    if (this.waiting.length === 0) return;
    const now = this.waiting.filter(select);
    this.waiting = this.waiting.filter((effect) => !now.includes(effect));
    for (const effect of now) {
      try {
        effect.run();
      } catch {
        // The service refused it; nobody hears the answer.
      }
    }
  }
}
