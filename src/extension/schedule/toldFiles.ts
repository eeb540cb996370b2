import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../engine/world.ts';
import { isGone, type Owner } from '../runs/owner.ts';

/** What one window has told of. */
interface Told {
  readonly owner: string;
  /** Milliseconds of the wall clock. */
  readonly heardAt: number;
  readonly keys: readonly string[];
}

/** A window writes its file anew after so long, and is gone if it did not for so much longer. */
const BEAT_MS = 5 * 60_000;
const SILENT_MS = 15 * 60_000;

/**
 * Which window of VS Code has told of which trouble: a small file a window in the extension's own storage, so that of several windows that see the same
 * trouble one tells of it. Two that see it in the same millisecond both do. What a window that is gone has told of is told again.
 */
export class ToldFiles {
  readonly #folder: string;
  readonly #self: Owner;
  readonly #world: Pick<World, 'now'>;
  /** What this window has told of and is not over. */
  #own: ReadonlySet<string> = new Set();
  #writtenAt = -Infinity;

  constructor(folder: string, self: Owner, world: Pick<World, 'now'>) {
    this.#folder = folder;
    this.#self = self;
    this.#world = world;
  }

  /** @returns which of these troubles no other window has told of: from now on they are this window's */
  claim(keys: readonly string[]): readonly string[] {
    if (keys.length === 0) return [];
    const others = new Set(this.#others().flatMap((told) => told.keys));
    const mine = keys.filter((key) => !others.has(key));
    if (mine.length > 0) this.#write(new Set([...this.#own, ...mine]));
    return mine;
  }

  /** What is no trouble any more may be told anew. @param keys all that is still trouble */
  keep(keys: ReadonlySet<string>): void {
    const own = new Set([...this.#own].filter((key) => keys.has(key)));
    const isOld = own.size > 0 && this.#world.now() - this.#writtenAt > BEAT_MS;
    if (own.size < this.#own.size || isOld) this.#write(own);
  }

  /** The window closes. */
  dispose(): void {
    this.#write(new Set());
  }

  #others(): Told[] {
    const now = this.#world.now();
    return this.#names().flatMap((name) => {
      const told = this.#read(name);
      if (told === undefined || told.owner === this.#self.id) return [];
      if (!isGone(told, this.#self, now, SILENT_MS)) return told;
      rmSync(join(this.#folder, name), { force: true });
      return [];
    });
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => /^[\w-]+\.json$/.test(name));
    } catch {
      return [];
    }
  }

  #read(name: string): Told | undefined {
    try {
      const told = JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as Told;
      return typeof told.owner === 'string' && Array.isArray(told.keys) ? told : undefined;
    } catch {
      return undefined;
    }
  }

  /** A list that cannot be written costs a second notification, never one that is due. */
  #write(own: ReadonlySet<string>): void {
    if (own.size === 0 && this.#own.size === 0) return;
    this.#own = own;
    this.#writtenAt = this.#world.now();
    const path = join(this.#folder, `${this.#self.id.split('/').at(-1)}.json`);
    try {
      if (own.size === 0) return rmSync(path, { force: true });
      mkdirSync(this.#folder, { recursive: true });
      const told: Told = { owner: this.#self.id, heardAt: this.#writtenAt, keys: [...own] };
      writeFileSync(`${path}.part`, JSON.stringify(told));
      renameSync(`${path}.part`, path);
    } catch {
      // Said above.
    }
  }
}
