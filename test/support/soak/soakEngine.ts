import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SWEEPS } from '../crash/all.ts';
import type { Figures } from './figures.ts';
import type { Batch, Lived } from './historiesWorker.ts';

/** Histories of one turn, for each worker. */
const BATCH = 500;

/** Random histories in memory, on as many cores as there are workers, and crash sweeps. */
export class EngineSoak {
  readonly #seed: number;
  readonly #figures: Figures;
  readonly #workers: readonly Worker[];
  #turns = 0;

  constructor(seed: number, figures: Figures, workers: number) {
    this.#seed = seed;
    this.#figures = figures;
    this.#workers = Array.from({ length: workers }, () => new Worker(new URL('historiesWorker.ts', import.meta.url)));
  }

  /** A batch of histories of all jobs in each worker, then one sweep of crash points. @throws where a law is broken, with what shows it again */
  async turn(): Promise<void> {
    const began = Date.now();
    const from = this.#seed + this.#turns * this.#workers.length;
    const all = await Promise.all(this.#workers.map((worker, i) => live(worker, { seed: from + i, runs: BATCH })));
    this.#figures.historiesMs += Date.now() - began;
    for (const { tally, broken } of all) {
      if (broken !== undefined) throw new Error(broken);
      this.#figures.tally.add(tally);
    }
    await this.#crash(this.#turns++);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  async #crash(turn: number): Promise<void> {
    const { crashes } = this.#figures;
    const crashing = SWEEPS[turn % SWEEPS.length]!;
    try {
      // Other pairs in each turn; in 17 turns all of them.
      const { points, pairs } = await crashing.sweep(turn % 2 === 0 ? 'none' : 'done', { every: 11 + (turn % 13), least: 10 });
      crashes.points += points;
      crashes.pairs += pairs;
      crashes.sweeps++;
    } catch (error) {
      throw new Error(`The crash sweep of ${crashing.name}`, { cause: error });
    }
  }
}

async function live(worker: Worker, batch: Batch): Promise<Lived> {
  worker.postMessage(batch);
  const [lived] = (await once(worker, 'message')) as [Lived];
  return lived;
}
