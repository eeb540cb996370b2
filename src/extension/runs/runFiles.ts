import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from './run.ts';

const RECORD = /^[\w-]+\.json$/;
const SETTLE_MS = 150;

/**
 * The records of runs, one small file each in the extension's own storage, so that windows do not write over each other's and a window that is closed
 * still gets its last word in (calls are synchronous for that). Nothing of a secret is in them.
 */
export class RunFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What cannot be read is left out: another version may have written it. */
  load(): RunRecord[] {
    try {
      return readdirSync(this.#folder).flatMap((name) => (RECORD.test(name) ? this.#read(name) : []));
    } catch {
      return [];
    }
  }

  save(record: RunRecord): void {
    mkdirSync(this.#folder, { recursive: true });
    const path = this.#path(record.id);
    writeFileSync(`${path}.part`, JSON.stringify(record));
    renameSync(`${path}.part`, path);
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  /** Calls `onChange` soon after any window has changed a record. @returns what ends it */
  watch(onChange: () => void): () => void {
    mkdirSync(this.#folder, { recursive: true });
    let timer: NodeJS.Timeout | undefined;
    const watcher = watch(this.#folder, { persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(onChange, SETTLE_MS);
    });
    // Where a file system cannot be watched the list is as old as this window's last change, no more.
    watcher.on('error', () => watcher.close());
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }

  #read(name: string): RunRecord[] {
    try {
      const record = JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as RunRecord;
      return typeof record.id === 'string' && typeof record.spec?.job === 'string' && `${record.id}.json` === name ? [record] : [];
    } catch {
      return [];
    }
  }
}
