import type { DiskFile } from '../../../src/engine/diskFile.ts';
import { BackupError, throwIfCancelled } from '../../../src/engine/errors.ts';
import type { CallOptions } from '../../../src/engine/pageBlob.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';

export type DiskCall = 'exists' | 'begin' | 'write' | 'read' | 'checkpoint' | 'finish' | 'close';

/** What lies on the disk of this machine; outlives the processes that write it. */
export class MemoryFileSystem {
  /** The finished file. */
  finished: Uint8Array | undefined;
  /** The unfinished file: what is written, and what is durable. */
  partial: { stamp: string; bytes: Uint8Array; durable: Uint8Array; applied: number } | undefined;
  /** Asked before each call: may throw, act, or spoil. */
  interceptor: ((call: DiskCall, index: number) => void) | undefined;
  readonly calls: DiskCall[] = [];

  note(call: DiskCall): void {
    this.calls.push(call);
    this.interceptor?.(call, this.calls.length - 1);
  }

  /** The machine lost power: what was not made durable is gone. */
  losePower(): void {
    if (this.partial) this.partial.bytes = this.partial.durable.slice();
  }

  /** One process's handle of the file. */
  open(label = '/disks/restored.vhd'): DiskFile {
    return new MemoryDisk(this, label);
  }
}

/** `DiskFile` in memory, by the port's letter: what is not written is zeros, and what was not checkpointed may be lost. */
class MemoryDisk implements DiskFile {
  readonly label: string;
  private readonly files: MemoryFileSystem;

  constructor(files: MemoryFileSystem, label: string) {
    this.files = files;
    this.label = label;
  }

  async exists(): Promise<boolean> {
    this.files.note('exists');
    return this.files.finished !== undefined;
  }

  async begin(length: number, stamp: string): Promise<number> {
    this.files.note('begin');
    const { partial } = this.files;
    if (partial?.stamp === stamp && partial.bytes.length === length) return partial.applied;
    this.files.partial = { stamp, bytes: new Uint8Array(length), durable: new Uint8Array(length), applied: 0 };
    return 0;
  }

  async length(): Promise<number> {
    return this.open().bytes.length;
  }

  async write(offset: number, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    throwIfCancelled(options?.signal);
    this.files.note('write');
    this.open().bytes.set(bytes, offset);
  }

  async read({ start, end }: PageRange, options?: CallOptions): Promise<Uint8Array> {
    throwIfCancelled(options?.signal);
    this.files.note('read');
    return this.open().bytes.slice(start, end);
  }

  async checkpoint(applied: number): Promise<void> {
    this.files.note('checkpoint');
    const partial = this.open();
    partial.durable = partial.bytes.slice();
    partial.applied = applied;
  }

  async finish(): Promise<void> {
    this.files.note('finish');
    if (this.files.finished) throw new BackupError('alreadyExists', 'The file exists already. (memory disk)');
    this.files.finished = this.open().bytes;
    this.files.partial = undefined;
  }

  async close(): Promise<void> {
    this.files.note('close');
  }

  private open() {
    if (!this.files.partial) throw new Error('The file is not open. (memory disk)');
    return this.files.partial;
  }
}
