import { FOREIGNERS } from '../faultProxy/foreigners.ts';
import type { ProxiedChain } from '../faultProxy/proxiedChain.ts';
import type { Passing, Verb } from '../faultProxy/verbs.ts';
import type { Figures } from './figures.ts';

const PAGE = 512;
/** Pages that a disk may have at most: more than one write of 4 MiB. */
const MOST_PAGES = 10_240;
/** Requests among which what goes wrong is spread; a run makes some dozens. */
const REQUESTS = 70;

/** A number in [0, below), a choice, a chance: all from one seed. */
export class Dice {
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }
}

/** What a virtual machine does to its disk: writes, clears, now and then another length. */
export async function changeDisk({ disk }: ProxiedChain, dice: Dice): Promise<void> {
  if (dice.chance(0.15)) await disk.resize((64 + dice.below(dice.chance(0.2) ? MOST_PAGES : 512)) * PAGE);
  const pages = ((await disk.getProperties()).contentLength ?? 0) / PAGE;
  for (let i = dice.below(6); i >= 0; i--) {
    const page = dice.below(pages);
    const count = 1 + dice.below(Math.min(pages - page, dice.chance(0.2) ? 8192 : 12));
    if (dice.chance(0.25)) await disk.clearPages(page * PAGE, count * PAGE);
    else await disk.uploadPages(bytes(count, dice), page * PAGE, count * PAGE);
  }
}

/** Pages that differ from one another, so that bytes in the wrong place are seen. */
function bytes(count: number, dice: Dice): Buffer {
  const all = Buffer.alloc(count * PAGE, 1 + dice.below(255));
  for (let page = 0; page < count; page++) all.writeUInt32LE(dice.below(2 ** 32), page * PAGE);
  return all;
}

function randomVerb(dice: Dice, mayStall: boolean): Verb {
  const plain = ['drop', 'loseAnswer', 'late', 'duplicate', 'echo', 'cutRequest'] as const;
  return dice.oneOf<() => Verb>([
    ...plain.map((verb) => () => ({ verb })),
    () => ({ verb: 'cutAnswer', cleanly: dice.chance(0.5) }),
    () => ({ verb: 'flipRequest', at: dice.random() }),
    () => ({ verb: 'flipAnswer', at: dice.random() }),
    () => ({ verb: 'status', status: 500, code: 'OperationTimedOut', afterEffect: dice.chance(0.5) }),
    () => ({ verb: 'status', status: 503, code: 'ServerBusy' }),
    () => ({ verb: 'status', status: dice.oneOf([304, 403, 412]), code: 'ConditionNotMet' }),
    () => (mayStall && dice.chance(0.3) ? { verb: 'stall' } : { verb: 'slow', ms: dice.below(200) }),
  ])();
}

/** What goes wrong in one run: verbs of the line, somebody else, late arrivals, or nothing. */
export class Trouble {
  readonly #verbs: ReadonlyMap<number, Verb>;
  readonly #foreigner: { readonly at: number; readonly what: string } | undefined;
  readonly #arrivalsAt: number;
  readonly #chain: ProxiedChain;
  readonly #figures: Figures;
  /** Requests so far. */
  seen = 0;

  /** @param mayStall whether the run gives up requests that are not answered within seconds */
  constructor(chain: ProxiedChain, dice: Dice, figures: Figures, mayStall: boolean) {
    const count = dice.oneOf([0, 1, 1, 2, 3, 5]);
    this.#verbs = new Map(Array.from({ length: count }, () => [dice.below(REQUESTS), randomVerb(dice, mayStall)]));
    this.#foreigner = dice.chance(0.3) ? { at: dice.below(REQUESTS), what: dice.oneOf(Object.keys(FOREIGNERS)) } : undefined;
    this.#arrivalsAt = dice.below(2 * REQUESTS);
    this.#chain = chain;
    this.#figures = figures;
  }

  /** To be asked about each request of the run. */
  async decide(_passing: Passing): Promise<Verb | undefined> {
    const index = this.seen++;
    if (index === this.#arrivalsAt) await this.#chain.accounts.proxy.deliverLate();
    if (index === this.#foreigner?.at) {
      const { what } = this.#foreigner;
      this.#figures.count(this.#figures.foreigners, what);
      await FOREIGNERS[what]!(this.#chain).catch(() => undefined);
    }
    return this.#verbs.get(index);
  }

  toString(): string {
    const verbs = [...this.#verbs].map(([at, verb]) => `${JSON.stringify(verb)} at ${at}`);
    if (this.#foreigner) verbs.push(`somebody ${this.#foreigner.what} at ${this.#foreigner.at}`);
    return [...verbs, `late arrivals at ${this.#arrivalsAt}`].join(', ');
  }
}
