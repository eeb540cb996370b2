import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DiskFile } from '../engine/diskFile.ts';
import { BackupError, throwIfCancelled } from '../engine/errors.ts';
import type { CallOptions } from '../engine/pageBlob.ts';
import { lengthOf, type PageRange } from '../engine/ranges/pageRange.ts';
import { inPlainWords } from './fileProblem.ts';
import { fileSystem, type FileSystem } from './fileSystem.ts';
import { requireSpace } from './freeSpace.ts';
import { giveName, isThere, remove, syncFolder } from './names.ts';
import { otherRestore, unlessOther } from './otherRestore.ts';
import { readSidecar, writeSidecar, type Sidecar } from './sidecar.ts';
import { readWhole, writeWhole } from './wholeFile.ts';

/**
 * A disk file that a restore makes. Until it is finished it is `<name>.partial`, sparse, beside a small `<name>.partial.json` that says what it will
 * be and how far it got.
 */
export class LocalDisk implements DiskFile {
  readonly label: string;
  readonly #fs: FileSystem;
  readonly #partial: string;
  readonly #notes: string;
  #file: FileHandle | undefined;
  #sidecar: Sidecar | undefined;
  /** Checkpoints follow one another. */
  #checkpoint: Promise<void> = Promise.resolve();

  constructor(path: string, fs: FileSystem = fileSystem) {
    this.label = resolve(path);
    this.#fs = fs;
    this.#partial = `${this.label}.partial`;
    this.#notes = `${this.#partial}.json`;
  }

  async exists(): Promise<boolean> {
    return inPlainWords('look at', this.label, () => isThere(this.#fs, this.label));
  }

  /** Is there room for so many bytes of pages? @throws noSpace, fileProblem */
  async requireSpace(bytes: number): Promise<void> {
    await requireSpace(this.#fs, this.label, this.#partial, bytes);
  }

  /** Bytes in the file that is being made. */
  async length(): Promise<number> {
    return inPlainWords('look at', this.#partial, async () => (await this.#open.stat()).size);
  }

  async begin(length: number, stamp: string): Promise<number> {
    return inPlainWords('write to', this.#partial, async () => {
      const earlier = await readSidecar(this.#fs, this.#notes);
      const isHere = await isThere(this.#fs, this.#partial);
      if (earlier === 'damaged' || (isHere && earlier === undefined)) throw strange(this.#partial);
      if (isHere && earlier?.stamp === stamp && earlier.length === length) {
        const file = await unlessOther('ENOENT', this.#partial, () => this.#fs.open(this.#partial, 'r+'));
        const { size, nlink } = await file.stat();
        if (size === length && nlink === 1) {
          this.#file = file;
          this.#sidecar = earlier;
          return earlier.applied;
        }
        // Shorter than its notes say, or a finished disk that has got its name already: not to be written to.
        await file.close();
      }
      await this.#beginAnew({ format: 1, stamp, applied: 0, length });
      return 0;
    });
  }

  async write(offset: number, bytes: Uint8Array, { signal }: CallOptions = {}): Promise<void> {
    throwIfCancelled(signal);
    await inPlainWords('write to', this.#partial, () => writeWhole(this.#open, offset, bytes));
  }

  async read(range: PageRange, { signal }: CallOptions = {}): Promise<Uint8Array> {
    throwIfCancelled(signal);
    return inPlainWords('read from', this.#partial, () => readWhole(this.#open, range.start, lengthOf(range), this.#partial));
  }

  async checkpoint(applied: number): Promise<void> {
    const write = async () => {
      const before = this.#sidecar!;
      if (applied <= before.applied) return;
      await this.#requireOwnInode();
      await this.#open.datasync();
      this.#sidecar = { ...before, applied };
      await writeSidecar(this.#fs, this.#notes, this.#sidecar);
    };
    this.#checkpoint = this.#checkpoint.catch(() => undefined).then(() => inPlainWords('write to', this.#partial, write));
    await this.#checkpoint;
  }

  async finish(): Promise<void> {
    await inPlainWords('finish', this.label, async () => {
      await this.#open.sync();
      await this.#requireOwnInode();
      await this.close();
      if (!(await unlessOther('ENOENT', this.#partial, () => giveName(this.#fs, this.#partial, this.label)))) {
        throw (await isThere(this.#fs, this.#partial)) ? taken(this.label, this.#partial) : otherRestore(this.#partial);
      }
      await syncFolder(this.#fs, this.label);
      await remove(this.#fs, this.#notes);
    });
  }

  async close(): Promise<void> {
    await this.#checkpoint.catch(() => undefined);
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** The notes come first, so that a partial file without notes is never one of ours. */
  async #beginAnew(sidecar: Sidecar): Promise<void> {
    await writeSidecar(this.#fs, this.#notes, sidecar);
    await remove(this.#fs, this.#partial);
    const file = await unlessOther('EEXIST', this.#partial, () => this.#fs.open(this.#partial, 'wx+'));
    this.#file = file;
    this.#sidecar = sidecar;
    await file.truncate(sidecar.length);
    await syncFolder(this.#fs, this.label);
  }

  /** Another restore to the same name may have begun anew or finished: then the unfinished file of that name is not the one written here. @throws busy */
  async #requireOwnInode(): Promise<void> {
    const [own, named] = await Promise.all([
      this.#open.stat({ bigint: true }),
      unlessOther('ENOENT', this.#partial, () => this.#fs.stat(this.#partial, { bigint: true })),
    ]);
    if (own.ino !== named.ino || own.dev !== named.dev) throw otherRestore(this.#partial);
  }

  get #open(): FileHandle {
    if (!this.#file) throw new Error(`${this.#partial} is not open.`);
    return this.#file;
  }
}

function strange(partial: string): BackupError {
  return new BackupError('alreadyExists', `${partial} exists already and was not made by a restore.`, {
    unharmed: 'Nothing was changed.',
    hint: 'Move that file away, or name another file.',
  });
}

function taken(path: string, partial: string): BackupError {
  return new BackupError('alreadyExists', `A file ${path} has appeared meanwhile.`, {
    unharmed: `It was left as it is; the restored disk is ${partial}, complete and compared.`,
    hint: 'Give that file the name you want, or move the other one away and run the same command again.',
  });
}
