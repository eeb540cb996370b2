import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDifferenceAsk, type DifferenceAsk } from '../../../src/messages/difference.ts';

const filter = { kind: 'written', area: 2, atLeast: 4096 } as const;
const sort = { by: 'length', descending: true } as const;

const good: DifferenceAsk[] = [
  { type: 'start' },
  { type: 'stop' },
  { type: 'realAll' },
  { type: 'stopReal' },
  { type: 'older' },
  { type: 'remedy', id: 'attach' },
  { type: 'map', start: 0, end: 2 ** 43, cells: 16_384 },
  { type: 'rows', filter, sort, from: 0, count: 5000 },
  { type: 'find', which: 'nearest', offset: 7, filter: { kind: undefined, area: undefined, atLeast: undefined }, sort },
  { type: 'bytes', row: 3, offset: 0 },
  { type: 'real', row: 0 },
  { type: 'export', format: 'csv', filter },
  { type: 'comparePoint', number: 17 },
];

describe('asks of the difference page', () => {
  for (const ask of good) {
    it(`${ask.type} is read, and nothing beside its fields`, () => {
      assert.deepEqual(readDifferenceAsk(structuredClone(ask)), ask);
      assert.deepEqual(readDifferenceAsk({ ...ask, command: 'workbench.action.quit' }), ask);
    });

    it(`${ask.type} with any one field missing or of another kind is dropped`, () => {
      for (const name of Object.keys(ask)) {
        for (const value of [
          undefined,
          null,
          {},
          [],
          -1,
          0.5,
          Number.NaN,
          '1',
          'x',
          { by: 'x', descending: true },
          { kind: 'x' },
          { area: -1 },
        ]) {
          const changed = { ...ask, [name]: value };
          const read = readDifferenceAsk(changed);
          // An empty filter is a filter.
          if (
            name === 'filter' &&
            value &&
            !Array.isArray(value) &&
            Object.keys(value).every((key) => key === 'by' || key === 'descending')
          )
            continue;
          assert.equal(read, undefined, `${name}: ${JSON.stringify(value)}`);
        }
      }
    });
  }

  it('that would be too much, or are none, are dropped', () => {
    const bad = [
      { type: 'map', start: 0, end: 512, cells: 16_385 },
      { type: 'map', start: 512, end: 512, cells: 1 },
      { type: 'map', start: 0, end: 512, cells: 0 },
      { type: 'rows', filter: {}, sort, from: 0, count: 5001 },
      { type: 'toString' },
      { type: 'start'.toUpperCase() },
      null,
      'start',
      ['start'],
    ];
    for (const value of bad) assert.equal(readDifferenceAsk(value), undefined, JSON.stringify(value));
  });
});
