import { KEY, withOurs } from '../chain/metadata.ts';
import { writeOpenRun, type OpenRun } from '../chain/openRun.ts';
import type { Metadata } from '../pageBlob.ts';
import type { Tools } from '../tools.ts';
import type { WriteGuard } from './writeGuard.ts';

const JOURNAL_EVERY_MS = 15_000;

/** Keeps the open-run record in the backup blob's metadata. */
export class Journal {
  readonly #guard: WriteGuard;
  readonly #tools: Tools;
  /** The blob's metadata without the record of the open run; backup snapshots carry it. */
  readonly own: Metadata;
  #record: OpenRun;
  #writtenAt: number;
  #writing: Promise<void> = Promise.resolve();

  constructor(guard: WriteGuard, own: Metadata, record: OpenRun, tools: Tools) {
    this.#guard = guard;
    this.own = own;
    this.#record = record;
    this.#tools = tools;
    this.#writtenAt = tools.world.now();
  }

  get record(): OpenRun {
    return this.#record;
  }

  /** Notes how far everything has been applied; writes it down now and then. */
  async reached(applied: number): Promise<void> {
    this.#record = { ...this.#record, applied };
    if (this.#tools.world.now() - this.#writtenAt >= JOURNAL_EVERY_MS) await this.write({});
  }

  /** Changes the record and writes it. Writes follow one another, so an older record never comes after a newer one. */
  async write(change: Partial<OpenRun>): Promise<void> {
    this.#record = { ...this.#record, ...change, lease: this.#guard.leaseId };
    this.#writtenAt = this.#tools.world.now();
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(() => this.#send(withOurs(this.own, { [KEY.openRun]: writeOpenRun(this.#record) }), this.#tools.signal));
    await this.#writing;
  }

  /** Marks the run as stopped in order; its lease is left to run out, so that a resumed run can prove that nobody touched the blob. */
  async pause(): Promise<void> {
    // Said without the run's signal, which is what stopped it, and in vain when the blob is lost: the record is only a help.
    this.#record = { ...this.#record, paused: true };
    await this.#guard.blob.setMetadata(withOurs(this.own, { [KEY.openRun]: writeOpenRun(this.#record) }), {
      fence: { leaseId: this.#guard.leaseId },
    });
  }

  /** Takes the record off the blob, adds what stays there for people, and gives the lease back. Does not heed the run's signal. */
  async close(change: Metadata = {}): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#send(withOurs(this.own, change), undefined);
    await this.#guard.release();
  }

  #send(metadata: Metadata, signal: AbortSignal | undefined): Promise<void> {
    return this.#guard.change('open-run record', (fence) => this.#guard.blob.setMetadata(metadata, { fence, signal }), signal);
  }
}
