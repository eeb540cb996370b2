const WIDTH = 16;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const DIGITS = 12;

/**
 * Bytes as lines of sixteen: offset, hexadecimal, ASCII.
 * @param start offset of the first byte on the disk; a multiple of 16
 */
export function hexText(bytes: Uint8Array, start: number): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = bytes.subarray(at, at + WIDTH);
    let hex = '';
    let ascii = '';
    for (let i = 0; i < WIDTH; i++) {
      const byte = row[i];
      hex += `${i === WIDTH / 2 ? ' ' : ''} ${byte === undefined ? '  ' : HEX[byte]!}`;
      if (byte !== undefined) ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    }
    lines.push(`${offsetText(start + at)} ${hex}  |${ascii}|`);
  }
  return lines.join('\n');
}

/** `0000_0010_0000`: wide enough for 8 TiB, so that lines stand below one another. */
export function offsetText(offset: number): string {
  const digits = offset.toString(16).padStart(DIGITS, '0');
  return digits.replaceAll(/(?<=.)(?=(?:.{4})+$)/g, '_');
}

/** How many pages of 512 bytes differ; of the shorter one, what is missing counts as zeros. */
export function differingPages(a: Uint8Array, b: Uint8Array, page: number): number {
  const length = Math.max(a.length, b.length);
  let count = 0;
  for (let start = 0; start < length; start += page) {
    const end = Math.min(length, start + page);
    for (let i = start; i < end; i++) {
      if ((a[i] ?? 0) === (b[i] ?? 0)) continue;
      count++;
      break;
    }
  }
  return count;
}
