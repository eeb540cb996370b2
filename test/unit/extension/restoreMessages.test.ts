import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readKeptRestore, readRestoreAsk, type KeptRestore, type RestoreAsk } from '../../../src/messages/restore.ts';

const asks: RestoreAsk[] = [
  { type: 'choosePoint', point: '2026-11-21T14:00:24.0000001Z' },
  { type: 'acceptWrong', isAccepted: true },
  { type: 'morePoints' },
  { type: 'retryPoints' },
  { type: 'chooseTarget', kind: 'inPlace' },
  { type: 'edit', field: 'name', value: '' },
  { type: 'browse' },
  { type: 'review' },
  { type: 'back' },
  { type: 'restore' },
  { type: 'cancel' },
  { type: 'resume' },
  { type: 'startOver' },
  { type: 'copyCommand' },
  { type: 'copyBlock', id: 'managedDisk.az' },
  { type: 'act', action: 'showLog' },
];

const hostile: [what: string, value: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'review'],
  ['a list', ['review']],
  ['no type', {}],
  ['a type that is no text', { type: 7 }],
  ['an unknown type', { type: 'eval' }],
  ['a name of every object', { type: 'constructor' }],
  ['a point that is no text', { type: 'choosePoint', point: {} }],
  ['a missing point', { type: 'choosePoint' }],
  ['a text without end', { type: 'edit', field: 'name', value: 'x'.repeat(8193) }],
  ['an unknown field', { type: 'edit', field: '__proto__', value: 'x' }],
  ['a field that is no text', { type: 'edit', field: ['name'], value: 'x' }],
  ['a value that is no text', { type: 'edit', field: 'name', value: 1 }],
  ['an unknown kind', { type: 'chooseTarget', kind: 'everything' }],
  ['an unknown action', { type: 'act', action: 'workbench.action.terminal.new' }],
  ['consent that is not yes or no', { type: 'acceptWrong', isAccepted: 'true' }],
  ['a block that is no text', { type: 'copyBlock', id: 3 }],
];

describe('asks of the restore page', () => {
  for (const ask of asks) {
    it(`read ${ask.type}, and nothing that came along`, () => {
      assert.deepEqual(readRestoreAsk({ ...ask, command: 'rm -rf', __proto__: { bad: 1 } }), ask);
    });
  }
  for (const [what, value] of hostile) it(`refuse ${what}`, () => assert.equal(readRestoreAsk(value), undefined));
});

describe('what the restore page keeps', () => {
  const kept: KeptRestore = {
    format: 1,
    backup: 'https://b.example/c/d',
    point: 'p',
    acceptsWrong: false,
    kind: 'file',
    fields: { path: '/tmp/x', tier: 'P4' },
    hasReview: true,
    run: 'r',
  };

  it('is read as it was written', () => {
    assert.deepEqual(readKeptRestore({ scroll: 12, restore: structuredClone(kept) }), kept);
  });

  it('is taken apart field by field', () => {
    const odd = {
      ...kept,
      point: 7,
      run: {},
      acceptsWrong: 'yes',
      hasReview: 1,
      fields: { path: 1, name: 'x', constructor: 'y' },
      more: 'z',
    };
    assert.deepEqual(readKeptRestore({ restore: odd }), {
      ...kept,
      point: undefined,
      hasReview: false,
      run: undefined,
      fields: { name: 'x' },
    });
  });

  for (const [what, change] of Object.entries({
    'another format': { format: 2 },
    'no backup blob': { backup: undefined },
    'an unknown kind': { kind: 'everything' },
    'fields that are none': { fields: null },
  })) {
    it(`is refused with ${what}`, () => assert.equal(readKeptRestore({ restore: { ...kept, ...change } }), undefined));
  }
});
