import { PAGE } from '../../ranges/pageRange.ts';

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
/** Pages of 8 TiB take 34 bits and bit operations 32 at most: a length is kept as two digits and what is above them. */
const LOW = DIGITS * DIGITS;

/**
 * `indexes` in the order of `lengths[index]`; equal ones stay in the order they have. Digit by digit from the lowest, since a comparison of a million
 * pairs takes longer than a person waits for a table.
 * @param lengths bytes, whole pages, up to 8 TiB
 */
export function orderOf(indexes: Uint32Array, lengths: Float64Array, descending: boolean): Uint32Array {
  let longest = 0;
  for (let i = 0; i < indexes.length; i++) longest = Math.max(longest, lengths[indexes[i]!]! / PAGE);
  const low = new Uint32Array(lengths.length);
  const high = new Uint16Array(lengths.length);
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i]!;
    const pages = lengths[index]! / PAGE;
    const key = descending ? longest - pages : pages;
    const above = Math.floor(key / LOW);
    high[index] = above;
    low[index] = key - above * LOW;
  }
  let order = indexes;
  order = sortedBy(order, low, 0);
  if (longest >= DIGITS) order = sortedBy(order, low, DIGIT_BITS);
  if (longest >= LOW) {
    order = sortedBy(order, high, 0);
    order = sortedBy(order, high, DIGIT_BITS);
  }
  return order;
}

/** By one digit of the keys: counts each digit, which gives the place of its first index. */
function sortedBy(order: Uint32Array, keys: Uint32Array | Uint16Array, shift: number): Uint32Array {
  const places = new Uint32Array(DIGITS + 1);
  for (let i = 0; i < order.length; i++) places[((keys[order[i]!]! >>> shift) & (DIGITS - 1)) + 1]!++;
  for (let digit = 0; digit < DIGITS; digit++) places[digit + 1]! += places[digit]!;
  const sorted = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const index = order[i]!;
    sorted[places[(keys[index]! >>> shift) & (DIGITS - 1)]!++] = index;
  }
  return sorted;
}
