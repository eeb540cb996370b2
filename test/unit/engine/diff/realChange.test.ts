import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { AreaTotals } from '../../../../src/engine/jobs/diff/areaTotals.ts';
import { planDiff } from '../../../../src/engine/jobs/diff/diff.ts';
import { realChange } from '../../../../src/engine/jobs/diff/realChange.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { split } from '../../../../src/engine/ranges/rangeSet.ts';
import { changeWindows, type PageState } from '../../../support/engine/changedPages.ts';
import { gather, range, setOf } from '../../../support/engine/pageBits.ts';
import { BytesImage } from '../../../support/disks/bytesImage.ts';
import { DISK, filled, stage } from '../../../support/engine/stage.ts';

const PAGES = 24;
const contents = fc.array(fc.nat(2), { minLength: 1, maxLength: PAGES });
const touched = fc.array(fc.boolean(), { minLength: PAGES, maxLength: PAGES });

describe('real change', () => {
  it('counts in every touched range the pages that differ; bytes beyond an end are zeros', async () => {
    await fc.assert(
      fc.asyncProperty(contents, contents, touched, fc.integer({ min: 1, max: PAGES }), async (before, after, bits, longest) => {
        const image = (pages: readonly number[]) =>
          new BytesImage(pages.length * PAGE, ...pages.map((value, page) => [page * PAGE, filled(value)] as const));
        const length = Math.max(before.length, after.length);
        // A written range may touch a cleared one.
        const ranges = [...split(setOf(bits.slice(0, length)), longest * PAGE)];
        const lengths = { lengthBefore: before.length * PAGE, lengthAfter: after.length * PAGE };
        const images = { before: image(before), after: image(after) };
        let compared = 0;
        const options = { world: stage().world, onCompared: (bytes: number) => void (compared += bytes) };
        const found = await gather(realChange(lengths, images, ranges, options));
        assert.deepEqual(
          found,
          ranges.map((touched) => {
            const pages = bits.flatMap((_, page) => (page * PAGE >= touched.start && page * PAGE < touched.end ? [page] : []));
            return {
              range: touched,
              pages: pages.length,
              differing: pages.filter((page) => (before[page] ?? 0) !== (after[page] ?? 0)).length,
            };
          }),
        );
        assert.equal(
          compared,
          ranges.reduce((sum, { start, end }) => sum + end - start, 0),
        );
      }),
      { seed: 6301, numRuns: 200 },
    );
  });

  it('goes through a range larger than what it holds at once, and through more ranges than it compares at once', async () => {
    const length = 200 * 1024 ** 2;
    const at = [0, 64 * 1024 ** 2 - PAGE, 64 * 1024 ** 2, length - PAGE];
    const images = { before: new BytesImage(length), after: new BytesImage(length, ...at.map((offset) => [offset, filled(1)] as const)) };
    const lengths = { lengthBefore: length, lengthAfter: length };
    const options = { world: stage().world };
    const [whole] = await gather(realChange(lengths, images, [{ start: 0, end: length }], options));
    assert.deepEqual([whole!.pages, whole!.differing], [length / PAGE, 4]);
    const many = Array.from({ length: 10_000 }, (_, i) => range(2 * i, 2 * i + 1));
    const all = await gather(realChange(lengths, images, many, options));
    assert.deepEqual(
      all.map((change) => change.range),
      many,
    );
    assert.equal(
      all.reduce((sum, { differing }) => sum + differing, 0),
      1,
    );
  });

  it('can be stopped, and says it plainly when an image was deleted meanwhile', async () => {
    const all = stage({ pages: 8 });
    all.service.foreign.write(DISK, 0, filled(1, 4));
    const before = all.service.foreign.snapshot(DISK);
    all.service.foreign.write(DISK, 0, filled(2));
    const request = { before: all.blob.image(before), after: all.blob.image(), blob: DISK };
    const plan = await planDiff(request, { world: all.world });
    const stopped = AbortSignal.abort();
    await assert.rejects(gather(realChange(plan, request, [range(0, 1)], { world: all.world, signal: stopped })), (error) =>
      isBackupError(error, 'cancelled'),
    );
    assert.equal((await gather(realChange(plan, request, [range(0, 2)], { world: all.world })))[0]!.differing, 1);
    await all.blob.deleteSnapshot(before);
    await assert.rejects(
      gather(realChange(plan, request, [range(0, 1)], { world: all.world })),
      (error) => isBackupError(error, 'snapshotNotFound') && /deleted while they were being compared/.test(error.message),
    );
  });
});

describe('totals of areas', () => {
  it('are exact in every area, also of areas that overlap or are in several pieces', () => {
    const states = fc.array(fc.constantFrom<PageState>('same', 'written', 'cleared'), { minLength: PAGES, maxLength: PAGES });
    fc.assert(
      fc.property(states, fc.array(touched, { maxLength: 4 }), fc.array(fc.nat(PAGES), { maxLength: 4 }), (pages, areas, cuts) => {
        const totals = new AreaTotals(areas.map((bits) => ({ ranges: setOf(bits) })));
        for (const window of changeWindows(pages, cuts)) totals.add(window);
        const bytes = (bits: readonly boolean[], state: PageState) => pages.filter((page, i) => bits[i] && page === state).length * PAGE;
        assert.deepEqual(
          totals.totals.map(({ size, written, cleared }) => ({ size, written, cleared })),
          areas.map((bits) => ({
            size: bits.filter(Boolean).length * PAGE,
            written: bytes(bits, 'written'),
            cleared: bytes(bits, 'cleared'),
          })),
        );
      }),
      { seed: 6302, numRuns: 200 },
    );
  });
});
