import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COLUMNS, LEVELS, diskShape, levelOf } from '../../../webview/restore/diskShape.ts';

const squares = (path: string): number => path.split('M').length - 1;

describe('the picture of a disk', () => {
  it('draws every cell, and those that are written by their share', () => {
    const shape = diskShape([0, 0.001, 0.5, 1], undefined);
    assert.equal(squares(shape.cells), 4);
    assert.deepEqual(shape.written.map(squares), [1, 0, 1, 1]);
    assert.equal(shape.differs, '');
  });

  it('starts another row after each full one', () => {
    assert.equal(
      diskShape(
        Array.from({ length: COLUMNS }, () => 1),
        undefined,
      ).rows,
      1,
    );
    const two = diskShape([...Array.from({ length: COLUMNS }, () => 0), 1], undefined);
    assert.equal(two.rows, 2);
    assert.match(two.written.at(-1)!, /^M0\.06 1\.06h/);
  });

  it('marks what differs, on cells that hold nothing too', () => {
    const { differs } = diskShape([0, 1, 1], [0.0001, 0, 1]);
    assert.equal(squares(differs), 2);
    assert.match(differs, /^M0\.94 0\.94/);
  });

  it('has a strength for every share', () => {
    assert.deepEqual([0.0001, 0.26, 0.51, 0.76, 1, 1.5].map(levelOf), [0, 1, 2, 3, LEVELS - 1, LEVELS - 1]);
  });
});
