import { PROOF_LEVELS, type ProofLevel } from '../proof/proof.ts';

/**
 * Records that are added to a point later: what a verification found; that a prune deletes it, or could not; that somebody holds it, or does so no
 * longer; that somebody has begun to verify it, or left it. `withdrawn`, `release` and `left` bear the id of the record that they take back.
 */
export type NoteKind = (typeof KINDS)[number];

const KINDS = ['proof-passed', 'proof-failed', 'pruned', 'withdrawn', 'hold', 'release', 'verifying', 'left'] as const;

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
  /** When a point was verified last, whatever was found, by how much was read: ISO 8601, by the clock of the machine that did. */
  readonly verifiedOn: Readonly<Partial<Record<ProofLevel, string>>>;
  /** Verifications on record, of all points. */
  readonly verifications: number;
  /** Verifications that were begun and not left, by their ids: whether they still run is not known. */
  readonly verifying: readonly string[];
}

/** As `entryName` writes them: numbers of more digits have no zeros in front. */
const ENTRY_NAME = /^(\d{6}|[1-9]\d{6,14})\.json$/;
const NOTE_NAME = /^(\d{6,})\.(proof-passed|proof-failed|pruned|withdrawn|hold|release|verifying|left)-(.+)\.json$/;
const UNCHANGED_NAME = /^\d{6,}\.unchanged-(.+)\.json$/;
/** How an id that bears a time begins. */
const TIMED = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-(?:(\w+)-)?/;

export function indexOf(names: readonly string[]): CatalogueIndex {
  const numbers: number[] = [];
  const passed = new Map<number, string[]>();
  const notes = new Map(KINDS.map((kind) => [kind as string, new Map<number, string[]>()]));
  const verifiedOn: Partial<Record<ProofLevel, string>> = {};
  let unchangedOn: string | undefined;
  let verifications = 0;
  for (const name of names) {
    const entry = ENTRY_NAME.exec(name)?.[1];
    if (entry !== undefined) numbers.push(Number(entry));
    const [, number, kind, run] = NOTE_NAME.exec(name) ?? [];
    if (kind !== undefined) push(notes.get(kind)!, Number(number), run!);
    if (kind === 'proof-passed') push(passed, Number(number), name);
    if (kind === 'proof-passed' || kind === 'proof-failed') {
      verifications++;
      const { time, level } = timeIn(run!);
      if (time !== undefined && level !== undefined) verifiedOn[level] = later(verifiedOn[level], time);
    }
    unchangedOn = later(unchangedOn, timeIn(UNCHANGED_NAME.exec(name)?.[1] ?? '').time);
  }
  const held = standing(notes.get('hold')!, notes.get('release')!);
  const pruned = standing(notes.get('pruned')!, notes.get('withdrawn')!);
  for (const number of held.keys()) pruned.delete(number);
  const failed = new Set(notes.get('proof-failed')!.keys());
  const verifying = [...standing(notes.get('verifying')!, notes.get('left')!).values()].flat();
  numbers.sort((a, b) => a - b);
  return { isBegun: names.length > 0, numbers, failed, passed, pruned, held, unchangedOn, verifiedOn, verifications, verifying };
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

/** What an id of `timedId` bears; a record that was written without has none. */
export function timeIn(id: string): { readonly time: string | undefined; readonly level: ProofLevel | undefined } {
  const [, year, month, day, hour, minute, second, milli, word] = TIMED.exec(id) ?? [];
  const time = year === undefined ? undefined : `${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`;
  return { time, level: PROOF_LEVELS.find((level) => level === word) };
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
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
