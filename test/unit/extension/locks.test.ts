import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KEY } from '../../../src/engine/chain/metadata.ts';
import { writeOpenRun } from '../../../src/engine/chain/openRun.ts';
import type { Need } from '../../../src/engine/jobs/points/needs.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import type { TreeNode } from '../../../src/extension/tree/node.ts';
import { BACKUP, CATALOGUE, SOURCE } from '../../support/chain/memoryChain.ts';
import { TreeRig } from '../../support/tree/treeRig.ts';

const HOUR = 3_600_000;

/** A chain of three points, hours apart; the two newest snapshots of the disk stay. */
async function chained(): Promise<TreeRig> {
  const rig = await new TreeRig().open();
  for (let i = 0; i < 3; i++) {
    if (i > 0) rig.chain.world.jump(HOUR);
    rig.chain.write(i, i + 1);
    await rig.chain.backup({ keepSourceSnapshots: 2 });
  }
  return rig;
}

/** All recovery points and snapshots below both accounts, however deep. */
async function allRows(rig: TreeRig, node?: TreeNode): Promise<TreeNode[]> {
  const rows = await rig.rows(node);
  await rig.settle();
  const below = await Promise.all(rows.filter((row) => !row.row().isLeaf).map((row) => allRows(rig, row)));
  return [...rows.filter(({ kind }) => kind === 'point' || kind === 'snapshot'), ...below.flat()];
}

function needsOf(row: TreeNode): readonly Need[] {
  return row.kind === 'point' ? row.needs : row.kind === 'snapshot' ? row.facts.needs : [];
}

/**
 * What the rows show as locked, by their ids, after what they say was set beside what the question before a deletion says.
 * @returns `<label> <icon>: <kinds of need>`
 */
async function agreedLocks(rig: TreeRig): Promise<string[]> {
  const { lossOf, breaksChain } = await import('../../../src/extension/commands/snapshots/loss.ts');
  const { rowOf, snapshotOf } = await import('../../../src/extension/commands/rows.ts');
  const rows = await allRows(rig);
  const locked = new Set<string>();
  for (const row of rows) {
    if (row.kind === 'point' && row.point.state === 'missing') continue;
    const ref = snapshotOf(rowOf(row)!)!;
    const loss = await lossOf(ref, { session: rig.session, job: { world: rig.chain.world } });
    const needs = needsOf(row);
    const { label, icon, speech } = row.row();
    assert.deepEqual(loss.kind === 'needed' ? loss.needs : [], needs, label);
    assert.equal(breaksChain(loss), needs.length > 0, `${label} ${loss.kind}`);
    assert.equal(speech.includes('Locked. '), needs.length > 0, speech);
    assert.equal(row.card().includes('Locked\\. '), needs.length > 0, row.card());
    if (needs.length > 0) locked.add(`${label} ${icon.id}: ${needs.map(({ kind }) => kind).join(', ')}`);
  }
  return [...locked].sort();
}

describe('what is shown as locked', () => {
  it('is the anchor and the newest point, and just that is what deleting asks twice for', async () => {
    const rig = await chained();
    assert.deepEqual(await agreedLocks(rig), ['1 Jan 02:00 lock: anchor', '1 Jan 02:00 lock: newestPoint']);
    const rows = await allRows(rig);
    const newest = rows.find((row) => row.kind === 'point' && row.isNewest)!;
    assert.deepEqual(newest.row().icon, { id: 'lock', color: 'testing.iconPassed' }, 'the colour still tells that it is proven');
    assert.match(newest.row().description, /proven$/);
    assert.match(newest.row().speech, /proven\. Locked\. It is recovery point 3, the newest of its chain: the next backup builds on it\.$/);
    assert.match(
      newest.card().replaceAll('\\', ''),
      /Locked\. It is recovery point 3.* Without it, that state of the disk is lost, and the next backup has to compare the whole disk \(8 KiB to read, about/,
    );
    const anchor = rows.find((row) => row.kind === 'snapshot' && row.facts.role === 'anchor')!;
    assert.match(anchor.card().replaceAll('\\', ''), /Without it, the next backup has to compare the whole disk \(8 KiB to read/);
  });

  it('is what somebody holds', async () => {
    const rig = await chained();
    await rig.chain.service.recordStore(CATALOGUE).create('000001.hold-me.json', '{}');
    assert.deepEqual(await agreedLocks(rig), ['1 Jan 00:00 lock: held', '1 Jan 02:00 lock: anchor', '1 Jan 02:00 lock: newestPoint']);
    await rig.chain.service.recordStore(CATALOGUE).create('000003.hold-me.json', '{}');
    rig.trees.refresh();
    assert.ok((await agreedLocks(rig)).includes('1 Jan 02:00 lock: held, newestPoint'));
  });

  it('is the newest good point, where a newer one is gone or was found wrong', async () => {
    const rig = await chained();
    const store = rig.chain.service.recordStore(CATALOGUE);
    await store.create('000003.proof-failed-x.json', '{}');
    assert.deepEqual(await agreedLocks(rig), ['1 Jan 01:00 lock: lastGood', '1 Jan 02:00 lock: anchor']);
    const [, , newest] = await rig.chain.entries();
    rig.chain.service.foreign.deleteSnapshot(BACKUP, newest!.backup.snapshot);
    rig.trees.refresh();
    assert.deepEqual(await agreedLocks(rig), ['1 Jan 01:00 lock: lastGood', '1 Jan 02:00 lock: anchor']);
  });

  it('keeps its sign where a point was found wrong', async () => {
    const rig = await chained();
    const store = rig.chain.service.recordStore(CATALOGUE);
    await store.create('000001.hold-me.json', '{}');
    await store.create('000001.proof-failed-x.json', '{}');
    assert.ok((await agreedLocks(rig)).includes('1 Jan 00:00 error: held'));
  });

  it('is the point that a rewind needs which is not finished', async () => {
    const rig = await chained();
    const [first] = await rig.chain.entries();
    const source = rig.chain.service.pageBlob(BACKUP).image(first!.backup.snapshot).label;
    const open = { run: 'r', kind: 'rewind', source, lease: 'l', parent: 0, startedOn: '', applied: 0 };
    rig.chain.service.foreign.setMetadata(SOURCE, { [KEY.openRun]: writeOpenRun(open) }, 'holder');
    assert.ok((await agreedLocks(rig)).includes('1 Jan 00:00 lock: restore'));
  });

  it('is what an interrupted backup goes on with', async () => {
    const rig = await chained();
    rig.chain.world.jump(HOUR);
    rig.chain.write(5, 5);
    // It is stopped after it has taken its snapshot of the backup blob, before that one is a point.
    rig.chain.service.interceptor = ({ operation, args: { name } }) =>
      operation === 'recordCreate' && name === '000004.json' ? { kind: 'throw', error: new BackupError('accessDenied', 'No.') } : undefined;
    await assert.rejects(rig.chain.backup({ keepSourceSnapshots: 2 }));
    rig.chain.service.interceptor = undefined;
    for (const state of ['running', 'interrupted']) {
      const locks = await agreedLocks(rig);
      assert.equal(locks.filter((lock) => lock.endsWith('lock: openRun')).length, 1, locks.join(', '));
      const open = (await allRows(rig)).filter((row) => row.kind === 'snapshot' && row.facts.role === 'open');
      assert.deepEqual(
        open.map((row) => `${row.row().item} ${row.row().icon.id}`),
        ['snapshot.open.onDisk lock', 'snapshot.open.onBackup lock'],
        state,
      );
      // Its lease runs out.
      rig.chain.world.jump(61_000);
      rig.trees.refresh();
    }
  });
});
