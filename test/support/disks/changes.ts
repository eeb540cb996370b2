import type { Random } from './random.ts';

/** One piece of file-system work. Paths are absolute; missing folders are made. */
export type Change =
  /** A file is added, or replaced as a whole. */
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Buffer }
  /** A part of a file is written over; behind the end it grows. */
  | { readonly kind: 'patch'; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'delete'; readonly path: string };

export interface Amounts {
  /** Files added, changed (replaced, written over in the middle, or grown) and deleted. */
  readonly add?: number;
  readonly change?: number;
  readonly delete?: number;
  /** Most bytes in an added file; most files are much shorter. */
  readonly largest?: number;
}

/** Does the change to files held in memory: what a disk's files must hold afterwards. */
export function applyToFiles(files: Map<string, Buffer>, change: Change): void {
  const before = files.get(change.path) ?? Buffer.alloc(0);
  switch (change.kind) {
    case 'write':
      files.set(change.path, change.bytes);
      break;
    case 'patch': {
      const after = Buffer.alloc(Math.max(before.length, change.offset + change.bytes.length));
      before.copy(after);
      change.bytes.copy(after, change.offset);
      files.set(change.path, after);
      break;
    }
    case 'rename':
      files.delete(change.path);
      files.set(change.to, before);
      break;
    case 'delete':
      files.delete(change.path);
  }
}

/** Made-up work on a disk that holds `files` (path and size). */
export function randomChanges(random: Random, files: ReadonlyMap<string, number>, amounts: Amounts): Change[] {
  const { add = 0, change = 0, delete: remove = 0, largest = 1024 ** 2 } = amounts;
  const paths = [...files.keys()];
  const changes: Change[] = [];
  for (let i = 0; i < remove && paths.length > 0; i++) changes.push({ kind: 'delete', path: random.take(paths) });
  for (let i = 0; i < change && paths.length > 0; i++) changes.push(randomChange(random, files, random.take(paths)));
  for (let i = 0; i < add; i++) {
    const path = `/home/${random.between(0, 8)}/file-${random
      .between(0, 2 ** 32)
      .toString(16)
      .padStart(8, '0')}.bin`;
    // Cubed, so that small files are common and a few are large, as on a real disk.
    const size = Math.floor((random.between(0, 1000) / 1000) ** 3 * largest);
    changes.push({ kind: 'write', path, bytes: random.bytes(size) });
  }
  return changes;
}

function randomChange(random: Random, files: ReadonlyMap<string, number>, path: string): Change {
  const size = files.get(path)!;
  const bytes = random.bytes(random.between(1, 20_000));
  switch (random.between(0, 4)) {
    case 0:
      return { kind: 'write', path, bytes };
    case 1:
      return { kind: 'patch', path, offset: size, bytes };
    case 2:
      return { kind: 'rename', path, to: `${path}.moved` };
    default:
      return { kind: 'patch', path, offset: random.between(0, size + 1), bytes };
  }
}
