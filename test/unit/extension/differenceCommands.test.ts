import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { COMMANDS } from '../../../src/extension/names.ts';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { backupRow, CommandRig, diskRow, snapshotRow } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';

let rig: CommandRig;
afterEach(() => rig.close());

async function chained(points = 3): Promise<CatalogueEntry[]> {
  rig = await CommandRig.open();
  for (let i = 0; i < points; i++) {
    rig.chain.write(i, i + 1);
    await rig.chain.backup({ keepSourceSnapshots: points });
  }
  return rig.chain.entries();
}

function pointRow({ number, backup, source }: CatalogueEntry): object {
  return {
    kind: 'point',
    url: `${BACKUP}?snapshot=${backup.snapshot}`,
    backup: BACKUP,
    source: source.url,
    point: { entry: { number }, state: 'good' },
  };
}

/** What was opened last, without the account: `before → after`. */
function opened(): string | undefined {
  const call = user.executed.findLast(([id]) => id === 'vscode.openWith') as
    | [string, { query: string; scheme: string }, string]
    | undefined;
  if (!call) return undefined;
  assert.deepEqual([call[1].scheme, call[2]], ['page-blob-difference', 'pageBlobBackup.difference']);
  const fields = new URLSearchParams(call[1].query);
  return fields.get('churn') ?? `${fields.get('before')} → ${fields.get('after')}`;
}

const point = ({ backup }: CatalogueEntry): string => `${BACKUP}?snapshot=${backup.snapshot}`;
const source = ({ source: { snapshot } }: CatalogueEntry): string => `${SOURCE}?snapshot=${snapshot}`;

describe('Compare with Previous', () => {
  it('compares a recovery point with the one before', async () => {
    const [, second, third] = await chained();
    await rig.run(COMMANDS.compareWithPrevious, pointRow(third!));
    assert.equal(opened(), `${point(second!)} → ${point(third!)}`);
  });

  it('passes over a point whose snapshot is gone', async () => {
    const [first, second, third] = await chained();
    await rig.chain.service.pageBlob(BACKUP).deleteSnapshot(second!.backup.snapshot);
    await rig.run(COMMANDS.compareWithPrevious, pointRow(third!));
    assert.equal(opened(), `${point(first!)} → ${point(third!)}`);
  });

  it('compares a snapshot with the one that the service lists before it', async () => {
    const [first, second] = await chained();
    await rig.run(COMMANDS.compareWithPrevious, snapshotRow(SOURCE, second!.source.snapshot));
    assert.equal(opened(), `${source(first!)} → ${source(second!)}`);
  });

  it('says that the oldest has none, and offers an empty disk', async () => {
    const [first] = await chained();
    await rig.run(COMMANDS.compareWithPrevious, snapshotRow(SOURCE, first!.source.snapshot));
    assert.deepEqual(user.take(), ['info: This is the oldest snapshot: there is none before it.']);
    assert.equal(opened(), undefined);
    user.answers(/no earlier recovery point/, 'Compare with an Empty Disk');
    await rig.run(COMMANDS.compareWithPrevious, pointRow(first!));
    assert.equal(opened(), `empty → ${point(first!)}`);
  });

  it('says that a snapshot is gone', async () => {
    await chained(1);
    await rig.run(COMMANDS.compareWithPrevious, snapshotRow(SOURCE, '2026-01-01T00:00:00.0000009Z'));
    assert.match(user.take()[0]!, /^error: This snapshot is gone/);
  });

  it('is offered when a backup has ended, for its newest point', async () => {
    const [, second, third] = await chained();
    await rig.run(COMMANDS.compareWithPrevious, BACKUP);
    assert.equal(opened(), `${point(second!)} → ${point(third!)}`);
  });

  it('asks from the palette which blob and which state', async () => {
    const [, second, third] = await chained();
    user.answers(/Storage account/, 'disks');
    user.answers(/Container/, 'vhds');
    user.answers(/Page blob/, 'disk.vhd');
    user.answers(/Which state of disk\.vhd/, (shown) => {
      assert.deepEqual(shown.choices, ['now', '1 Jan 00:00:00', '1 Jan 00:00:00', '1 Jan 00:00:00']);
      return 'now';
    });
    await rig.run(COMMANDS.compareWithPrevious);
    assert.ok(second);
    assert.equal(opened(), `${source(third!)} → ${SOURCE}`);
  });
});

describe('Select for Compare', () => {
  it('lets any other image be compared with it, also across the chain', async () => {
    const [first, second] = await chained();
    await rig.run(COMMANDS.selectForCompare, snapshotRow(SOURCE, first!.source.snapshot));
    assert.ok(
      user.executed.some(([id, key, value]) => id === 'setContext' && key === 'pageBlobBackup.hasSelectedForCompare' && value === true),
    );
    assert.match(
      String(user.executed.find(([id]) => id === 'setStatusBarMessage')![1]),
      /^Selected disks \/ vhds\/disk\.vhd · 1 Jan .* 00:00:00/,
    );
    await rig.run(COMMANDS.compareWithSelected, pointRow(second!));
    assert.equal(opened(), `${source(first!)} → ${point(second!)}`);
    await rig.run(COMMANDS.compareWithSelected, diskRow);
    assert.equal(opened(), `${source(first!)} → ${SOURCE}`);
  });

  it('changes nothing when the user turns away', async () => {
    const [first, second] = await chained();
    await rig.run(COMMANDS.selectForCompare, pointRow(first!));
    await rig.run(COMMANDS.selectForCompare);
    await rig.run(COMMANDS.compareWithSelected);
    assert.equal(opened(), undefined);
    await rig.run(COMMANDS.compareWithSelected, pointRow(second!));
    assert.equal(opened(), `${point(first!)} → ${point(second!)}`);
  });
});

describe('Show What Changed Since the Last Backup', () => {
  it('compares the snapshot that the newest point equals with the disk now', async () => {
    const [, , third] = await chained();
    await rig.run(COMMANDS.showChangesSinceBackup, diskRow);
    assert.equal(opened(), `${source(third!)} → ${SOURCE}`);
    user.executed.length = 0;
    await rig.run(COMMANDS.showChangesSinceBackup, { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE });
    assert.equal(opened(), `${source(third!)} → ${SOURCE}`);
  });

  it('reads the recovery point where that snapshot is gone', async () => {
    const [, , third] = await chained();
    await rig.chain.service.pageBlob(SOURCE).deleteSnapshot(third!.source.snapshot);
    await rig.run(COMMANDS.showChangesSinceBackup, diskRow);
    assert.equal(opened(), `${point(third!)} → ${SOURCE}`);
  });

  it('says that there is no backup yet', async () => {
    rig = await CommandRig.open();
    await rig.run(COMMANDS.showChangesSinceBackup, diskRow);
    await rig.run(COMMANDS.showChurn, diskRow);
    assert.deepEqual(user.take(), ['info: There is no backup of this disk yet.', 'info: There is no backup of this disk yet.']);
    assert.equal(opened(), undefined);
  });
});

describe('Show Churn', () => {
  it('opens the chain of a disk, of a backup blob and of a chain', async () => {
    await chained();
    for (const row of [diskRow, backupRow, { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE }]) {
      user.executed.length = 0;
      await rig.run(COMMANDS.showChurn, row);
      assert.equal(opened(), BACKUP);
    }
  });
});
