import { PAGE } from '../engine/ranges/pageRange.ts';
import { RangeSetBuilder, type RangeSet } from '../engine/ranges/rangeSet.ts';

const ZEROS = Buffer.alloc(1024 * 1024);

/** The pages of `bytes`, which lie at `offset` of an image, that hold anything but zeros. */
export function pagesWithContent(offset: number, bytes: Uint8Array): RangeSet {
  const builder = new RangeSetBuilder();
  for (let stretch = 0; stretch < bytes.length; stretch += ZEROS.length) {
    const end = Math.min(stretch + ZEROS.length, bytes.length);
    if (isZero(bytes.subarray(stretch, end))) continue;
    for (let page = stretch; page < end; page += PAGE) {
      if (!isZero(bytes.subarray(page, page + PAGE))) builder.add(offset + page, offset + page + PAGE);
    }
  }
  return builder.finish();
}

function isZero(bytes: Uint8Array): boolean {
  return ZEROS.compare(bytes, 0, bytes.length, 0, bytes.length) === 0;
}
