import type { ProofLevel } from '../proof/proof.ts';

/**
 * Records that are added to a point later: what a verification found; that a prune deletes it, or could not; that somebody holds it, or does so no
 * longer. `withdrawn` and `release` bear the id of the record that they take back.
 */
export type NoteKind = (typeof KINDS)[number];

const KINDS = ['proof-passed', 'proof-failed', 'pruned', 'withdrawn', 'hold', 'release'] as const;

/** What the names of the records tell, without reading them. */
export interface CatalogueIndex {
  /** Is any record there? A chain whose first run has not ended has no recovery points, but its catalogue is begun. */
  readonly isBegun: boolean;
  /** Numbers of all recovery points ever made, ascending. */
  readonly numbers: readonly number[];
  /** Numbers of points that a later verification found wrong: never a base for the next one. */
  readonly failed: ReadonlySet<number>;
  /** Points that a later verification found right, with the names of its records. */
  readonly passed: ReadonlyMap<number, readonly string[]>;
  /** Points that a prune deleted, or began to delete, with the ids of those runs: never restored again. A hold that came first wins over it. */
  readonly pruned: ReadonlyMap<number, readonly string[]>;
  /** Points that are protected, with the ids of the holds that were not released. */
  readonly held: ReadonlyMap<number, readonly string[]>;
  /** When the last of the runs began that found nothing to copy: ISO 8601, by the clock of the machine that ran. */
  readonly unchangedOn: string | undefined;
}

/** As `entryName` writes them: numbers of more digits have no zeros in front. */
const ENTRY_NAME = /^(\d{6}|[1-9]\d{6,14})\.json$/;
const NOTE_NAME = /^(\d{6,})\.(proof-passed|proof-failed|pruned|withdrawn|hold|release)-(.+)\.json$/;
const UNCHANGED_NAME = /^\d{6,}\.unchanged-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-.+\.json$/;

export function indexOf(names: readonly string[]): CatalogueIndex {
  const numbers: number[] = [];
  const passed = new Map<number, string[]>();
  const notes = new Map(KINDS.map((kind) => [kind as string, new Map<number, string[]>()]));
  let unchangedOn: string | undefined;
  for (const name of names) {
    const entry = ENTRY_NAME.exec(name)?.[1];
    if (entry !== undefined) numbers.push(Number(entry));
    const [, number, kind, run] = NOTE_NAME.exec(name) ?? [];
    if (kind !== undefined) push(notes.get(kind)!, Number(number), run!);
    if (kind === 'proof-passed') push(passed, Number(number), name);
    const looked = timeIn(name);
    if (looked !== undefined && (unchangedOn === undefined || looked > unchangedOn)) unchangedOn = looked;
  }
  const held = standing(notes.get('hold')!, notes.get('release')!);
  const pruned = standing(notes.get('pruned')!, notes.get('withdrawn')!);
  for (const number of held.keys()) pruned.delete(number);
  const failed = new Set(notes.get('proof-failed')!.keys());
  return { isBegun: names.length > 0, numbers: numbers.sort((a, b) => a - b), failed, passed, pruned, held, unchangedOn };
}

/** What was said of points and not taken back. */
function standing(said: ReadonlyMap<number, readonly string[]>, takenBack: ReadonlyMap<number, readonly string[]>): Map<number, string[]> {
  const left = new Map<number, string[]>();
  for (const [number, ids] of said) {
    const open = ids.filter((id) => !takenBack.get(number)?.includes(id));
    if (open.length > 0) left.set(number, open);
  }
  return left;
}

/** The time in the name of an `unchanged` record. */
function timeIn(name: string): string | undefined {
  const [, year, month, day, hour, minute, second, milli] = UNCHANGED_NAME.exec(name) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`;
}

/** Numbers of the points that were not pruned, ascending. */
export function livingNumbers({ numbers, pruned }: Pick<CatalogueIndex, 'numbers' | 'pruned'>): number[] {
  return numbers.filter((number) => !pruned.has(number));
}

/** Is this the name of a record by which somebody holds a point? */
export function isHold(name: string): boolean {
  return NOTE_NAME.exec(name)?.[2] === 'hold';
}

export function entryName(number: number): string {
  return `${padded(number)}.json`;
}

export function noteName(number: number, kind: NoteKind, run: string): string {
  return `${padded(number)}.${kind}-${run}.json`;
}

/** @param startedOn ISO 8601 in UTC; it is in the name, so that no record has to be read to know when the disk was looked at last */
export function unchangedName(number: number, startedOn: string, run: string): string {
  return `${padded(number)}.unchanged-${timedId(startedOn, run)}.json`;
}

/** An id that tells when, and of a verification how much was read, so that no record has to be read for that. @param time ISO 8601 in UTC */
export function timedId(time: string, run: string, level?: ProofLevel): string {
  return [time.replaceAll(/[-:.]/g, ''), ...(level === undefined ? [] : [level]), run].join('-');
}

function push(map: Map<number, string[]>, number: number, text: string): void {
  const there = map.get(number);
  if (there) there.push(text);
  else map.set(number, [text]);
}

function padded(number: number): string {
  return String(number).padStart(6, '0');
}
