/**
 * The pages of a blob as a copy-on-write tree of fan-out 512 over leaves of 128 pages, three inner levels: exactly 8 TiB. A node belongs to the
 * page map that made it (`owner`); everybody else copies before changing it, so sharing a whole tree is sharing its root.
 *
 * A plain number stands for a whole stretch that holds no page and was last touched at that version (0: never). Hence an empty 8 TiB blob is
 * the number 0, and clearing it all is one assignment.
 *
 * Versions only grow, so "touched since a snapshot" is `version > the snapshot's version`. `newest` lets a difference skip whole subtrees.
 */
export const PAGE = 512;

const LEAF_PAGES = 128;
const FAN_OUT = 512;
/** Pages below one node, by level; level 0 is a leaf. */
const SPAN = [LEAF_PAGES, LEAF_PAGES * FAN_OUT, LEAF_PAGES * FAN_OUT ** 2, LEAF_PAGES * FAN_OUT ** 3] as const;

export const TOP_LEVEL = 3;
export const MAX_PAGES = SPAN[TOP_LEVEL];

export type Node = number | Inner | Leaf;

interface Inner {
  owner: number;
  newest: number;
  kids: Node[];
}

interface Leaf {
  owner: number;
  newest: number;
  /** Version of each page's last write or clear. */
  versions: Uint32Array;
  /** Where each page's bytes are in `data`, counted in pages from 1; 0: not allocated. Lets a lonely page cost 512 bytes, not a whole leaf. */
  slots: Uint8Array;
  data: Uint8Array;
  used: number;
}

const ALL_SLOTS = Uint8Array.from({ length: LEAF_PAGES }, (_, page) => page + 1);

/** A stretch of pages [start, end) that a walk reports. */
export type Visit = (start: number, end: number, allocated: boolean) => boolean;

/** Clears pages [from, to), marking them as touched at `version` (0: as never touched). */
export function clearPages(node: Node, level: number, base: number, from: number, to: number, owner: number, version: number): Node {
  const span = SPAN[level]!;
  if (from <= base && to >= base + span) return version;
  if (level === 0) {
    const leaf = ownLeaf(node as number | Leaf, owner);
    const first = Math.max(from - base, 0);
    const end = Math.min(to - base, LEAF_PAGES);
    leaf.slots.fill(0, first, end);
    leaf.versions.fill(version, first, end);
    leaf.newest = Math.max(leaf.newest, version);
    return leaf;
  }
  const inner = ownInner(node as number | Inner, owner);
  inner.newest = Math.max(inner.newest, version);
  forKids(level, base, from, to, (kid, start) => {
    inner.kids[kid] = clearPages(inner.kids[kid]!, level - 1, start, from, to, owner, version);
  });
  return inner;
}

/** Writes `bytes` as pages [from, to); the bytes are copied. */
export function writePages(node: Node, level: number, base: number, from: number, to: number, owner: number, bytes: Uint8Array): Node {
  if (level === 0) return writeLeaf(node as number | Leaf, base, from, to, owner, bytes);
  const inner = ownInner(node as number | Inner, owner);
  inner.newest = owner;
  forKids(level, base, from, to, (kid, start) => {
    inner.kids[kid] = writePages(inner.kids[kid]!, level - 1, start, from, to, owner, bytes);
  });
  return inner;
}

/** Copies pages [from, to) into `out`, which must be zeros. */
export function readPages(node: Node, level: number, base: number, from: number, to: number, out: Uint8Array): void {
  if (typeof node === 'number') return;
  if (level > 0) {
    forKids(level, base, from, to, (kid, start) => readPages((node as Inner).kids[kid]!, level - 1, start, from, to, out));
    return;
  }
  const leaf = node as Leaf;
  const end = Math.min(to - base, LEAF_PAGES);
  for (let page = Math.max(from - base, 0); page < end; page++) {
    const slot = leaf.slots[page]!;
    if (slot === 0) continue;
    let run = 1;
    while (page + run < end && leaf.slots[page + run] === slot + run) run++;
    out.set(leaf.data.subarray((slot - 1) * PAGE, (slot - 1 + run) * PAGE), (base + page - from) * PAGE);
    page += run - 1;
  }
}

/**
 * Reports, in ascending order, the allocated pages in [from, to) or, with `since`, the pages touched after that version.
 * @returns false when `visit` asked to stop
 */
export function walkPages(
  node: Node,
  level: number,
  base: number,
  from: number,
  to: number,
  since: number | undefined,
  visit: Visit,
): boolean {
  if (typeof node === 'number') {
    if (since === undefined || node <= since) return true;
    return visit(Math.max(base, from), Math.min(base + SPAN[level]!, to), false);
  }
  if (since !== undefined && node.newest <= since) return true;
  if (level === 0) return walkLeaf(node as Leaf, base, from, to, since, visit);
  const child = SPAN[level - 1]!;
  const last = Math.min(FAN_OUT - 1, Math.floor((to - 1 - base) / child));
  for (let kid = Math.max(0, Math.floor((from - base) / child)); kid <= last; kid++) {
    if (!walkPages((node as Inner).kids[kid]!, level - 1, base + kid * child, from, to, since, visit)) return false;
  }
  return true;
}

function walkLeaf(leaf: Leaf, base: number, from: number, to: number, since: number | undefined, visit: Visit): boolean {
  const end = Math.min(to - base, LEAF_PAGES);
  const listed = (page: number): boolean => (since === undefined ? leaf.slots[page] !== 0 : leaf.versions[page]! > since);
  for (let page = Math.max(from - base, 0); page < end; page++) {
    if (!listed(page)) continue;
    const allocated = leaf.slots[page] !== 0;
    let stop = page + 1;
    while (stop < end && listed(stop) && (leaf.slots[stop] !== 0) === allocated) stop++;
    if (!visit(base + page, base + stop, allocated)) return false;
    page = stop - 1;
  }
  return true;
}

function forKids(level: number, base: number, from: number, to: number, act: (kid: number, start: number) => void): void {
  const child = SPAN[level - 1]!;
  const last = Math.min(FAN_OUT - 1, Math.floor((to - 1 - base) / child));
  for (let kid = Math.max(0, Math.floor((from - base) / child)); kid <= last; kid++) act(kid, base + kid * child);
}

function ownInner(node: number | Inner, owner: number): Inner {
  if (typeof node === 'number') return { owner, newest: node, kids: new Array<Node>(FAN_OUT).fill(node) };
  return node.owner === owner ? node : { owner, newest: node.newest, kids: node.kids.slice() };
}

function ownLeaf(node: number | Leaf, owner: number): Leaf {
  if (typeof node === 'number') {
    const versions = new Uint32Array(LEAF_PAGES).fill(node);
    return { owner, newest: node, versions, slots: new Uint8Array(LEAF_PAGES), data: new Uint8Array(0), used: 0 };
  }
  if (node.owner === owner) return node;
  return { ...node, owner, versions: node.versions.slice(), slots: node.slots.slice(), data: node.data.slice() };
}

function writeLeaf(node: number | Leaf, base: number, from: number, to: number, owner: number, bytes: Uint8Array): Leaf {
  const first = Math.max(from - base, 0);
  const end = Math.min(to - base, LEAF_PAGES);
  const source = bytes.subarray((base + first - from) * PAGE, (base + end - from) * PAGE);
  if (first === 0 && end === LEAF_PAGES) {
    // Not slice(): of a Buffer that is a view on the same memory.
    const data = new Uint8Array(source.length);
    data.set(source);
    return { owner, newest: owner, versions: new Uint32Array(LEAF_PAGES).fill(owner), slots: ALL_SLOTS.slice(), data, used: LEAF_PAGES };
  }
  const leaf = ownLeaf(node, owner);
  leaf.newest = owner;
  let more = 0;
  for (let page = first; page < end; page++) if (leaf.slots[page] === 0) more++;
  makeRoom(leaf, more);
  for (let page = first; page < end; page++) {
    if (leaf.slots[page] === 0) leaf.slots[page] = ++leaf.used;
    leaf.versions[page] = owner;
    leaf.data.set(source.subarray((page - first) * PAGE, (page - first + 1) * PAGE), (leaf.slots[page]! - 1) * PAGE);
  }
  return leaf;
}

/** Sees to it that `more` new pages fit, doubling `data` and closing the gaps that clears have left. */
function makeRoom(leaf: Leaf, more: number): void {
  if ((leaf.used + more) * PAGE <= leaf.data.length) return;
  const live = leaf.slots.reduce((count, slot) => count + (slot === 0 ? 0 : 1), 0);
  const data = new Uint8Array(Math.min(LEAF_PAGES, Math.max(2 * live, live + more)) * PAGE);
  leaf.used = 0;
  for (let page = 0; page < LEAF_PAGES; page++) {
    const slot = leaf.slots[page]!;
    if (slot === 0) continue;
    data.set(leaf.data.subarray((slot - 1) * PAGE, slot * PAGE), leaf.used * PAGE);
    leaf.slots[page] = ++leaf.used;
  }
  leaf.data = data;
}
