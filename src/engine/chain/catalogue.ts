import { BackupError, isBackupError, type ErrorCode } from '../errors.ts';
import { isProof, type Proof } from '../proof/proof.ts';
import type { RecordStore } from '../recordStore.ts';
import { forEachBounded } from '../transfer/concurrency.ts';
import type { Retrier } from '../transfer/retrier.ts';
import { parseEntry, type CatalogueEntry } from './entry.ts';

/** As `entryName` writes them: numbers of more digits have no zeros in front. */
const ENTRY_NAME = /^(\d{6}|[1-9]\d{6,14})\.json$/;
const PROOF_NAME = /^(\d{6,})\.proof-(passed|failed)-(.+)\.json$/;
const READS_AT_ONCE = { calls: 16, bytes: Infinity };

/** What reading one record may throw that says nothing about the others. */
const UNREADABLE: readonly ErrorCode[] = ['integrity', 'snapshotNotFound', 'checksumMismatch'];

/** What the names of the records tell, without reading them. */
export interface CatalogueIndex {
  /** Is any record there? A chain whose first run has not ended has no recovery points, but its catalogue is begun. */
  readonly isBegun: boolean;
  /** Numbers of all recovery points, ascending. */
  readonly numbers: readonly number[];
  /** Numbers of points that a later verification found wrong: never a base for the next one. */
  readonly failed: ReadonlySet<number>;
  /** Points that a later verification found right, with the names of its records. */
  readonly passed: ReadonlyMap<number, readonly string[]>;
}

/** A recovery point whose record is damaged, gone, or of a later version. */
export interface UnreadableRecord {
  readonly number: number;
  readonly error: BackupError;
}

/** What could be read of a catalogue. */
export interface ReadableEntries {
  /** Ascending. */
  readonly entries: readonly CatalogueEntry[];
  /** The other ones, ascending. */
  readonly unreadable: readonly UnreadableRecord[];
}

/** Which chain the records belong to, for people. URLs are without query. */
export interface ChainHeader {
  readonly chain: string;
  readonly source: string;
  readonly backup: string;
  readonly startedOn: string;
}

/** The chain's list of recovery points, the only truth about which snapshots are restore points. */
export class Catalogue {
  readonly #store: RecordStore;
  readonly #retrier: Retrier;

  constructor(store: RecordStore, retrier: Retrier) {
    this.#store = store;
    this.#retrier = retrier;
  }

  async index(signal?: AbortSignal): Promise<CatalogueIndex> {
    const names = await this.#retrier.repeat('catalogue', () => this.#store.list({ signal }), signal);
    const numbers = names.flatMap((name) => ENTRY_NAME.exec(name)?.[1] ?? []).map(Number);
    const failed = new Set<number>();
    const passed = new Map<number, string[]>();
    for (const name of names) {
      const [, number, outcome] = PROOF_NAME.exec(name) ?? [];
      if (outcome === 'failed') failed.add(Number(number));
      if (outcome === 'passed') passed.set(Number(number), [...(passed.get(Number(number)) ?? []), name]);
    }
    return { isBegun: names.length > 0, numbers: numbers.sort((a, b) => a - b), failed, passed };
  }

  /** What a later verification compared; undefined where its record cannot be read. */
  async laterProof(name: string, signal?: AbortSignal): Promise<Proof | undefined> {
    const text = await this.#retrier.repeat('proof record', () => this.#store.read(name, { signal }), signal);
    try {
      const { proof } = JSON.parse(text ?? '{}') as { proof?: unknown };
      return isProof(proof) ? proof : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Puts down what chain this is (`chain.json`), before anything is copied: shows early whether records can be written there at all.
   * @throws notSupported in accounts that hold page blobs only, access errors
   */
  async begin(header: ChainHeader, signal?: AbortSignal): Promise<void> {
    const text = `${JSON.stringify({ format: 1, ...header }, null, 2)}\n`;
    await this.#retrier.repeat('catalogue', () => this.#store.create('chain.json', text, { signal }), signal);
  }

  /** The entry with this number. @throws integrity when it cannot be read, snapshotNotFound when there is none */
  async entry(number: number, signal?: AbortSignal): Promise<CatalogueEntry> {
    const entry = await this.#find(number, signal);
    if (!entry) throw new BackupError('snapshotNotFound', `The catalogue ${this.#store.url} has no recovery point ${number}.`);
    return entry;
  }

  /** All entries, oldest first. @throws integrity when one cannot be read */
  async entries(signal?: AbortSignal): Promise<CatalogueEntry[]> {
    const { entries, unreadable } = await this.readable(signal);
    if (unreadable[0]) throw unreadable[0].error;
    return [...entries];
  }

  /**
   * The entries that can be read, and which cannot: one damaged record does not take the other recovery points away.
   * @param numbers of which points; default: of all
   */
  async readable(signal?: AbortSignal, numbers?: readonly number[]): Promise<ReadableEntries> {
    const entries: CatalogueEntry[] = [];
    const unreadable: UnreadableRecord[] = [];
    await forEachBounded(
      numbers ?? (await this.index(signal)).numbers,
      READS_AT_ONCE,
      () => 0,
      async (number) => {
        try {
          entries.push(await this.entry(number, signal));
        } catch (error) {
          if (!isBackupError(error, ...UNREADABLE)) throw error;
          unreadable.push({ number, error });
        }
      },
      signal,
    );
    return { entries: entries.sort(byNumber), unreadable: unreadable.sort(byNumber) };
  }

  /**
   * Makes the recovery point count. Its number must be its parent's successor: whoever comes second finds the number taken and is refused, so a
   * point can never stand on top of a newer one. An answer that was lost is looked up, never repeated blindly.
   * @returns the entry that counts: where another machine has finished the same run first, that machine's
   * @throws superseded
   */
  async commit(entry: CatalogueEntry, signal?: AbortSignal): Promise<CatalogueEntry> {
    const name = entryName(entry.number);
    const text = `${JSON.stringify(entry, null, 2)}\n`;
    for (let attempt = 1; ; attempt++) {
      try {
        if ((await this.#store.create(name, text, { signal })) === 'created') return entry;
        const there = await this.#find(entry.number, signal);
        if (there?.run === entry.run) return there;
      } catch (error) {
        if (!isBackupError(error)) throw error;
        const there = error.effect === 'unknown' ? await this.#find(entry.number) : undefined;
        if (there?.run === entry.run) return there;
        await this.#retrier.pause('catalogue entry', attempt, error, signal);
        continue;
      }
      throw new BackupError('superseded', `Another run has committed recovery point ${entry.number} first.`, {
        unharmed: 'That point and all earlier ones are as they were.',
        hint: 'Run the backup again to continue from it.',
      });
    }
  }

  /** Adds what a later verification found out about a point. */
  async addProof(number: number, passed: boolean, run: string, evidence: object, signal?: AbortSignal): Promise<void> {
    const name = `${padded(number)}.proof-${passed ? 'passed' : 'failed'}-${run}.json`;
    const text = `${JSON.stringify(evidence, null, 2)}\n`;
    // The name holds this run's id, so "taken" means that an earlier try arrived.
    await this.#retrier.repeat('proof record', () => this.#store.create(name, text, { signal }), signal);
  }

  async #find(number: number, signal?: AbortSignal): Promise<CatalogueEntry | undefined> {
    const name = entryName(number);
    const text = await this.#retrier.repeat('catalogue entry', () => this.#store.read(name, { signal }), signal);
    return text === undefined ? undefined : parseEntry(name, number, text);
  }
}

function byNumber(a: { readonly number: number }, b: { readonly number: number }): number {
  return a.number - b.number;
}

function entryName(number: number): string {
  return `${padded(number)}.json`;
}

function padded(number: number): string {
  return String(number).padStart(6, '0');
}
