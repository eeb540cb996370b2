import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PointRow } from '../../../src/messages/restore.ts';
import { BARS, timelineShape, walk } from '../../../webview/restore/timelineShape.ts';

/** Newest first, as the extension sends them. */
function rowsOf(...points: Partial<PointRow>[]): PointRow[] {
  const ordinary = {
    label: '',
    day: '1 Nov',
    description: '',
    exact: '',
    speech: '',
    kind: 'incremental',
    proof: 'all',
    changed: 1,
    time: undefined,
  } as const;
  return points.map((point, i) => Object.assign({ id: `point ${points.length - i}` }, ordinary, point));
}

describe('the timeline', () => {
  it('has the oldest point left, and a slot for each', () => {
    const { bars, slot, width } = timelineShape(rowsOf({}, {}, {}));
    assert.deepEqual(
      bars.map(({ row, x }) => [row.id, x]),
      [
        ['point 1', 0],
        ['point 2', slot],
        ['point 3', 2 * slot],
      ],
    );
    assert.equal(width, 3 * slot);
  });

  it('shows small changes beside a full backup, and one of nothing', () => {
    const { bars } = timelineShape(rowsOf({ changed: 0 }, { changed: 2 ** 24 }, { changed: 2 ** 30 }));
    const [full, small, nothing] = bars.map(({ height }) => height) as [number, number, number];
    assert.equal(full, BARS);
    assert.ok(small > nothing && small < full, `${small}`);
    assert.ok(nothing >= 2, `${nothing}`);
  });

  it('can be drawn of none, and of points without a size', () => {
    assert.deepEqual(timelineShape([]), { slot: 22, width: 0, bars: [], days: [] });
    for (const { height } of timelineShape(rowsOf({ changed: 0 }, { changed: 0 })).bars) assert.ok(height > 0 && height <= BARS);
  });

  it('keeps hundreds of points within reach of a mouse and of the eye', () => {
    const { slot, width } = timelineShape(rowsOf(...Array.from({ length: 500 }, () => ({}))));
    assert.ok(slot >= 8);
    assert.equal(width, 500 * slot);
  });

  it('names each day once, where there is room for it', () => {
    // The oldest does not tell its time.
    const days = ['3 Nov', '3 Nov', '2 Nov', '1 Nov', '1 Nov', '1 Nov', ''];
    const shape = timelineShape(rowsOf(...days.map((day) => ({ day }))));
    assert.deepEqual(
      shape.days.map(({ text, x }) => [text, x / shape.slot]),
      [
        ['1 Nov', 1],
        // The 2nd is one slot before the 3rd: both would lie over one another.
        ['2 Nov', 4],
      ],
    );
  });

  describe('walked through by keys', () => {
    const rows = rowsOf({}, {}, { proof: 'missing' }, {}, {});
    const cases: [from: string | undefined, key: string, to: string | undefined][] = [
      ['point 5', 'ArrowDown', 'point 4'],
      ['point 5', 'ArrowLeft', 'point 4'],
      ['point 4', 'ArrowDown', 'point 2'],
      ['point 2', 'ArrowUp', 'point 4'],
      ['point 2', 'ArrowRight', 'point 4'],
      ['point 5', 'ArrowUp', 'point 5'],
      ['point 1', 'ArrowDown', 'point 1'],
      [undefined, 'ArrowDown', 'point 5'],
      [undefined, 'ArrowUp', 'point 5'],
      ['point 2', 'Home', 'point 5'],
      ['point 2', 'End', 'point 1'],
      ['point 5', 'PageDown', 'point 1'],
      ['point 1', 'PageUp', 'point 5'],
      ['point 5', 'a', undefined],
      ['point 5', 'Tab', undefined],
    ];
    for (const [from, key, to] of cases) {
      it(`${key} from ${from} goes to ${to}`, () => assert.equal(walk(rows, from, key), to));
    }

    it('nowhere, where there is none', () => {
      assert.equal(walk([], undefined, 'Home'), undefined);
      assert.equal(walk(rowsOf({ proof: 'missing' }), undefined, 'ArrowDown'), undefined);
    });
  });
});
