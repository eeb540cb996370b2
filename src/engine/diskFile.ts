import type { CallOptions, Image } from './pageBlob.ts';
import type { PageRange } from './ranges/pageRange.ts';

/**
 * The engine's port to a disk file on this machine that a restore makes. Until it is finished it bears another name, so that half of a disk is
 * never taken for a whole one.
 */
export interface DiskFile extends Omit<Image, 'allocated'> {
  /** Is there a finished file of this name? */
  exists(): Promise<boolean>;

  /**
   * Opens the unfinished file, sparse and `length` bytes long. What is there from an interrupted restore of the same `stamp` is kept.
   * @returns the byte up to which everything has been written
   * @throws noSpace, fileProblem
   */
  begin(length: number, stamp: string): Promise<number>;

  /** @throws noSpace, fileProblem */
  write(offset: number, bytes: Uint8Array, options?: CallOptions): Promise<void>;

  read(range: PageRange, options?: CallOptions): Promise<Uint8Array>;

  /** Makes what was written durable and notes that everything below `applied` is there. */
  checkpoint(applied: number): Promise<void>;

  /** Makes it durable and gives it its name. @throws alreadyExists */
  finish(): Promise<void>;

  /** Closes it as it is, so that a later restore can go on. */
  close(): Promise<void>;
}
