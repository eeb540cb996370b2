import { Era } from './era.ts';
import { Figures } from './figures.ts';
import { EngineSoak } from './soakEngine.ts';

/** `engine`: histories and crashes in memory; `line`: the engine over HTTP with faults; `processes`: the command line, killed and stopped. */
export type SoakKind = 'engine' | 'line' | 'processes';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly kinds: readonly SoakKind[];
  /** Cores for the histories in memory. */
  readonly workers: number;
  /** Ends it after the turn that is under way; the figures are printed all the same. */
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
}

/** Rounds over HTTP in one turn: about as much time as the engine's part of it. */
const ROUNDS = { line: 5, processes: 3 } as const;
/** Rounds of one chain. */
const LIFE = 24;
const MINUTE = 60_000;

/**
 * Turns of each kind until the time is over or a law is broken. Where there is HTTP, a point drawn by lot is restored every minute and compared.
 * @returns the exit status
 */
export async function soak({ minutes, seed, kinds, workers, signal, print }: SoakOptions): Promise<number> {
  const began = Date.now();
  const figures = new Figures();
  const passed = (): number => (Date.now() - began) / MINUTE;
  const wire = (['line', 'processes'] as const).flatMap((kind) =>
    kinds.includes(kind) ? Array<typeof kind>(ROUNDS[kind]).fill(kind) : [],
  );
  const engine = kinds.includes('engine') ? new EngineSoak(seed, figures, workers) : undefined;
  let era: Era | undefined;
  let [eras, rounds, restored, told] = [0, 0, began, began];
  try {
    for (let turn = 0; turn === 0 || (passed() < minutes && !signal.aborted); turn++) {
      await engine?.turn();
      for (const kind of wire) {
        era ??= await Era.begin(seed + eras++, figures);
        await era.round(kind);
        if (Date.now() - restored >= MINUTE) {
          restored = Date.now();
          await era.restoreOne();
        }
        if (++rounds % LIFE > 0) continue;
        await era.calm();
        await era.close();
        era = undefined;
      }
      if (Date.now() - told < MINUTE / 4) continue;
      told = Date.now();
      print(figures.progress(passed()));
    }
    await era?.calm();
  } catch (error) {
    print(
      `Broken after ${passed().toFixed(1)} minutes with --seed ${seed}. What was done to the last chain over HTTP (seed ${seed + eras - 1}):`,
    );
    for (const line of era?.log ?? []) print(`  ${line}`);
    print(error instanceof Error ? `${error.stack}\n${error.cause instanceof Error ? error.cause.stack : ''}` : String(error));
    return 1;
  } finally {
    await engine?.close();
    await era?.close();
    print(figures.report());
  }
  print('Wrong backups: 0');
  return 0;
}
