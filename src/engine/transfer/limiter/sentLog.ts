/** Milliseconds in a slot. */
export const SLOT_MS = 5;
/** Slots that are kept: 20 seconds. */
const KEPT = 4000;

/** What was sent when, in slots of 5 ms; what was refused is taken back out. */
export class SentLog {
  readonly #slots = new Map<number, { amount: number; requests: number }>();
  /** The largest piece so far. */
  largest = 0;

  add(at: number, amount: number): void {
    this.largest = Math.max(this.largest, amount);
    const key = Math.floor(at / SLOT_MS);
    const slot = this.#slots.get(key);
    if (slot) {
      slot.amount += amount;
      slot.requests++;
      return;
    }
    this.#slots.set(key, { amount, requests: 1 });
    for (const old of this.#slots.keys()) {
      if (old > key - KEPT) break;
      this.#slots.delete(old);
    }
  }

  takeBack(at: number, amount: number): void {
    const slot = this.#slots.get(Math.floor(at / SLOT_MS));
    if (!slot) return;
    slot.amount -= amount;
    slot.requests--;
  }

  /** What was sent from the slot of `from` to before that of `to`. */
  between(from: number, to: number): { readonly amount: number; readonly requests: number } {
    let [amount, requests] = [0, 0];
    for (let key = Math.floor(from / SLOT_MS); key < Math.floor(to / SLOT_MS); key++) {
      const slot = this.#slots.get(key);
      amount += slot?.amount ?? 0;
      requests += slot?.requests ?? 0;
    }
    return { amount, requests };
  }
}
