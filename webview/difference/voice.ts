import type { DifferenceWords } from '../../src/messages/difference.ts';

/** What the page says things with: the words of the view, and numbers in the reader's way of writing them. */
export interface Voice {
  readonly words: DifferenceWords;
  readonly count: (count: number) => string;
  /** Binary units, one decimal: `1.2 GiB`, `512 bytes`. */
  readonly size: (bytes: number) => string;
  /** `0.03 %`; never 0 once something is, never 100 before all is. */
  readonly percent: (share: number) => string;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** @param locale BCP 47; one that is not known is English */
export function voiceOf(words: DifferenceWords, locale: string): Voice {
  const [known = 'en'] = Intl.NumberFormat.supportedLocalesOf([locale]);
  const whole = new Intl.NumberFormat(known);
  const decimal = new Intl.NumberFormat(known, { maximumFractionDigits: 1 });
  const count = (number: number): string => whole.format(number);
  return {
    words,
    count,
    size(bytes) {
      if (bytes < 1024) return bytes === 1 ? words.oneByte : put(words.bytes, count(bytes));
      let value = bytes / 1024;
      let unit = 0;
      // Rounding must not give "1024 KiB".
      for (; unit < UNITS.length - 1 && Number(value.toFixed(1)) >= 1024; unit++) value /= 1024;
      return `${decimal.format(value)} ${UNITS[unit]!}`;
    },
    percent(share) {
      if (share > 0 && share < 0.001) return `< ${decimal.format(0.1)} %`;
      return `${decimal.format(share < 1 ? Math.floor(share * 1000) / 10 : 100)} %`;
    },
  };
}

/** The text with its `{0}`, `{1}` … filled in. */
export function put(text: string, ...parts: readonly string[]): string {
  return text.replaceAll(/\{(\d+)\}/g, (_, at: string) => parts[Number(at)] ?? '');
}

/** `1 range`, `4,812 ranges` */
export function rangesText(count: number, { words, count: text }: Voice): string {
  return count === 1 ? words.oneRange : put(words.ranges, text(count));
}

/** `64 KiB written · 4 KiB cleared` */
export function changeText(written: number, cleared: number, { words, size }: Voice): string {
  const parts = [written > 0 && put(words.bytesWritten, size(written)), cleared > 0 && put(words.bytesCleared, size(cleared))];
  return parts.filter((part) => part !== false).join(' · ') || words.nothingChanged;
}

/** `0x0010_0000`: as many digits for every byte of a disk of `length` bytes. */
export function offsetText(offset: number, length: number): string {
  const groups = Math.max(2, Math.ceil(Math.max(length - 1, offset).toString(16).length / 4));
  const digits = offset
    .toString(16)
    .toUpperCase()
    .padStart(groups * 4, '0');
  return `0x${digits.replaceAll(/(?!^)(?=(?:.{4})+$)/g, '_')}`;
}
