import type { SnapshotId } from '../../../src/engine/pageBlob.ts';
import type { RangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import type { Content, SnapshotState } from './blobState.ts';
import type { Ledger } from './ledger.ts';
import { firstWindow } from './rangeWindows.ts';
import { isAllocated } from './sparsePages.ts';
import type { SparsePages } from './sparsePages.ts';

/** Names a base blob or any snapshot that ever was. */
export interface Named {
  readonly url: string;
  readonly snapshot?: SnapshotId | undefined;
}

const PIECE = 1024 * 1024;

/** Knows the truth about every blob and every snapshot, also of those deleted since; no call, no time, no faults. */
export class Oracle {
  private readonly ledger: Ledger;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  /** Every snapshot ever taken, of one blob or of all, oldest first; `takenBy` and `deletedBy` say by whom. */
  snapshotsEver(url?: string): readonly Readonly<SnapshotState>[] {
    return this.ledger.archive.filter((snapshot) => url === undefined || snapshot.url === url);
  }

  /** The records in the folder `url` by their names, in order. */
  recordsOf(url: string): ReadonlyMap<string, string> {
    const prefix = `${url}/`;
    const records: (readonly [string, string])[] = [];
    for (const blob of this.ledger.containerOf(url).values()) {
      if (blob.kind === 'block' && blob.url.startsWith(prefix)) records.push([blob.url.slice(prefix.length), blob.text]);
    }
    return new Map(records.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  contentOf({ url, snapshot }: Named): Readonly<Content> {
    if (snapshot === undefined) return this.ledger.pageBlob(url);
    const found = this.ledger.archive.findLast((state) => state.id === snapshot && state.url === url);
    if (!found) throw new Error(`There never was a snapshot ${snapshot} of ${url}.`);
    return found;
  }

  /** All bytes: for small disks. */
  bytesOf(named: Named): Uint8Array {
    const content = this.contentOf(named);
    return content.pages.read({ start: 0, end: content.length });
  }

  allocatedOf(named: Named): RangeSet {
    return allocatedIn(this.contentOf(named));
  }

  /** What the two differ in (length, allocated pages, bytes), or undefined when they are equal. */
  differenceOf(a: Named, b: Named): string | undefined {
    const one = this.contentOf(a);
    const other = this.contentOf(b);
    if (one.length !== other.length) return `length: ${one.length} and ${other.length}`;
    const allocated = allocatedIn(one);
    const [first, second] = [JSON.stringify(allocated), JSON.stringify(allocatedIn(other))];
    if (first !== second) return `allocated pages: ${first} and ${second}`;
    for (const { start, end } of allocated) {
      for (let at = start; at < end; at += PIECE) {
        const wrong = differingByte(one.pages, other.pages, at, Math.min(end, at + PIECE));
        if (wrong !== undefined) return `the byte at ${wrong}`;
      }
    }
    return undefined;
  }
}

function allocatedIn({ pages, length }: Readonly<Content>): RangeSet {
  if (length === 0) return [];
  return firstWindow(pages, { start: 0, end: length }, isAllocated, { ranges: Infinity, bytes: Infinity }).ranges;
}

function differingByte(a: SparsePages, b: SparsePages, start: number, end: number): number | undefined {
  const [one, other] = [a.read({ start, end }), b.read({ start, end })];
  if (Buffer.compare(one, other) === 0) return undefined;
  return start + one.findIndex((byte, at) => byte !== other[at]);
}
