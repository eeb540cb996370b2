import type { DiskArea } from '../../disk/areas.ts';
import type { DiskLayout } from '../../disk/layout.ts';
import type { AreaTotal } from '../../engine/jobs/diff/areaTotals.ts';
import type { Change } from '../../engine/jobs/diff/changes.ts';
import type { DiffPlan, DiffResult } from '../../engine/jobs/diff/diff.ts';
import type { ImageOrigin } from '../../engine/jobs/diff/imageOrigin.ts';
import { PAGE } from '../../engine/ranges/pageRange.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { amountText, countText, numberText, tableLines } from '../words.ts';

/** ` written                4,096   512 bytes`; with `differing`, how many of its pages really differ. */
export function changeLine({ kind, start, end }: Change, differing: number | undefined): string {
  const line = ` ${kind}  ${countText(start).padStart(19)}  ${sizeText(end - start).padStart(10)}`;
  return differing === undefined ? line : `${line}  ${pagesText(differing, (end - start) / PAGE)}`;
}

/** What both images come to, one sentence. */
export function totalLine({ lengthBefore, lengthAfter }: DiffPlan, { written, cleared, ranges }: DiffResult): string {
  const grown = lengthAfter === lengthBefore ? '' : ` The disk ${sizesText(lengthBefore, lengthAfter)}.`;
  if (ranges === 0) return `No page differs.${grown}`;
  const longest = sizeText(Math.max(lengthBefore, lengthAfter));
  return `${sizeText(written)} written, ${sizeText(cleared)} cleared in ${amountText(ranges, 'range')} of ${longest}.${grown}`;
}

/** What was found by reading the touched pages. */
export function realLine({ pages, differing }: { pages: number; differing: number }, { by }: DiffPlan): string {
  if (by === 'content') return ' Both images were read, so every page listed really differs.';
  if (pages === 0) return ' No page was touched.';
  if (differing === 0) return ` None of the ${amountText(pages, 'touched page')} really differs: what was written is what was there.`;
  const verb = differing === 1 ? 'differs' : 'differ';
  const of = amountText(pages, 'touched page');
  return ` ${countText(differing)} of ${of} really ${verb}: ${sizeText(differing * PAGE)} of ${sizeText(pages * PAGE)}.`;
}

/** A table: how much changed in each area of the disk. */
export function areaLines({ notes }: DiskLayout, totals: readonly AreaTotal<DiskArea>[]): string[] {
  const rows = totals.map(({ area, size, written, cleared }) => [
    ` ${area.partition ? area.partition.index : ''}`,
    area.name,
    area.partition && area.partition.type !== area.name ? area.partition.type : '',
    sizeText(size),
    sizeText(written),
    sizeText(cleared),
    percentText(written + cleared, size),
  ]);
  return [...notes.map((note) => ` note       ${note}`), ...tableLines([HEAD, ...rows], [0, 3, 4, 5, 6])];
}

const HEAD = [' no.', 'partition', 'type', 'size', 'written', 'cleared', 'changed'];

/** Of when an image is, as far as it is known. */
export function originText({ snapshot, lastModified, point }: ImageOrigin): string {
  if (point) return `${point.sourceSnapshot} (recovery point ${numberText(point.number)}, ${point.kind}, of ${point.source})`;
  if (snapshot !== undefined) return `${snapshot} (snapshot)`;
  return lastModified === undefined ? 'now' : `now (last changed ${lastModified})`;
}

/** `0 %` only of nothing, `100 %` only of all. */
export function percentText(part: number, whole: number): string {
  if (part === 0) return '0 %';
  if (part === whole) return '100 %';
  const percent = (part / whole) * 100;
  if (percent < 0.01) return '< 0.01 %';
  return percent > 99.99 ? '> 99.99 %' : `${Number(percent.toFixed(2))} %`;
}

function pagesText(differing: number, pages: number): string {
  return `${countText(differing)} of ${amountText(pages, 'page')} ${differing === 1 ? 'differs' : 'differ'}`;
}

function sizesText(before: number, after: number): string {
  return `${after > before ? 'has grown' : 'has shrunk'} from ${sizeText(before)} to ${sizeText(after)}`;
}
