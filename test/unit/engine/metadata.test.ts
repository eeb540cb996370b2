import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withOurs, without } from '../../../src/engine/chain/metadata.ts';
import { readOpenRun, writeOpenRun, type OpenRun } from '../../../src/engine/chain/openRun.ts';

const sizeOf = (metadata: Readonly<Record<string, string>>) =>
  Object.entries(metadata).reduce((size, [key, value]) => size + key.length + value.length, 0);

describe('metadata of a blob and ours', () => {
  it('the blob’s own stays and ours is added', () => {
    assert.deepEqual(withOurs({ vm: 'x', pbb_run: 'old' }, { pbb_run: 'new', pbb_chain: 'c' }), {
      vm: 'x',
      pbb_run: 'new',
      pbb_chain: 'c',
    });
  });

  it('8 KiB in all fit, one byte more does not', () => {
    const own = { disk: 'x'.repeat(8192 - 4 - 12) };
    assert.equal(withOurs(own, { pbb_run: '12345' })['pbb_run'], '12345');
    assert.equal(withOurs(own, { pbb_run: '123456' })['pbb_run'], undefined);
  });

  it('where not all fits, ours is dropped first, the last given first; the blob’s own is never touched', () => {
    const long = fc.integer({ min: 1, max: 5000 }).map((length) => 'x'.repeat(length));
    const ours = fc.uniqueArray(fc.tuple(fc.constantFrom('pbb_a', 'pbb_b', 'pbb_c'), long), { selector: ([key]) => key });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('vm', 'disk', 'pbb_a'), long, { maxKeys: 2 }), ours, (own, added) => {
        fc.pre(sizeOf(own) <= 8192);
        const merged = withOurs(own, Object.fromEntries(added));
        assert.ok(sizeOf(merged) <= 8192);
        for (const [key, value] of Object.entries(own)) assert.ok(merged[key] === value || added.some(([ours]) => ours === key));
        // What is left out would not have fitted beside all that was given before it.
        const kept: Record<string, string> = { ...own };
        for (const [key, value] of added) {
          const before = kept[key];
          kept[key] = value;
          if (sizeOf(kept) <= 8192) continue;
          if (before === undefined) delete kept[key];
          else kept[key] = before;
        }
        assert.deepEqual(merged, kept);
      }),
      { seed: 701, numRuns: 300 },
    );
  });

  it('without leaves keys out and the rest as it is', () => {
    assert.deepEqual(without({ a: '1', b: '2', c: '3' }, 'a', 'c', 'z'), { b: '2' });
  });
});

describe('the record of the open run', () => {
  const run: OpenRun = {
    run: 'r',
    kind: 'incremental',
    source: 'https://disks.example/vhds/Größe-😀.vhd',
    lease: 'l',
    parent: 3,
    startedOn: '2026-01-01T00:00:00.000Z',
    snapshot: '2026-01-01T00:00:00.0000001Z',
    applied: 2 ** 43,
    attempt: 'a',
    paused: true,
  };

  it('is ASCII, as header values must be, and reads back as it was, whatever it holds', () => {
    const text = writeOpenRun(run);
    assert.match(text, /^[\x20-\x7e]*$/);
    assert.deepEqual(readOpenRun({ pbb_open: text }), run);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const source = text.replaceAll('?', '');
        const written = writeOpenRun({ ...run, source });
        assert.match(written, /^[\x20-\x7e]*$/);
        assert.equal(readOpenRun({ pbb_open: written })?.source, source);
      }),
      { seed: 702, numRuns: 300 },
    );
  });

  it('is absent where there is none or it is no such record', () => {
    for (const text of [
      '',
      '{',
      'null',
      '7',
      '"r"',
      '[]',
      '{"run":"r","lease":"l"}',
      '{"run":1,"lease":"l","applied":0}',
      '{"run":"r","lease":"l","applied":"9"}',
      '{"run":"r","lease":"l","applied":0}',
      '{"run":"r","lease":"l","applied":0,"source":"https://a.example/c/b?sig=theirs"}',
      '{"run":"r","lease":"l","applied":0,"source":"https://a.example/c/b?snapshot=1&sig=theirs"}',
    ])
      assert.equal(readOpenRun({ pbb_open: text }), undefined, text);
    assert.equal(readOpenRun({}), undefined);
  });
});
