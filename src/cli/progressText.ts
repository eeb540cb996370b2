import { sizeText } from '../engine/sizeText.ts';
import { durationText } from './words.ts';

const LABEL_WIDTH = 10;
const WIDEST_BAR = 28;
const NARROWEST_BAR = 6;
/** Columns that label and numbers take. */
const BESIDE_BAR = 74;

/** How far a phase is. `total` 0 means that nobody knows. */
export interface Standing {
  readonly done: number;
  readonly total: number;
  readonly bytesPerSecond: number | undefined;
}

/** ` label      text` */
export function labelled(label: string, text: string): string {
  return ` ${label.padEnd(LABEL_WIDTH)} ${text}`;
}

/** `68 %   812 MiB of 1.2 GiB   58 MiB/s   7 s left` */
export function standingText({ done, total, bytesPerSecond }: Standing): string {
  const parts =
    total > 0 ? [`${String(percentOf(done, total)).padStart(3)} %`, `${sizeText(done)} of ${sizeText(total)}`] : [sizeText(done)];
  if (bytesPerSecond !== undefined) {
    parts.push(`${sizeText(Math.round(bytesPerSecond))}/s`);
    if (total > done) parts.push(`${durationText(Math.ceil((total - done) / bytesPerSecond))} left`);
  }
  return parts.join('   ');
}

/** `███████░░░░`, as wide as a terminal of so many columns allows. */
export function barText(done: number, total: number, columns: number): string {
  const width = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, columns - BESIDE_BAR));
  const filled = Math.round((width * percentOf(done, total)) / 100);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** 100 only when all is done. */
export function percentOf(done: number, total: number): number {
  return total <= 0 ? 100 : Math.min(100, Math.floor((done / total) * 100));
}

/** The text in no more than so many columns. */
export function cutTo(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
