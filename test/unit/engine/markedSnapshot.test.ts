import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeMarkedSnapshot } from '../../../src/engine/chain/markedSnapshot.ts';
import { isBackupError } from '../../../src/engine/errors.ts';
import { firstCalls } from '../../support/engine/faultPlans.ts';
import { DISK, stage, type Stage } from '../../support/engine/stage.ts';
import { throttled } from '../../support/memory/refusals.ts';

const MARK = { key: 'pbb_run', value: 'r1' };

const take = ({ blob, tools }: Stage, own: Record<string, string> = {}, signal?: AbortSignal) =>
  takeMarkedSnapshot(blob, MARK, own, { pbb_more: 'x' }, { retrier: tools.retrier, signal });

const live = ({ service }: Stage) => service.oracle.snapshotsEver(DISK).filter(({ deletedBy }) => deletedBy === undefined);

describe('takeMarkedSnapshot', () => {
  it('carries the blob’s own metadata, which Snapshot Blob would else drop, and our mark', async () => {
    const all = stage();
    const id = await take(all, { vm: 'web-1' });
    assert.deepEqual(
      live(all).map((snapshot) => [snapshot.id, snapshot.metadata]),
      [[id, { vm: 'web-1', pbb_run: 'r1', pbb_more: 'x' }]],
    );
  });

  for (const kind of ['lostAnswer', 'dropped', 'duplicate'] as const) {
    it(`when the request suffers "${kind}", a snapshot that exists and bears the mark is the one used`, async () => {
      const all = stage();
      all.service.interceptor = firstCalls('createSnapshot', { kind });
      const id = await take(all);
      assert.ok(live(all).some((snapshot) => snapshot.id === id));
      assert.equal(live(all).length, kind === 'duplicate' ? 2 : 1);
    });
  }

  it('looks before it repeats when the effect is unknown, and does not look when there certainly was none', async () => {
    const all = stage();
    all.service.interceptor = firstCalls('createSnapshot', { kind: 'dropped' });
    await take(all);
    assert.deepEqual(
      all.service.calls.map(({ operation }) => operation),
      ['createSnapshot', 'snapshots', 'createSnapshot'],
    );
    const other = stage();
    other.service.interceptor = firstCalls('createSnapshot', { kind: 'throw', error: throttled() });
    await take(other);
    assert.deepEqual(
      other.service.calls.map(({ operation }) => operation),
      ['createSnapshot', 'createSnapshot'],
    );
  });

  it('is not misled by older snapshots, marks of other runs, and a list of many pages', async () => {
    const all = stage({ switches: { snapshotsPerPage: 1 } });
    for (const run of ['r0', 'r2']) all.service.foreign.snapshot(DISK, { pbb_run: run });
    all.service.interceptor = firstCalls('createSnapshot', { kind: 'lostAnswer' });
    const id = await take(all);
    assert.equal(live(all).find((snapshot) => snapshot.id === id)!.metadata['pbb_run'], 'r1');
    assert.equal(live(all).length, 3);
  });

  it('where the mark does not fit beside the blob’s own metadata the snapshot is taken without it', async () => {
    const all = stage();
    all.service.interceptor = firstCalls('createSnapshot', { kind: 'lostAnswer' });
    const own = { vm: 'x'.repeat(8190) };
    const id = await take(all, own);
    assert.deepEqual(live(all).at(-1)!.metadata, own);
    assert.equal(live(all).at(-1)!.id, id);
  });

  it('gives up when told to, or when the service keeps failing', async () => {
    await assert.rejects(take(stage(), {}, AbortSignal.abort()), (error) => isBackupError(error, 'cancelled'));
    const all = stage();
    all.service.interceptor = firstCalls('createSnapshot', { kind: 'dropped' }, 1000);
    await assert.rejects(take(all), (error) => isBackupError(error, 'network'));
  });
});
