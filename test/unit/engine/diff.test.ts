import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isBackupError } from '../../../src/engine/errors.ts';
import { addTo, planDiff, runDiff, type DiffRequest } from '../../../src/engine/jobs/diff/diff.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { rangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import { gather, range } from '../../support/engine/pageBits.ts';
import { DISK, filled, stage, type Stage } from '../../support/engine/stage.ts';
import type { Switches } from '../../support/memory/switches.ts';

const OTHER = 'https://disks.example/vhds/other';

async function diff({ world }: Stage, request: DiffRequest) {
  const plan = await planDiff(request, { world });
  const windows = await gather(runDiff(plan, request, { world }));
  return {
    plan,
    windows,
    written: rangeSet(windows.flatMap(({ written }) => written)),
    cleared: rangeSet(windows.flatMap(({ cleared }) => cleared)),
    total: windows.reduce(addTo, { written: 0, cleared: 0, ranges: 0 }),
  };
}

/** A snapshot, then changes: a page written, one written with the same bytes, one cleared. */
function changed(switches: Partial<Switches> = {}) {
  const all = stage({ pages: 12, switches });
  all.service.foreign.write(DISK, 0, filled(1, 4));
  const snapshot = all.service.foreign.snapshot(DISK);
  all.service.foreign.write(DISK, 1 * PAGE, filled(2));
  all.service.foreign.write(DISK, 2 * PAGE, filled(1));
  all.service.foreign.clear(DISK, 3 * PAGE, PAGE);
  all.service.foreign.write(DISK, 9 * PAGE, filled(3));
  const after = all.service.foreign.snapshot(DISK);
  return { all, request: { before: all.blob.image(snapshot), after: all.blob.image(after), blob: DISK } };
}

describe('diff of two images of one blob', () => {
  it('lists pages touched, equal bytes included, without reading one', async () => {
    const { all, request } = changed({ windowSize: 1 });
    const { plan, written, cleared, total, windows } = await diff(all, request);
    assert.equal(plan.by, 'touched');
    assert.deepEqual(written, [range(1, 3), range(9, 10)]);
    assert.deepEqual(cleared, [range(3, 4)]);
    assert.deepEqual(total, { written: 3 * PAGE, cleared: PAGE, ranges: 3 });
    assert.ok(
      windows.every(({ start, end }, i) => end > start && start === (i === 0 ? 0 : windows[i - 1]!.end)),
      'windows tile the disk',
    );
    assert.deepEqual(
      all.service.calls.filter(({ operation }) => operation === 'read'),
      [],
    );
  });

  it('where the service ignores differences, both are read and compared: only what really differs', async () => {
    const { all, request } = changed({ difference: 'ignored' });
    const { plan, written, cleared } = await diff(all, request);
    assert.equal(plan.by, 'content');
    assert.match(plan.reason, /ignores differences/);
    assert.deepEqual(written, [range(1, 2), range(9, 10)]);
    assert.deepEqual(cleared, [range(3, 4)]);
  });

  it('swapped images, a snapshot that is not there, and a blob that was replaced are told in plain words', async () => {
    const { all, request } = changed();
    const swapped = { ...request, before: request.after, after: request.before };
    await assert.rejects(diff(all, swapped), (error) => isBackupError(error, 'previousSnapshotNewer') && /Swap/.test(error.hint ?? ''));
    await assert.rejects(diff(all, { ...request, before: all.blob.image() }), (error) => isBackupError(error, 'badInput'));
    await assert.rejects(diff(all, { ...request, before: all.blob.image('2020-01-01T00:00:00.0000000Z') }), (error) =>
      isBackupError(error, 'snapshotNotFound'),
    );
    all.service.foreign.putBlobOver(DISK, 12 * PAGE);
    await assert.rejects(
      diff(all, { ...request, after: all.blob.image() }),
      (error) => isBackupError(error, 'blobOverwritten') && error.hint !== undefined,
    );
  });
});

describe('diff', () => {
  it('of a snapshot to itself is nothing, and the service is not asked for it', async () => {
    const { all, request } = changed();
    const { plan, windows, total } = await diff(all, { ...request, before: request.after });
    assert.match(plan.reason, /the same snapshot/);
    assert.deepEqual(total, { written: 0, cleared: 0, ranges: 0 });
    assert.deepEqual(rangeSet(windows.flatMap(({ allocated }) => allocated)), [range(0, 3), range(9, 10)]);
    assert.ok(all.service.calls.every(({ operation }) => operation !== 'changedSince'));
  });

  it('tells the pages that the later image holds, whichever way it is had', async () => {
    for (const difference of ['honest', 'ignored'] as const) {
      const { all, request } = changed({ difference, windowSize: 1 });
      const { windows } = await diff(all, request);
      assert.deepEqual(rangeSet(windows.flatMap(({ allocated }) => allocated)), [range(0, 3), range(9, 10)]);
    }
  });

  it('of an image that is deleted meanwhile says so', async () => {
    const { all, request } = changed({ windowSize: 1 });
    const plan = await planDiff(request, { world: all.world });
    const windows = runDiff(plan, request, { world: all.world });
    assert.equal((await windows.next()).done, false);
    await all.blob.deleteSnapshot(request.after.snapshot!);
    await assert.rejects(
      gather(windows),
      (error) => isBackupError(error, 'snapshotNotFound') && /deleted while they were being compared/.test(error.message),
    );
  });
});

describe('diff of any two images', () => {
  it('by content: exactly the pages that differ, whatever lengths and allocations the two have', async () => {
    const disk = fc.array(fc.nat(2), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(disk, disk, fc.constantFrom(1, 1000), async (before, after, windowSize) => {
        const all = stage({ pages: before.length, switches: { windowSize } });
        all.service.foreign.createBlob(OTHER, after.length * PAGE);
        for (const [url, pages] of [
          [DISK, before],
          [OTHER, after],
        ] as const)
          for (const [page, value] of pages.entries()) if (value > 0) all.service.foreign.write(url, page * PAGE, filled(value));
        const images = { before: all.blob.image(), after: all.client.pageBlob(OTHER).image(), blob: undefined };
        const { written, cleared } = await diff(all, images);
        const length = Math.max(before.length, after.length);
        const at = (pages: readonly number[], page: number) => pages[page] ?? 0;
        const where = (holds: (page: number) => boolean) =>
          rangeSet(
            Array.from({ length }, (_, page) => page)
              .filter(holds)
              .map((page) => range(page, page + 1)),
          );
        assert.deepEqual(
          written,
          where((page) => at(after, page) > 0 && at(after, page) !== at(before, page)),
        );
        assert.deepEqual(
          cleared,
          where((page) => at(after, page) === 0 && at(before, page) > 0),
        );
      }),
      { seed: 1001, numRuns: 150 },
    );
  });
});
