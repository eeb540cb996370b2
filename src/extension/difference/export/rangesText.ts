import type { ListedChange } from '../../../engine/jobs/diff/changeList.ts';

/** What goes into an export besides the ranges. */
export interface ExportFacts {
  /** URLs without SAS; null for an empty disk. */
  readonly before: string | null;
  readonly after: string;
  readonly by: 'touched' | 'content';
  readonly lengthBefore: number;
  readonly lengthAfter: number;
}

/** A range to be written, with the name of the partition it begins in and the pages that differ, where somebody has looked. */
export interface ExportRow {
  readonly change: ListedChange;
  readonly area: string;
  readonly really: number | undefined;
}

/** One JSON object, a range a line, block by block. Offsets are bytes, half-open. */
export function* jsonText(facts: ExportFacts, blocks: Iterable<readonly ExportRow[]>): Generator<string> {
  yield `${JSON.stringify(facts).slice(0, -1)},"ranges":[`;
  let separator = '\n';
  for (const rows of blocks) {
    let text = '';
    for (const { change, area, really } of rows) {
      const { start, end, kind } = change;
      text += separator + JSON.stringify({ start, end, kind, area, ...(really !== undefined && { reallyDifferentPages: really }) });
      separator = ',\n';
    }
    yield text;
  }
  yield '\n]}\n';
}

/** RFC 4180, with a line of names. */
export function* csvText(blocks: Iterable<readonly ExportRow[]>): Generator<string> {
  yield 'start,end,length,kind,area,reallyDifferentPages\r\n';
  for (const rows of blocks) {
    let text = '';
    for (const { change, area, really } of rows) {
      const { start, end, kind } = change;
      text += `${start},${end},${end - start},${kind},${cell(area)},${really ?? ''}\r\n`;
    }
    yield text;
  }
}

/** Names come from disks: one that a table program would take for a formula gets an apostrophe before it. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
