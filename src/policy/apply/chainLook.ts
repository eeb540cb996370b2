import { Catalogue } from '../../engine/chain/catalogue.ts';
import type { CatalogueEntry } from '../../engine/chain/entry.ts';
import type { CatalogueIndex } from '../../engine/chain/recordNames.ts';
import type { PageBlob } from '../../engine/pageBlob.ts';
import type { RecordStore } from '../../engine/recordStore.ts';
import { toolsFor, type JobOptions } from '../../engine/tools.ts';
import { dueOf, type DueAnswer } from '../windows/due.ts';
import { clockOf } from '../windows/windowClock.ts';
import type { PolicyChain } from './expand.ts';

export interface ChainPorts {
  readonly source: PageBlob;
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
}

/** What the catalogue tells of a chain's windows, from two requests. */
export interface ChainLook {
  readonly index: CatalogueIndex;
  readonly newest: CatalogueEntry | undefined;
  /** When the disk was looked at last, in milliseconds. */
  readonly lookedOn: number | undefined;
  readonly due: DueAnswer;
}

export async function lookAtChain(chain: PolicyChain, { catalogue }: ChainPorts, options: JobOptions): Promise<ChainLook> {
  const { retrier, signal, world } = toolsFor(options);
  const records = new Catalogue(catalogue, retrier);
  const index = await records.index(signal);
  const number = index.numbers.at(-1);
  const newest = number === undefined ? undefined : await records.entry(number, signal);
  const lookedOn = lookedAt(newest, index);
  return { index, newest, lookedOn, due: dueNow(chain, lookedOn, world.now()) };
}

/** The start of the newest run that has looked at the disk: it made the newest point, or found nothing changed since. */
export function lookedAt(newest: CatalogueEntry | undefined, { unchangedOn }: Pick<CatalogueIndex, 'unchangedOn'>): number | undefined {
  const times = [newest?.startedOn, unchangedOn].map((time) => Date.parse(time ?? '')).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
}

export function dueNow({ rule, key }: PolicyChain, lookedOn: number | undefined, now: number): DueAnswer {
  return dueOf({ clock: clockOf(rule.window), jitter: rule.jitter, chain: key, lookedOn, now });
}
