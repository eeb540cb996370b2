import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KEY } from '../../../src/engine/chain/metadata.ts';
import { writeOpenRun } from '../../../src/engine/chain/openRun.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import { safetyMark } from '../../../src/engine/jobs/promote/safetyMark.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { TreeNode } from '../../../src/extension/tree/node.ts';
import { BACKUP, CATALOGUE, SOURCE } from '../../support/chain/memoryChain.ts';
import { BACKUPS, DISKS, textOf, TreeRig } from '../../support/tree/treeRig.ts';

const HOUR = 3_600_000;

/** A chain of so many points, hours apart, each with a page more. */
async function chained(points: number, apart = HOUR): Promise<TreeRig> {
  const rig = await new TreeRig().open();
  for (let i = 0; i < points; i++) {
    if (i > 0) rig.chain.world.jump(apart);
    rig.chain.write(i % 16, i + 1);
    await rig.chain.backup();
  }
  return rig;
}

/** The row after its chain was looked up in the background. */
async function settledRow(rig: TreeRig, ...labels: string[]): Promise<TreeNode> {
  const row = await rig.row(...labels);
  await rig.settle();
  return row;
}

describe('the tree of accounts', () => {
  it('shows a disk that was never backed up, without the level of an only container', async () => {
    const rig = await new TreeRig().open();
    assert.deepEqual(await rig.texts(), ['disks — attached', 'backups — attached']);
    assert.deepEqual(await rig.texts(await rig.row('disks')), ['disk.vhd — 8 KiB · never backed up']);
    const item = rig.provider.getTreeItem(await rig.row('disks', 'disk.vhd'));
    assert.equal(item.collapsibleState, 0);
    assert.equal(item.contextValue, 'blob.plain');
    assert.equal(item.accessibilityInformation?.label, 'Page blob disk.vhd, 8 KiB: never backed up.');
  });

  it('shows how a disk stands, its chain, its points newest first, and its snapshots', async () => {
    const rig = await chained(3);
    rig.chain.world.jump(2 * HOUR);
    const disk = await settledRow(rig, 'disks', 'disk.vhd');
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · backed up 2 h ago · 3 points');
    assert.equal(disk.row().item, 'blob.chain.good');
    assert.deepEqual(await rig.texts(disk), [
      '→ backups / backups/disk.vhd — backed up 2 h ago · 3 points',
      'Snapshots on the disk — 1 · 1 anchor',
    ]);
    const [chain, snapshots] = await rig.rows(disk);
    assert.deepEqual(await rig.texts(chain), [
      '1 Jan 02:00 — incremental · 512 bytes · proven',
      '1 Jan 01:00 — incremental · 512 bytes · proven',
      '1 Jan 00:00 — full · 512 bytes · proven',
    ]);
    assert.deepEqual(
      (await rig.rows(chain)).map((row) => row.row().item),
      ['point.good.newest', 'point.good', 'point.good'],
    );
    assert.deepEqual(await rig.texts(snapshots), ['1 Jan 02:00 — anchor · point 3']);
  });

  it('hands commands what they need', async () => {
    const rig = await chained(1);
    const disk = await settledRow(rig, 'disks', 'disk.vhd');
    assert.ok(disk.kind === 'blob');
    assert.deepEqual([disk.url, disk.backup, disk.source], [SOURCE, BACKUP, SOURCE]);
    const backup = await settledRow(rig, 'backups', 'disk.vhd');
    assert.ok(backup.kind === 'blob');
    assert.deepEqual([backup.url, backup.backup, backup.source], [BACKUP, BACKUP, SOURCE]);
    const point = await rig.row('disks', 'disk.vhd', /^→/, /Jan/);
    assert.ok(point.kind === 'point');
    const [entry] = await rig.chain.entries();
    assert.deepEqual([point.backup, point.source, point.url], [BACKUP, SOURCE, `${BACKUP}?snapshot=${entry!.backup.snapshot}`]);
    const snapshot = await rig.row('disks', 'disk.vhd', /^Snapshots/, /Jan/);
    assert.ok(snapshot.kind === 'snapshot');
    assert.equal(snapshot.url, `${SOURCE}?snapshot=${entry!.source.snapshot}`);
  });

  it('shows a backup blob as what it is', async () => {
    const rig = await chained(2);
    const backup = await settledRow(rig, 'backups', 'disk.vhd');
    assert.equal(textOf(backup), 'disk.vhd — 8 KiB · backup of disk.vhd · backed up just now · 2 points');
    assert.deepEqual(await rig.texts(backup), ['← disks / vhds/disk.vhd — backed up just now · 2 points']);
    assert.equal(backup.row().item, 'blob.backup.good');
  });

  it('finds the chain of a disk by the catalogue when its snapshots name none', async () => {
    const rig = await chained(1);
    const { source } = (await rig.chain.entries())[0]!;
    rig.chain.service.foreign.deleteSnapshot(SOURCE, source.snapshot);
    assert.match(textOf(await settledRow(rig, 'disks', 'disk.vhd')), /never backed up/);
    await settledRow(rig, 'backups', 'disk.vhd');
    assert.match(textOf(await rig.row('disks', 'disk.vhd')), /backed up just now · 1 point$/);
  });

  it('does not believe a mark that the catalogue does not confirm', async () => {
    const rig = await chained(1);
    const other = 'https://disks.example/vhds/other.vhd';
    rig.chain.service.foreign.createBlob(other, PAGE);
    rig.chain.service.foreign.snapshot(other, { [KEY.backup]: BACKUP, [KEY.run]: 'r' });
    const row = await settledRow(rig, 'disks', 'other.vhd');
    assert.match(textOf(row), /never backed up/);
    assert.deepEqual(await rig.texts(row), ['1 Jan 00:00 — orphan · no point names it']);
  });

  it('tells a newest point that is missing, and one that was found wrong', async () => {
    const rig = await chained(3);
    const entries = await rig.chain.entries();
    rig.chain.service.foreign.deleteSnapshot(BACKUP, entries[2]!.backup.snapshot);
    await rig.chain.service.recordStore(CATALOGUE).create('000001.proof-failed-x.json', '{}');
    const disk = await settledRow(rig, 'disks', 'disk.vhd');
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · newest point is missing: last good 1 h ago');
    assert.equal(disk.row().item, 'blob.chain.newestBad');
    assert.deepEqual(
      (await rig.rows(await rig.row('disks', 'disk.vhd', /^→/))).map((row) => `${row.row().item} ${row.row().icon.id}`),
      ['point.missing.newest circle-slash', 'point.good lock', 'point.failed error'],
    );
  });

  it('tells a backup that is overdue by its own rhythm', async () => {
    const rig = await chained(5, 12 * HOUR);
    rig.chain.world.jump(40 * HOUR);
    assert.match(textOf(await settledRow(rig, 'disks', 'disk.vhd')), /backed up 1 d ago/);
    rig.chain.world.jump(32 * HOUR);
    assert.match(textOf(await rig.row('disks', 'disk.vhd')), /overdue: last good 3 d ago/);
  });

  it('tells a run that was interrupted, and one that somebody is at', async () => {
    const rig = await chained(1);
    const run = {
      run: 'r',
      kind: 'incremental',
      source: SOURCE,
      lease: 'l',
      parent: 1,
      startedOn: '2026-01-01T00:00:00Z',
      applied: 3 * PAGE,
    };
    rig.chain.service.foreign.setMetadata(BACKUP, { [KEY.chain]: 'c', [KEY.openRun]: writeOpenRun({ ...run, paused: true }) });
    const disk = await settledRow(rig, 'disks', 'disk.vhd');
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · interrupted at 18 % · backed up just now · 1 point');
    assert.equal(disk.row().item, 'blob.chain.interrupted');
    rig.chain.service.foreign.setMetadata(BACKUP, { [KEY.chain]: 'c', [KEY.openRun]: writeOpenRun(run) });
    rig.chain.service.foreign.acquireLease(BACKUP, 'l', 60);
    rig.trees.blobChanged(BACKUP);
    await rig.settle();
    assert.match(textOf(disk), /run under way · 1 point/);
  });

  it('knows a chain whose first run was interrupted, before there is any point', async () => {
    const rig = await new TreeRig().open();
    const run = {
      run: 'r',
      kind: 'full',
      source: SOURCE,
      lease: 'l',
      parent: 0,
      startedOn: '2026-01-01T00:00:00Z',
      applied: 8 * PAGE,
      paused: true,
    };
    rig.chain.service.foreign.createBlob(BACKUP, 16 * PAGE, { [KEY.chain]: 'c', [KEY.openRun]: writeOpenRun(run) });
    rig.chain.service.foreign.snapshot(SOURCE, { [KEY.backup]: BACKUP, [KEY.run]: 'r' });
    assert.match(textOf(await settledRow(rig, 'disks', 'disk.vhd')), /interrupted at 50 % · 0 points/);
    assert.match(textOf(await settledRow(rig, 'backups', 'disk.vhd')), /backup of disk.vhd · interrupted at 50 %/);
    const chain = await rig.row('disks', 'disk.vhd', /^→/);
    assert.deepEqual(await rig.texts(chain), ['No recovery point yet. — The first backup run has not been finished.']);
  });

  it('tells of the very first backup of this machine while it runs, when it was interrupted, and no more once it is forgotten', async () => {
    const rig = await new TreeRig().open();
    const disk = await settledRow(rig, 'disks', 'disk.vhd');
    const spec = { job: 'backup', source: SOURCE, backup: BACKUP, full: false, adopt: false } as const;
    rig.runChange(spec, 'running', 0);
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · first backup under way, 0 %');
    rig.runChange(spec, 'running', 41);
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · first backup under way, 41 %');
    assert.deepEqual([disk.row().icon.id, disk.row().item], ['sync', 'blob.plain.running']);
    rig.runChange(spec, 'resumable', 41);
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · first backup interrupted at 41 %');
    assert.deepEqual([disk.row().icon.id, disk.row().item], ['debug-pause', 'blob.plain.interrupted']);
    assert.match(disk.card(), /A run was interrupted.*resume it/);
    rig.runs.length = 0;
    rig.runChanged.fire(undefined);
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · never backed up');
  });

  it('draws the row of the disk again as its first backup gets on', async () => {
    const rig = await new TreeRig().open();
    const disk = await settledRow(rig, 'disks', 'disk.vhd');
    const drawn = new Promise<void>((resolve) => {
      rig.provider.onDidChangeTreeData((nodes) => void ([nodes].flat().includes(disk) && resolve()));
    });
    rig.runChange({ job: 'backup', source: SOURCE, backup: BACKUP, full: false, adopt: false }, 'running', 3);
    await drawn;
  });

  it('shows points whose records cannot be read in their places, for no command', async () => {
    const rig = await chained(3);
    rig.chain.service.interceptor = ({ operation, args }) =>
      operation === 'recordRead' && args['name'] === '000002.json'
        ? { kind: 'throw', error: new BackupError('integrity', 'It is torn.') }
        : undefined;
    const rows = await rig.rows(await rig.row('disks', 'disk.vhd', /^→/));
    assert.deepEqual(rows.map(textOf), [
      '1 Jan 02:00 — incremental · 512 bytes · proven',
      'Point 2 — its record cannot be read',
      '1 Jan 00:00 — full · 512 bytes · proven',
    ]);
    const [newest, unreadable] = rows;
    assert.equal(newest!.row().item, 'point.good.newest');
    assert.equal(unreadable!.row().item, undefined, 'no menu fits it');
    assert.match(unreadable!.card(), /nobody can tell what it holds.*Other points are unharmed/);
    assert.match(unreadable!.card(), /torn/);
  });

  it('names the chains that are known to commands, also where the view of chains was never opened', async () => {
    const rig = await chained(2);
    const other = 'https://backups.example/backups/a.vhd';
    const client = rig.chain.service.client('other');
    await rig.chain.backup({ backup: client.pageBlob(other), catalogue: client.recordStore(`${other}.chain`) });
    const chains = await rig.trees.chains();
    assert.deepEqual(
      chains.map(({ backup, source, knowledge }) => [backup, source, knowledge.state]),
      [
        [other, SOURCE, 'known'],
        [BACKUP, SOURCE, 'known'],
      ],
    );
  });

  it('tells points and snapshots of one minute by their seconds', async () => {
    const rig = await chained(3, 20_000);
    rig.chain.world.jump(HOUR);
    rig.chain.write(9, 1);
    await rig.chain.backup({ keepSourceSnapshots: 9 });
    const labels = (await rig.rows(await rig.row('disks', 'disk.vhd', /^→/))).map((row) => row.row().label);
    assert.match(labels.join(' | '), /^1 Jan 01:00 \| 1 Jan 00:00:4\d \| 1 Jan 00:00:2\d \| 1 Jan 00:00:0\d$/);
  });

  it('tells apart anchor, earlier, orphan, foreign and safety snapshots', async () => {
    const rig = await new TreeRig().open();
    for (let i = 0; i < 3; i++) {
      rig.chain.write(i, i + 1);
      await rig.chain.backup({ keepSourceSnapshots: 2 });
    }
    const { foreign } = rig.chain.service;
    foreign.snapshot(SOURCE, { owner: 'somebody' });
    foreign.snapshot(SOURCE, { [KEY.run]: 'gone', [KEY.backup]: BACKUP });
    foreign.snapshot(SOURCE, { [KEY.run]: 'rewind', [KEY.restore]: 'partial' });
    foreign.snapshot(SOURCE, { [KEY.attempt]: safetyMark('etag').value });
    const group = await rig.row('disks', 'disk.vhd', /^Snapshots/);
    assert.deepEqual(
      (await rig.rows(group)).map((row) => row.row().item),
      ['replaced', 'safety', 'orphan', 'foreign', 'anchor', 'earlier'].map((role) => `snapshot.${role}.onDisk`),
    );
    assert.match(group.row().description, /^6 · 1 anchor$/);
  });

  it('shows what else lies on a backup blob', async () => {
    const rig = await chained(2);
    rig.chain.service.foreign.snapshot(BACKUP, { owner: 'somebody' });
    rig.chain.service.foreign.snapshot(BACKUP, { [KEY.attempt]: 'torn' });
    rig.chain.service.foreign.snapshot(BACKUP, { [KEY.attempt]: safetyMark('etag').value });
    await settledRow(rig, 'backups', 'disk.vhd');
    const group = await rig.row('backups', 'disk.vhd', 'Other snapshots');
    assert.deepEqual(
      (await rig.rows(group)).map((row) => row.row().item),
      ['snapshot.replaced.onBackup', 'snapshot.orphan.onBackup', 'snapshot.foreign.onBackup'],
    );
  });

  it('says that a backup cannot be read, and why', async () => {
    const rig = await chained(1);
    rig.chain.service.interceptor = ({ url }) =>
      url.startsWith(BACKUPS) ? { kind: 'throw', error: rig.denied('The account refuses this user.') } : undefined;
    const disk = await settledRow(rig, 'disks', 'disk.vhd');
    assert.equal(textOf(disk), 'disk.vhd — 8 KiB · backup cannot be read: The account refuses this user.');
    const rows = await rig.rows(await rig.row('disks', 'disk.vhd', /^→/));
    assert.deepEqual(rows.map(textOf), ['No access — The account refuses this user.']);
    rig.chain.service.interceptor = undefined;
    rig.trees.retry(rows[0]);
    await rig.settle();
    assert.match(textOf(disk), /backed up just now/);
  });

  it('tells points of different pages by their seconds too, and forgets that with them', async () => {
    const rig = await chained(201, 1000);
    const chain = await rig.row('disks', 'disk.vhd', /^→/);
    assert.ok(chain.kind === 'chain');
    await rig.rows(chain);
    await chain.pages.more();
    const labels = chain.pages.children.map((row) => row.row().label);
    assert.equal(labels.length, 201);
    assert.equal(new Set(labels).size, 201);
    chain.pages.reset();
    assert.equal(chain.crowded.size, 0);
  });

  it('gives every row an id of its own that a refresh does not change', async () => {
    const rig = await chained(2);
    const ids = async (): Promise<string[]> => {
      const all: string[] = [];
      const walk = async (node?: TreeNode): Promise<void> => {
        for (const row of await rig.rows(node)) {
          all.push(row.id);
          if ('pages' in row) await walk(row);
        }
      };
      await walk();
      return all;
    };
    const before = await ids();
    assert.ok(before.length > 8, String(before.length));
    assert.equal(new Set(before).size, before.length);
    rig.trees.refresh();
    assert.deepEqual(await ids(), before);
  });

  it('escapes what names hold in its tooltips', async () => {
    const rig = await new TreeRig().open();
    rig.chain.service.foreign.createBlob(`${DISKS}/vhds/${encodeURIComponent('[x](command:y) <b>$(z)')}`, PAGE);
    const row = (await rig.rows(await rig.row('disks'))).find((each) => each.row().label.startsWith('[x]'))!;
    const { tooltip } = await rig.provider.resolveTreeItem(rig.provider.getTreeItem(row), row);
    assert.ok(typeof tooltip === 'object');
    assert.match(tooltip.value, /\\\[x\\\]\\\(command\\:y\\\) \\<b\\>\\\$\\\(z\\\)/);
    assert.notEqual(tooltip.isTrusted, true);
  });
});
