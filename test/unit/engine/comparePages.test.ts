import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareImages, differingPages } from '../../../src/engine/compare/comparePages.ts';
import { MAX_WRITE, PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { bitsOf, range, setOf } from '../../support/engine/pageBits.ts';
import { DISK, filled, stage } from '../../support/engine/stage.ts';

describe('differingPages', () => {
  it('names just the pages in which a byte differs, whatever byte, whatever alignment the buffers have', () => {
    const flips = fc.array(fc.record({ at: fc.nat(12 * PAGE - 1), bit: fc.nat(7) }), { maxLength: 4 });
    fc.assert(
      fc.property(flips, fc.nat(9), fc.nat(9), (list, shiftA, shiftB) => {
        const bytes = Uint8Array.from({ length: 12 * PAGE }, (_, i) => (i * 31) & 0xff);
        const at = (shift: number) => {
          const buffer = new Uint8Array(shift + bytes.length).subarray(shift);
          buffer.set(bytes);
          return buffer;
        };
        const [a, b] = [at(shiftA), at(shiftB)];
        for (const { at: where, bit } of list) b[where]! ^= 1 << bit;
        const expected = Array.from({ length: 12 }, (_, page) =>
          a.subarray(page * PAGE, (page + 1) * PAGE).some((byte, i) => byte !== b[page * PAGE + i]),
        );
        assert.deepEqual(bitsOf(differingPages(range(5, 17), a, b), 17).slice(5), expected);
        assert.deepEqual(differingPages(range(5, 17), a, a), []);
      }),
      { seed: 801, numRuns: 300 },
    );
  });
});

describe('compareImages', () => {
  it('reads both images at the pages named, at most 4 MiB at once, and gives those that differ', async () => {
    const pages = 3 * (MAX_WRITE / PAGE);
    const all = stage({ pages });
    const id = all.service.foreign.snapshot(DISK);
    for (const page of [3, 4, 9000, 20_000]) all.service.foreign.write(DISK, page * PAGE, filled(1));
    let kept = 0;
    let compared = 0;
    const named = setOf(Array.from({ length: pages }, (_, page) => page >= 4 && page < 19_000));
    const differing = await compareImages(all.blob.image(id), all.blob.image(), named, {
      retrier: all.tools.retrier,
      limits: all.tools.limits,
      before: async () => void kept++,
      onCompared: (bytes) => {
        compared += bytes;
      },
    });
    assert.deepEqual(differing, [range(4, 5), range(9000, 9001)]);
    const reads = all.service.calls.filter(({ operation }) => operation === 'read');
    assert.ok(reads.every(({ args }) => args.range!.end - args.range!.start <= MAX_WRITE));
    const differingPieces = 2;
    assert.equal(reads.length, 2 * (Math.ceil((19_000 - 4) / (MAX_WRITE / PAGE)) + differingPieces), 'what differs is read again, checked');
    const first = reads.slice(0, 2 * 3).reduce((sum, { args }) => sum + args.range!.end - args.range!.start, 0);
    assert.ok(first <= 2 * (19_000 - 4) * PAGE);
    assert.equal(compared, (19_000 - 4) * PAGE);
    assert.equal(kept, reads.length / 2 - differingPieces, 'the lease is kept before each read');
  });

  it('reads across small gaps, and compares nothing in them', async () => {
    const all = stage({ pages: 1000 });
    const id = all.service.foreign.snapshot(DISK);
    for (const page of [0, 2, 3, 500]) all.service.foreign.write(DISK, page * PAGE, filled(1));
    // Pages 0, 2, 4 … 98, and 500: a small gap after each of them but the last but one.
    const named = setOf(Array.from({ length: 1000 }, (_, page) => (page < 100 && page % 2 === 0) || page === 500));
    const differing = await compareImages(all.blob.image(id), all.blob.image(), named, {
      retrier: all.tools.retrier,
      limits: all.tools.limits,
    });
    assert.deepEqual(differing, [range(0, 1), range(2, 3), range(500, 501)], 'page 3 was not named');
    const reads = all.service.calls.filter(({ operation }) => operation === 'read');
    assert.equal(reads.length, 2 * (2 + 2), 'two stretches, and both again since they differ');
  });

  it('reads one side with its checksum, and both where they differ', async () => {
    const asked: (boolean | undefined)[] = [];
    const image = (bytes: number) => ({
      read: async ({ start, end }: { start: number; end: number }, options?: { unchecked?: boolean | undefined }) => {
        asked.push(options?.unchecked);
        return new Uint8Array(end - start).fill(bytes);
      },
    });
    const { retrier, limits } = stage().tools;
    await compareImages(image(1), image(1), [range(0, 2)], { retrier, limits });
    assert.deepEqual(asked.splice(0), [undefined, true]);
    await compareImages(image(1), image(2), [range(0, 2)], { retrier, limits });
    assert.deepEqual(asked, [undefined, true, undefined, false]);
  });

  it('bytes that were damaged on the way are no difference', async () => {
    const all = stage({ pages: 8 });
    all.service.foreign.write(DISK, 0, filled(1, 8));
    const id = all.service.foreign.snapshot(DISK);
    let flips = 1;
    all.service.interceptor = ({ operation }) => (operation === 'read' && flips-- > 0 ? { kind: 'flip' } : undefined);
    const { retrier, limits } = all.tools;
    assert.deepEqual(await compareImages(all.blob.image(id), all.blob.image(), [range(0, 8)], { retrier, limits }), []);
  });
});
