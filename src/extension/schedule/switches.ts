import type { Memory } from '../accounts/storage.ts';

/** Until when a chain, or all, are left alone: milliseconds of the wall clock. */
type Snoozed = Readonly<Record<string, number>>;

interface Kept {
  /** URIs of the policy files that the user switched on, in this workspace. */
  readonly on: readonly string[];
  readonly isPaused: boolean;
  readonly snoozed: Snoozed;
}

const KEY = 'pageBlobBackup.schedule';
const ALL = '*';
const NOTHING: Kept = { on: [], isPaused: false, snoozed: {} };

/** What the user decided about scheduled backups. Off until switched on; kept with the workspace, since consent is to its files. */
export class Switches {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  get on(): readonly string[] {
    return this.#kept.on;
  }

  isOn(policy: string): boolean {
    return this.#kept.on.includes(policy);
  }

  get isPaused(): boolean {
    return this.#kept.isPaused;
  }

  async setOn(policy: string, isOn: boolean): Promise<void> {
    const others = this.#kept.on.filter((each) => each !== policy);
    await this.#keep({ on: isOn ? [...others, policy] : others });
  }

  async setPaused(isPaused: boolean): Promise<void> {
    await this.#keep({ isPaused });
  }

  /** @param keys chains; undefined for all @param until undefined wakes them; all of them, also those that were snoozed one by one */
  async snooze(keys: readonly string[] | undefined, until: number | undefined, now: number): Promise<void> {
    if (keys === undefined && until === undefined) return this.#keep({ snoozed: {} });
    const left = Object.entries(this.#kept.snoozed).filter(([key, time]) => time > now && !(keys ?? [ALL]).includes(key));
    const added = until === undefined ? [] : (keys ?? [ALL]).map((key) => [key, until] as const);
    await this.#keep({ snoozed: Object.fromEntries([...left, ...added]) });
  }

  /** Until when the chain is left alone; undefined where it is not. */
  snoozedUntil(key: string, now: number): number | undefined {
    const { snoozed } = this.#kept;
    const until = Math.max(snoozed[ALL] ?? 0, snoozed[key] ?? 0);
    return until > now ? until : undefined;
  }

  /** Until when all chains are left alone. */
  allSnoozedUntil(now: number): number | undefined {
    return this.snoozedUntil(ALL, now);
  }

  get #kept(): Kept {
    return { ...NOTHING, ...this.#memory.get<Partial<Kept>>(KEY) };
  }

  async #keep(change: Partial<Kept>): Promise<void> {
    await this.#memory.update(KEY, { ...this.#kept, ...change });
  }
}
