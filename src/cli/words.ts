import type { Proof } from '../engine/proof/proof.ts';
import { sizeText } from '../engine/sizeText.ts';

/** `4,812` */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 range`, `4,812 ranges` */
export function amountText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `0.4 s`, `7 s`, `2 min 5 s`, `1 h 5 min` */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1).replace(/\.0$/, '')} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [big, small, units] = whole < 3600 ? [60, 1, ['min', 's']] : [3600, 60, ['h', 'min']];
  const rest = Math.floor((whole % big) / small);
  return `${Math.floor(whole / big)} ${units[0]}${rest === 0 ? '' : ` ${rest} ${units[1]}`}`;
}

/** `000017`, as the catalogue writes it. */
export function numberText(number: number): string {
  return String(number).padStart(6, '0');
}

/**
 * What was read back, told honestly: nothing is called proven that was not read.
 * @param pages what the proof counts as changed; a restore writes all pages that the point holds
 */
export function proofText({ level, changed, changedCompared, rest, restCompared }: Proof, pages: 'changed pages' | 'pages'): string {
  const ofRest = rest > 0 ? `, ${sizeText(restCompared)} of ${sizeText(rest)} of the rest` : '';
  switch (level) {
    case 'ranges':
      return 'length and allocated pages agree; no content was read back';
    case 'sample':
      return `a sample was read back and is equal: ${sizeText(changedCompared)} of ${sizeText(changed)} of the ${pages}${ofRest}`;
    case 'changed':
      return `${pages} read back: ${sizeText(changedCompared)} equal`;
    case 'full':
      return `every page read back: ${sizeText(changedCompared + restCompared)} equal`;
  }
}

/** One sentence that says no more than what was compared. */
export function verdictText(proof: Proof, pages: 'changed page' | 'page'): string {
  if (proof.level === 'full') return 'Every page was read back and matches.';
  if (proof.changedCompared >= proof.changed && proof.changed > 0) return `Every ${pages} was read back and matches.`;
  if (proof.changedCompared + proof.restCompared > 0) return 'A sample of the pages was read back and matches.';
  return 'Its length and allocated pages match; no content was read back.';
}

/** The same for a table: how much of what changed was read back. */
export function proofShare({ changed, changedCompared }: Proof): string {
  if (changedCompared >= changed) return 'proven';
  const percent = Math.floor((changedCompared / changed) * 100);
  return changedCompared === 0 ? 'not read back' : `${percent < 1 ? '< 1' : percent} % proven`;
}

/** Columns side by side, each as wide as its longest cell; numbers to the right. */
export function tableLines(rows: readonly (readonly string[])[], rightAligned: readonly number[] = []): string[] {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => (rightAligned.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** A URL as a word of a command line, for the shells of people: no URL needs a single quote as it is. */
export function quoted(url: string): string {
  return `'${url.replaceAll("'", '%27')}'`;
}
