import {
  Disposable,
  FileSystemError,
  FileType,
  type Event,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
  type Uri,
} from 'vscode';
import { Emitter } from '../accounts/emitter.ts';
import { queryOf, subjectIn } from './subject.ts';

/**
 * Makes the addresses of difference pages openable: VS Code looks whether there is such a file. As text, one holds the two URLs. Nothing can be
 * written, and nothing is asked of any account.
 */
export class DifferenceFiles implements FileSystemProvider {
  readonly #changed = new Emitter<FileChangeEvent[]>();
  readonly onDidChangeFile: Event<FileChangeEvent[]> = this.#changed.event;

  watch(): Disposable {
    return new Disposable(() => undefined);
  }

  stat(uri: Uri): FileStat {
    return { type: FileType.File, ctime: 0, mtime: 0, size: this.readFile(uri).byteLength };
  }

  readFile(uri: Uri): Uint8Array {
    const subject = subjectIn(uri.query);
    if (!subject) throw FileSystemError.FileNotFound(uri);
    const lines = Array.from(new URLSearchParams(queryOf(subject)), ([name, value]) => `${name}: ${value}\n`);
    return new TextEncoder().encode(lines.join(''));
  }

  readDirectory(): [] {
    return [];
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }
}
