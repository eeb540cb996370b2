import { changedShare, comparedBytes, isWhole, type Badge } from '../engine/proof/evidence.ts';
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

/** The same for a table: `proven 2 h ago: all changed pages, 8 % of the rest`. @param now milliseconds */
export function badgeText({ best: { proof, on } }: Badge, now: number): string {
  const { changed, changedCompared, rest, restCompared } = proof;
  const share = changedShare(proof);
  if (share === 0 && comparedBytes(proof) === 0) return 'not read back';
  const proven = ['proven', agoText(on, now)].filter(Boolean).join(' ');
  if (isWhole(proof)) return `${proven}: every page`;
  if (rest === 0) return `${proven}: ${percentText(changedCompared, changed)} of the pages`;
  const all = changed === 0 ? 'what changed is empty in both' : 'all changed pages';
  const ofChanged = share === 1 ? all : `${percentText(changedCompared, changed)} of the changed pages`;
  return `${proven}: ${ofChanged}${restCompared > 0 ? `, ${percentText(restCompared, rest)} of the rest` : ''}`;
}

/** `41 %`; never 100 before all is there, never 0 once something is. */
function percentText(part: number, whole: number): string {
  const percent = part >= whole ? 100 : Math.floor((part / whole) * 100);
  return `${part > 0 && percent === 0 ? '< 1' : percent} %`;
}

/** `just now`, `5 min ago`, `2 h ago`, `3 d ago`, and from a week on the day; empty for a text that is no time. */
export function agoText(time: string | undefined, now: number): string {
  const age = now - Date.parse(time ?? '');
  if (Number.isNaN(age)) return '';
  const minutes = Math.floor(age / 60_000);
  // Clocks of two machines differ a little; a time further ahead is told as it is.
  if (minutes < -5 || minutes >= 7 * 24 * 60) return `on ${new Date(now - age).toISOString().slice(0, 10)}`;
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 24 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / (24 * 60))} d ago`;
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
