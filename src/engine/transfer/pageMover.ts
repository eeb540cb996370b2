import { BackupError, isBackupError } from '../errors.ts';
import type { Emit } from '../events.ts';
import type { BlobImage, Fence, Image, PageBlob } from '../pageBlob.ts';
import { lengthOf, type PageRange } from '../ranges/pageRange.ts';
import type { Retrier } from './retrier.ts';
import type { WriteGuard } from '../hold/writeGuard.ts';

/** `server`: the service copies, no byte passes through this machine. `relay`: read here, write there. */
export type Transfer = 'server' | 'relay';

/** What the user asked for; `auto` tries `server` and says why when it has to relay. */
export type TransferChoice = 'auto' | Transfer;

/** Moves ranges of a source image to the same place in a guarded blob. */
export class PageMover {
  readonly #source: Image;
  readonly #guard: WriteGuard;
  readonly #retrier: Retrier;
  readonly #emit: Emit;
  readonly #mayChange: boolean;
  #transfer: Transfer;

  constructor(source: Image, guard: WriteGuard, choice: TransferChoice, retrier: Retrier, emit: Emit) {
    this.#source = source;
    this.#guard = guard;
    this.#retrier = retrier;
    this.#emit = emit;
    this.#mayChange = choice === 'auto';
    this.#transfer = choice === 'relay' || !isBlobImage(source) ? 'relay' : 'server';
  }

  /** How pages are moved at the moment. */
  get transfer(): Transfer {
    return this.#transfer;
  }

  /** Moves one range of at most 4 MiB. */
  async move(range: PageRange, signal?: AbortSignal): Promise<void> {
    const { blob } = this.#guard;
    const size = lengthOf(range);
    if (this.#transfer === 'server') {
      const source = this.#source as BlobImage;
      try {
        await this.#guard.write('copying pages', (fence) => writeFrom(blob, source, range, fence, signal), signal, size);
        return;
      } catch (error) {
        if (!isBackupError(error, 'copySourceRefused', 'notSupported')) throw error;
        if (!this.#mayChange)
          throw withHint(error, 'Choose relay transfer, or auto, which relays by itself where the service does not copy.');
        this.#relayFromNowOn(error.message);
      }
    }
    if (await this.#relay(range, true, signal)) return;
    await this.#relay(range, false, signal);
  }

  /**
   * Reads here, writes there. Unchecked bytes go with the checksum that the source's service gave, so that the target's service checks the whole way.
   * @returns false where it found that unchecked bytes were damaged on the way: nothing was written
   */
  async #relay(range: PageRange, unchecked: boolean, signal: AbortSignal | undefined): Promise<boolean> {
    const { blob } = this.#guard;
    const bytes = await this.#retrier.read(this.#source, range, { signal, unchecked });
    let damaged = false;
    let tries = 0;
    const send = async (fence: Fence) => {
      tries++;
      try {
        await blob.writePages(range.start, bytes, { fence, signal });
      } catch (error) {
        // Sent again these bytes would be refused again; those that were checked are whole, so that another try helps.
        if (!unchecked || !isBackupError(error, 'checksumMismatch')) throw error;
        damaged = true;
      }
    };
    await this.#guard.write('writing pages', send, signal, lengthOf(range));
    // A try that was given up may still be reading them.
    if (!damaged && tries === 1) this.#retrier.giveBack(bytes);
    return !damaged;
  }

  /** Clears one range of any length. */
  async clear(range: PageRange, signal?: AbortSignal): Promise<void> {
    await this.#guard.write('clearing pages', (fence) => this.#guard.blob.clearPages(range, { fence, signal }), signal);
  }

  #relayFromNowOn(reason: string): void {
    if (this.#transfer === 'relay') return;
    this.#transfer = 'relay';
    this.#emit({
      type: 'note',
      text: `The pages are relayed through this machine, since the service did not copy them by itself: ${reason}`,
    });
  }
}

function withHint({ code, message, service, cause }: BackupError, hint: string): BackupError {
  return new BackupError(code, message, { hint, service, cause });
}

function writeFrom(blob: PageBlob, source: BlobImage, range: PageRange, fence: Fence, signal?: AbortSignal): Promise<void> {
  return blob.writePagesFrom(source, range, { fence, signal });
}

function isBlobImage(image: Image): image is BlobImage {
  return 'changedSince' in image;
}
