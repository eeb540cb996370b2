import { isObject } from './channel.ts';
import { isOneOf } from './values.ts';

/**
 * What the difference page and the extension say to each other. Offsets and lengths are bytes, ranges half-open `[start, end)`, times milliseconds
 * of the wall clock. Every `text`, `label`, `note` is for people, translated, plain text and never markup: names in it come from strangers.
 * Lists that may be long are typed arrays of equal length, one element a row.
 */
export type DifferenceView = PairView | ChurnView;

/** Fixed texts of the page in the reader's language. `{0}`, `{1}` are put in by the page: numbers that it has formatted by `locale`. */
export interface DifferenceWords {
  readonly written: string;
  readonly cleared: string;
  /** `written and cleared` */
  readonly both: string;
  /** Allocated and not changed: for the map's key. */
  readonly unchanged: string;
  readonly notAllocated: string;
  /** Column headings; `really` is `Really different?`. */
  readonly offset: string;
  readonly length: string;
  readonly partition: string;
  readonly kind: string;
  readonly really: string;
  /** `{0} of {1} pages` */
  readonly pagesDiffer: string;
  /** `no, the bytes are equal` */
  readonly equal: string;
  /** `not looked at` */
  readonly unknown: string;
  /** Choices of the filters. */
  readonly everyKind: string;
  readonly everyPartition: string;
  readonly everySize: string;
  /** `≥ {0}` */
  readonly atLeast: string;
  /** No row passes the filter. */
  readonly noRows: string;
  readonly previousChange: string;
  readonly nextChange: string;
  readonly showBytes: string;
  readonly checkRow: string;
  readonly checkAll: string;
  readonly export: string;
  readonly exportJson: string;
  readonly exportCsv: string;
  readonly exportSummary: string;
  /** Names for screen readers, and of controls of the map. */
  readonly map: string;
  readonly overview: string;
  readonly table: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly wholeDisk: string;
  /** `{0} window`, with its size */
  readonly window: string;
  /** For screen readers: `Plus and minus zoom, 0 shows the whole disk; arrow keys, Page Up, Page Down, Home and End move.` */
  readonly mapKeys: string;
  /** `Enter shows the bytes, R looks at what really differs, N and P go to the next and the previous change.` */
  readonly tableKeys: string;
  /** `allocated` and `{0} allocated`, with bytes: pages that the later image holds, changed or not. */
  readonly allocated: string;
  readonly bytesAllocated: string;
  /** `beyond the end of the other` : where one image is longer. */
  readonly beyond: string;
  /** `{0} written`, `{0} cleared`, with bytes, and `nothing changed` where both are none. */
  readonly bytesWritten: string;
  readonly bytesCleared: string;
  readonly nothingChanged: string;
  /** `1 byte`, `{0} bytes` */
  readonly oneByte: string;
  readonly bytes: string;
  /** `1 range`, `{0} ranges`, and under a filter `{0} of {1} ranges` */
  readonly oneRange: string;
  readonly ranges: string;
  readonly rangesOf: string;
  /** `and {0} more` */
  readonly andMore: string;
  /** `Sort by {0}` */
  readonly sortBy: string;
  /** `No further change that way.` */
  readonly noFurther: string;
  readonly start: string;
  readonly stop: string;
  readonly tryAgain: string;
  readonly compare: string;
  /** Of the churn page. */
  readonly churn: string;
  readonly point: string;
  readonly changed: string;
  readonly note: string;
  readonly usual: string;
  readonly older: string;
  readonly compareWithPrevious: string;
}

/** Two images of a disk, and what changed from one to the other. */
export interface PairView {
  readonly kind: 'pair';
  readonly words: DifferenceWords;
  /** Name of the disk. */
  readonly title: string;
  readonly before: ImageText;
  readonly after: ImageText;
  /** BCP 47, for numbers. */
  readonly locale: string;
  readonly state: GatheringState | QuestionState | StoppedState | FailedState | ReadyState;
}

export interface ImageText {
  /** `20 Nov 14:00`, or `now`. */
  readonly label: string;
  /** Where it lies and its exact time, for a tooltip. */
  readonly detail: string;
  /** The recovery point that it is, once that was found out. */
  readonly point?: PointText | undefined;
}

export interface PointText {
  /** `Recovery point 12 · proven 2 h ago: all changed pages` */
  readonly text: string;
  /** When exactly, for a tooltip; may be empty. */
  readonly detail: string;
}

/** The ranges are on their way. Ask `stop` ends it. */
export interface GatheringState {
  readonly kind: 'gathering';
  readonly text: string;
  /** Bytes of the disk that are told of, of all; `total` is 0 while that is not known. */
  readonly done: number;
  readonly total: number;
  /** Windows of the service's list, and ranges in them, so far. */
  readonly windows: number;
  readonly ranges: number;
}

/** Both images would have to be read, which is much: ask `start` does it, ask `stop` does not. */
export interface QuestionState {
  readonly kind: 'question';
  readonly text: string;
  readonly detail: string;
  /** Bytes to be read at most. */
  readonly bytes: number;
}

/** The user stopped it. Ask `start` begins again. */
export interface StoppedState {
  readonly kind: 'stopped';
  readonly text: string;
}

/** Ask `start` tries again where `canRetry`; each of `remedies` is a button besides. */
export interface FailedState {
  readonly kind: 'failed';
  readonly text: string;
  readonly canRetry: boolean;
  readonly remedies: readonly RemedyButton[];
}

/** A button that asks `remedy` with its `id`. */
export interface RemedyButton {
  readonly id: RemedyId;
  readonly text: string;
}

export type RemedyId = (typeof REMEDIES)[number];
const REMEDIES = ['signIn', 'attach', 'showLog'] as const;

export interface ReadyState {
  readonly kind: 'ready';
  /** `310 MiB written · 12 MiB cleared · 0.03 % of 1 TiB · 4,812 ranges`, or why there is nothing. */
  readonly headline: string;
  /** `touched`: written or cleared, equal bytes included. `content`: compared byte by byte. */
  readonly by: 'touched' | 'content';
  readonly lengthBefore: number;
  readonly lengthAfter: number;
  /** Bytes of the longer one: what the map shows. */
  readonly length: number;
  readonly written: number;
  readonly cleared: number;
  /** Rows without a filter. 0: nothing changed, and `headline` says how sure that is. */
  readonly ranges: number;
  /** What somebody should know, one plain sentence each: swapped images, different sizes, no or a damaged partition table, no footer … */
  readonly notes: readonly string[];
  /** Partitions in the order of their start, what is in none of them, the VHD footer. A row names its area by its place in this list. */
  readonly areas: readonly AreaView[];
  readonly real: RealState;
  /** Another number means that what was answered to `rows` holds no longer: ask again. */
  readonly version: number;
}

export interface AreaView {
  readonly kind: 'partition' | 'footer' | 'rest';
  readonly name: string;
  /** In words, `Linux`; empty where the name says it all. */
  readonly type: string;
  /** Ascending and disjoint; one but for `rest`. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
  /** Bytes that changed in it. */
  readonly written: number;
  readonly cleared: number;
}

/** How far it is known what really differs of all that was touched. Ask `realAll` begins it, ask `stopReal` ends it. */
export interface RealState {
  /** `notNeeded`: the bytes were compared already. `stopped`: some rows are known. */
  readonly kind: 'none' | 'running' | 'stopped' | 'done' | 'notNeeded';
  /** Bytes looked at, of all that was touched. */
  readonly done: number;
  readonly total: number;
  /** Bytes of pages found to differ so far. */
  readonly changed: number;
  /** In a sentence; empty for `none`. Why it stopped, where it failed. */
  readonly text: string;
}

/** Changed bytes per recovery point of a chain. */
export interface ChurnView {
  readonly kind: 'churn';
  readonly words: DifferenceWords;
  readonly title: string;
  /** Where the chain lies. */
  readonly detail: string;
  readonly locale: string;
  readonly state: LoadingState | FailedState | ChurnReadyState;
}

export interface LoadingState {
  readonly kind: 'loading';
  readonly text: string;
}

export interface ChurnReadyState {
  readonly kind: 'ready';
  readonly headline: string;
  /** Oldest first. Empty: `headline` says why. */
  readonly points: readonly ChurnPoint[];
  /** Bytes that a usual point changed; undefined while there are too few to say. */
  readonly usual: number | undefined;
  /** Ask `older` brings more points, put in front. */
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
}

export interface ChurnPoint {
  /** The catalogue's number, from 1. */
  readonly number: number;
  /** Undefined where the record's time cannot be read; then the order alone counts. */
  readonly time: number | undefined;
  /** `21 Nov 14:00` */
  readonly label: string;
  /** `incremental`, `full`, `rebase` */
  readonly type: string;
  readonly written: number;
  readonly cleared: number;
  /** Its snapshot is gone or was found wrong: in a word. Empty where all is well. */
  readonly trouble: string;
  /** Stands out: why, in a sentence. Empty where it does not. */
  readonly note: string;
  /** Can it be compared with the point before: ask `comparePoint`. */
  readonly canCompare: boolean;
}

export interface RowFilter {
  readonly kind?: 'written' | 'cleared' | undefined;
  /** Place in `ReadyState.areas`. */
  readonly area?: number | undefined;
  /** Bytes; shorter ranges are left out. */
  readonly atLeast?: number | undefined;
}

export interface RowSort {
  readonly by: 'offset' | 'length';
  readonly descending: boolean;
}

export type DifferenceAsk =
  /** Begins: after a question, after it was stopped, after it failed. Answered `done` at once; the view tells how it goes. */
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'remedy'; readonly id: RemedyId }
  /** The bytes `[start, end)` of the disk as at most `cells` (1 … 16,384) cells. Answered by `map`. */
  | { readonly type: 'map'; readonly start: number; readonly end: number; readonly cells: number }
  /** At most `count` (≤ 5,000) rows from `from` on, of those that pass the filter, in the order of `sort`. Answered by `rows`. */
  | { readonly type: 'rows'; readonly filter: RowFilter; readonly sort: RowSort; readonly from: number; readonly count: number }
  /**
   * A change by address, of those that pass the filter. `next`: the first that starts after `offset`; `previous`: the last that ends at or before it;
   * `nearest`: the one that holds it, else the one nearest to it (a click on the map). Answered by `found`.
   */
  | {
      readonly type: 'find';
      readonly which: 'next' | 'previous' | 'nearest';
      readonly offset: number;
      readonly filter: RowFilter;
      readonly sort: RowSort;
    }
  /** Opens the bytes around `offset` (any byte of the row) in VS Code's diff editor beside the page. Answered by `done`. */
  | { readonly type: 'bytes'; readonly row: number; readonly offset: number }
  /** Reads both images of one row (its `id`) and tells how much really differs. Answered by `real`. */
  | { readonly type: 'real'; readonly row: number }
  | { readonly type: 'realAll' }
  | { readonly type: 'stopReal' }
  /** JSON and CSV: the rows that pass the filter, into a file that the user names. Markdown: the summary, as an untitled document. */
  | { readonly type: 'export'; readonly format: 'json' | 'csv' | 'markdown'; readonly filter: RowFilter }
  | { readonly type: 'older' }
  | { readonly type: 'comparePoint'; readonly number: number };

export type DifferenceAnswer = DoneAnswer | MapAnswer | RowsAnswer | FoundAnswer | RealAnswer;

export interface DoneAnswer {
  readonly type: 'done';
}

/**
 * Shares are of a cell's bytes, from 0 to 1: 0 only where there is no such byte, 1 only where all of them are. A single page of 8 TiB is never rounded
 * away.
 */
export interface MapAnswer {
  readonly type: 'map';
  /** Bytes: cell `i` is `[edges[i], edges[i + 1])`, whole pages, none empty; fewer cells than asked for where there are fewer pages. */
  readonly edges: Float64Array;
  readonly written: Float32Array;
  readonly cleared: Float32Array;
  /** Pages that the later image holds, changed or not. */
  readonly allocated: Float32Array;
}

export interface RowsAnswer {
  readonly type: 'rows';
  /** Of the first row here. */
  readonly from: number;
  /** Rows and bytes that pass the filter in all. */
  readonly total: number;
  readonly bytes: number;
  /** Names each row for `bytes` and `real`, whatever filter and order: its place in the address order of all rows. */
  readonly ids: Uint32Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** 0 written, 1 cleared, 2 both (only where ranges were too many and near ones were joined, which a note says). */
  readonly kinds: Uint8Array;
  /** Place in `ReadyState.areas` where the row starts; -1 in none. */
  readonly areas: Int32Array;
  /** Pages of 512 bytes that really differ; -1 where nobody has looked. */
  readonly really: Int32Array;
}

export interface FoundAnswer {
  readonly type: 'found';
  /** Place in the rows under the filter and sort that were asked with; undefined where there is no such change. */
  readonly at: number | undefined;
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

export interface RealAnswer {
  readonly type: 'real';
  /** Pages that really differ, of all in the row. */
  readonly changed: number;
  readonly pages: number;
}

const MOST_CELLS = 16_384;
const MOST_ROWS = 5_000;

/** Looks at what a page says as if a stranger had said it. @returns undefined for whatever is not an ask */
export function readDifferenceAsk(value: unknown): DifferenceAsk | undefined {
  if (!isObject(value)) return undefined;
  const { type } = value;
  switch (type) {
    case 'start':
    case 'stop':
    case 'realAll':
    case 'stopReal':
    case 'older':
      return { type };
    case 'remedy':
      return isOneOf(REMEDIES, value.id) ? { type, id: value.id } : undefined;
    case 'map':
      return readMap(value);
    case 'rows':
      return readRows(value);
    case 'find':
      return readFind(value);
    case 'bytes':
      return isCount(value.row) && isCount(value.offset) ? { type, row: value.row, offset: value.offset } : undefined;
    case 'real':
      return isCount(value.row) ? { type, row: value.row } : undefined;
    case 'export':
      return readExport(value);
    case 'comparePoint':
      return isCount(value.number) ? { type, number: value.number } : undefined;
    default:
      return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readMap({ start, end, cells }: Fields): DifferenceAsk | undefined {
  if (!isCount(start) || !isCount(end) || start >= end || !isCount(cells) || cells < 1 || cells > MOST_CELLS) return undefined;
  return { type: 'map', start, end, cells };
}

function readRows({ filter, sort, from, count }: Fields): DifferenceAsk | undefined {
  const [readFilter, readSort] = [filterIn(filter), sortIn(sort)];
  if (!readFilter || !readSort || !isCount(from) || !isCount(count) || count > MOST_ROWS) return undefined;
  return { type: 'rows', filter: readFilter, sort: readSort, from, count };
}

function readFind({ which, offset, filter, sort }: Fields): DifferenceAsk | undefined {
  const [readFilter, readSort] = [filterIn(filter), sortIn(sort)];
  if (!readFilter || !readSort || !isCount(offset) || !isOneOf(['next', 'previous', 'nearest'], which)) return undefined;
  return { type: 'find', which, offset, filter: readFilter, sort: readSort };
}

function readExport({ format, filter }: Fields): DifferenceAsk | undefined {
  const readFilter = filterIn(filter);
  return readFilter && isOneOf(['json', 'csv', 'markdown'], format) ? { type: 'export', format, filter: readFilter } : undefined;
}

function filterIn(value: unknown): RowFilter | undefined {
  if (!isObject(value)) return undefined;
  const { kind, area, atLeast } = value;
  if (kind !== undefined && !isOneOf(['written', 'cleared'], kind)) return undefined;
  if ((area !== undefined && !isCount(area)) || (atLeast !== undefined && !isCount(atLeast))) return undefined;
  return { kind, area, atLeast };
}

function sortIn(value: unknown): RowSort | undefined {
  if (!isObject(value) || !isOneOf(['offset', 'length'], value.by) || typeof value.descending !== 'boolean') return undefined;
  return { by: value.by, descending: value.descending };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
