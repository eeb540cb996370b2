import { BackupError, isBackupError, type ErrorCode } from '../errors.ts';
import type { Evidence } from '../proof/evidence.ts';
import { isProof } from '../proof/proof.ts';
import type { RecordStore } from '../recordStore.ts';
import { forEachBounded } from '../transfer/concurrency.ts';
import type { Retrier } from '../transfer/retrier.ts';
import { parseEntry, type CatalogueEntry } from './entry.ts';
import { entryName, indexOf, isHold, noteName, unchangedName, type CatalogueIndex, type NoteKind } from './recordNames.ts';

const READS_AT_ONCE = { calls: 16, bytes: Infinity };

/** What reading one record may throw that says nothing about the others. */
const UNREADABLE: readonly ErrorCode[] = ['integrity', 'snapshotNotFound', 'checksumMismatch'];

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
    return indexOf(names);
  }

  /** What a later verification compared; undefined where its record cannot be read. */
  async laterProof(name: string, signal?: AbortSignal): Promise<Evidence | undefined> {
    const text = await this.#retrier.repeat('proof record', () => this.#store.read(name, { signal }), signal);
    try {
      const { proof, verifiedOn, run } = JSON.parse(text ?? '{}') as { proof?: unknown; verifiedOn?: unknown; run?: unknown };
      if (!isProof(proof)) return undefined;
      const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
      return { proof, by: 'verify', on: textOf(verifiedOn), run: textOf(run) };
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
    await this.addNote(number, passed ? 'proof-passed' : 'proof-failed', run, evidence, signal);
  }

  /** Adds a record about a point: `000017.<kind>-<run>.json`. */
  async addNote(number: number, kind: NoteKind, run: string, evidence: object, signal?: AbortSignal): Promise<void> {
    await this.#add(noteName(number, kind, run), evidence, signal);
  }

  /** Adds that a run found the disk equal to point `number`: there is no new point, but the disk was looked at. @param startedOn ISO 8601 */
  async addUnchanged(number: number, startedOn: string, run: string, evidence: object, signal?: AbortSignal): Promise<void> {
    await this.#add(unchangedName(number, startedOn, run), evidence, signal);
  }

  /** Has a prune ever recorded that it deletes this point, whatever holds there are now? */
  async wasPruned(number: number, signal?: AbortSignal): Promise<boolean> {
    const names = await this.#retrier.repeat('catalogue', () => this.#store.list({ signal }), signal);
    return indexOf(names.filter((name) => !isHold(name))).pruned.has(number);
  }

  async #add(name: string, evidence: object, signal: AbortSignal | undefined): Promise<void> {
    const text = `${JSON.stringify(evidence, null, 2)}\n`;
    // The name holds this run's id, so "taken" means that an earlier try arrived.
    await this.#retrier.repeat('record', () => this.#store.create(name, text, { signal }), signal);
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
