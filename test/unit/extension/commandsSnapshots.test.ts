import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { COMMANDS, ROW_COMMANDS } from '../../../src/extension/names.ts';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import { KEY } from '../../../src/engine/chain/metadata.ts';
import { resultOf } from '../../../src/engine/events.ts';
import { safetyMark } from '../../../src/engine/jobs/promote/safetyMark.ts';
import { planRewind, runRewind } from '../../../src/engine/jobs/restore/rewind.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { CommandRig, diskRow, snapshotRow } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';

let rig: CommandRig;
afterEach(() => rig.close());

/** A chain of three points. */
async function chained(): Promise<CatalogueEntry[]> {
  rig = await CommandRig.open();
  for (let i = 0; i < 3; i++) {
    rig.chain.write(i, i + 1);
    await rig.chain.backup({ keepSourceSnapshots: 3 });
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

async function idsOf(url: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of rig.chain.service.pageBlob(url).snapshots()) ids.push(id);
  return ids;
}

const modals = () => user.seen.filter(({ modal }) => modal);

describe('Delete Snapshot', () => {
  it('asks twice before it breaks a chain: the anchor', async () => {
    const [, , newest] = await chained();
    const anchor = newest!.source.snapshot;
    user.answers(/Delete the snapshot/, 'Delete All the Same…');
    await rig.run(COMMANDS.deleteSnapshot, snapshotRow(SOURCE, anchor));
    assert.equal(modals().length, 2);
    assert.match(
      modals()[0]!.detail!,
      /It is the anchor of the chain to backups\/disk\.vhd: .* Without it, the next backup has to compare the whole disk \(8 KiB to read, about /,
    );
    assert.match(modals()[1]!.text, /^This breaks the chain\. Delete 1 Jan 00:00:\d\d of disk\.vhd all the same\?$/);
    assert.deepEqual(modals()[1]!.choices, ['Break the Chain']);
    assert.ok((await idsOf(SOURCE)).includes(anchor), 'once told is not enough');

    user.answers(/Delete the snapshot/, 'Delete All the Same…');
    user.answers(/This breaks the chain/, 'Break the Chain');
    await rig.run(COMMANDS.deleteSnapshot, snapshotRow(SOURCE, anchor));
    assert.ok(!(await idsOf(SOURCE)).includes(anchor));
    assert.equal((await rig.chain.backup()).kind, 'rebase');
    assert.deepEqual(await rig.chain.faults(), []);
  });

  it('asks twice for the newest point, once for an older one', async () => {
    const [oldest, , newest] = await chained();
    user.answers(/Delete the snapshot/, 'Delete All the Same…');
    await rig.run(COMMANDS.deleteSnapshot, pointRow(newest!));
    assert.match(modals()[0]!.detail!, /It is recovery point 3, the newest of its chain: .* Without it, that state of the disk is lost/);
    assert.equal(modals().length, 2);

    user.reset();
    user.answers(/Delete the snapshot/, 'Delete');
    await rig.run(COMMANDS.deleteSnapshot, pointRow(oldest!));
    assert.match(
      modals()[0]!.detail!,
      /It is recovery point 1: the disk can no longer be restored to that moment\. Other points and the next backup do not need it\./,
    );
    assert.equal(modals().length, 1);
    assert.deepEqual(
      await idsOf(BACKUP),
      (await rig.chain.entries()).slice(1).map(({ backup }) => backup.snapshot),
    );
    assert.deepEqual(rig.asked, [`changed ${BACKUP}`]);
  });

  it('deletes several with one question, and the chain goes on', async () => {
    const [first, second] = await chained();
    const foreign = await rig.chain.service.pageBlob(SOURCE).createSnapshot({});
    const rows = [first!.source.snapshot, second!.source.snapshot, foreign].map((id) => snapshotRow(SOURCE, id));
    user.answers(/^Delete 3 snapshots\?$/, 'Delete');
    await rig.run(COMMANDS.deleteSnapshot, rows[0], rows);
    assert.equal(modals().length, 1);
    assert.equal(modals()[0]!.detail!.match(/No chain needs it\./g)!.length, 3);
    assert.equal((await idsOf(SOURCE)).length, 1);
    assert.equal((await rig.chain.backup()).kind, 'unchanged');
  });

  it('asks twice for the snapshot of a run that is not finished', async () => {
    await chained();
    rig.chain.write(5, 5);
    rig.chain.service.interceptor = ({ operation }) =>
      operation.startsWith('writePages') ? { kind: 'throw', error: new BackupError('accessDenied', 'No.') } : undefined;
    await assert.rejects(rig.chain.backup());
    rig.chain.service.interceptor = undefined;
    const open = (await idsOf(SOURCE)).at(-1)!;
    await rig.run(COMMANDS.deleteSnapshot, snapshotRow(SOURCE, open));
    assert.match(modals()[0]!.detail!, /A run that is not finished needs it/);
    assert.deepEqual(modals()[0]!.choices, ['Delete All the Same…']);
  });

  it('says what is lost with the snapshot that a rewind took before it wrote, as its card does', async () => {
    const [first] = await chained();
    const request = { ...rig.chain.request(), disk: rig.chain.service.pageBlob(SOURCE), point: first!.backup.snapshot };
    const options = { world: rig.chain.world };
    const { safetySnapshot } = await resultOf(runRewind(await planRewind(request, options), request, options));
    const { snapshotCard } = await import('../../../src/extension/words/snapshot.ts');
    const { roleWithoutChain } = await import('../../../src/extension/tree/chains/snapshotRoles.ts');
    const listed = await Array.fromAsync(rig.chain.service.pageBlob(SOURCE).snapshots());
    const { id, metadata } = listed.find((snapshot) => snapshot.id === safetySnapshot)!;
    const item = { id, metadata, length: 8192 };
    const card = snapshotCard({ item, role: roleWithoutChain(item), point: undefined, needs: [] }, rig.voice).replaceAll('\\', '');
    const sentence = 'It holds the disk as it was before a rewind wrote to it. Perhaps nothing else does.';
    assert.ok(card.includes(sentence), card);
    user.answers(/Delete the snapshot/, 'Delete');
    await rig.run(COMMANDS.deleteSnapshot, snapshotRow(SOURCE, safetySnapshot));
    assert.ok(modals()[0]!.detail!.startsWith(`${sentence} No chain needs it.`), modals()[0]!.detail);
    assert.equal(modals().length, 1);
    assert.ok(!(await idsOf(SOURCE)).includes(safetySnapshot));
  });

  it('says what is lost with the snapshot that a promotion took before it', async () => {
    await chained();
    const id = await rig.chain.service.pageBlob(SOURCE).createSnapshot({ [KEY.attempt]: safetyMark('etag').value });
    await rig.run(COMMANDS.deleteSnapshot, snapshotRow(SOURCE, id));
    assert.match(
      modals()[0]!.detail!,
      /^It holds the blob as it was before another snapshot was promoted over it\. Perhaps nothing else does\./,
    );
  });

  it('asks twice where the chain cannot be asked', async () => {
    const [first] = await chained();
    rig.chain.service.interceptor = ({ url }) =>
      url.startsWith('https://backups.example')
        ? { kind: 'throw', error: new BackupError('accessDenied', 'No access to backups.') }
        : undefined;
    await rig.run(COMMANDS.deleteSnapshot, snapshotRow(SOURCE, first!.source.snapshot));
    assert.match(modals()[0]!.detail!, /Whether a chain needs it could not be found out\. No access to backups\./);
    assert.deepEqual(modals()[0]!.choices, ['Delete All the Same…']);
  });

  it('does not mind a snapshot that is gone already', async () => {
    const [first] = await chained();
    await rig.chain.service.pageBlob(BACKUP).deleteSnapshot(first!.backup.snapshot);
    user.answers(/Delete the snapshot/, 'Delete');
    await rig.run(COMMANDS.deleteSnapshot, pointRow(first!));
    assert.deepEqual(
      user.seen.filter(({ kind }) => kind === 'error'),
      [],
    );
  });
});

describe('Take Snapshot', () => {
  it('takes one that no chain takes for its own, and keeps the metadata', async () => {
    await chained();
    await rig.chain.service.pageBlob(SOURCE).setMetadata({ owner: 'web' });
    await rig.run(COMMANDS.takeSnapshot, diskRow);
    assert.match(
      user.seen[0]!.text,
      /^Took a snapshot of disk\.vhd: 1 Jan 00:00\. It lies in the account of the disk and is lost with it; it is no backup\.$/,
    );
    let last: Readonly<Record<string, string>> = {};
    for await (const { metadata } of rig.chain.service.pageBlob(SOURCE).snapshots()) last = metadata;
    assert.deepEqual(Object.keys(last).sort(), ['owner', 'pbb_taken']);
    assert.deepEqual(rig.asked, [`changed ${SOURCE}`]);
  });
});

describe('Copy Snapshot to…', () => {
  it('asks where to and copies the point', async () => {
    const [first] = await chained();
    user.answers(/Storage account/, 'backups');
    user.answers(/Container/, 'backups');
    user.answers(/Name of the copy/, '=');
    await rig.run(COMMANDS.copySnapshot, pointRow(first!));
    const [run] = rig.runs.all();
    assert.equal(run!.state, 'done');
    assert.ok(run!.spec.job === 'copy' && /^https:\/\/backups\.example\/backups\/disk-20260101-\d{6}\.vhd$/.test(run!.spec.target));
    assert.match(run!.outcome!, /^Copied disk\.vhd to backups \/ backups\/disk-.*: 8 KiB, /);
    const target = run!.spec.job === 'copy' ? run!.spec.target : '';
    assert.deepEqual(rig.chain.service.bytesOf(target), rig.chain.service.bytesOf(BACKUP, first!.backup.snapshot));
  });
});

describe('Verify Recovery Point', () => {
  it('verifies one point, and all of a chain', async () => {
    const [first] = await chained();
    await rig.run(COMMANDS.verify, pointRow(first!));
    assert.match(rig.runs.all()[0]!.outcome!, /^Recovery point 1 of disk\.vhd matches the disk: 512 bytes read from both\.$/);
    await rig.run(COMMANDS.verify, { kind: 'chain', url: BACKUP, backup: BACKUP, source: undefined });
    assert.match(rig.runs.all()[0]!.outcome!, /^No fault was found in disk\.vhd: 3 points compared with the disk, 3 KiB read from both\.$/);
  });

  it('tells of a point that is wrong as an error, with the log at hand', async () => {
    const [first] = await chained();
    await rig.chain.service.pageBlob(BACKUP).deleteSnapshot(first!.backup.snapshot);
    await rig.run(COMMANDS.verify, { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE });
    const told = user.seen.at(-1)!;
    assert.equal(told.kind, 'error');
    assert.match(
      told.text,
      /^Recovery point 1 of disk\.vhd is wrong: Its snapshot is gone: it was deleted outside this tool\..* The others are unharmed; the next backup builds on no point that failed\.$/,
    );
    assert.deepEqual(told.choices, ['Show Log']);
    assert.equal(rig.runs.all()[0]!.state, 'failed');
  });
});

describe('Verify All Backups…', () => {
  const container = { kind: 'container', account: { id: 'b', name: 'backups', endpoint: 'https://backups.example' }, name: 'backups' };

  it('verifies every chain of a container or of an account that is asked for, and says that nothing is wrong', async () => {
    await chained();
    await rig.run(COMMANDS.verifyAll, container);
    assert.match(rig.runs.all()[0]!.outcome!, /^No fault was found in 1 backup of backups: 3 KiB compared with the disks\.$/);
    user.answers(/Storage account that holds the backups/, 'backups');
    await rig.run(COMMANDS.verifyAll);
    const [run] = rig.runs.all();
    assert.deepEqual([run!.state, run!.spec.job === 'verifyAll' && run!.spec.container], ['done', undefined]);
  });

  it('says what is wrong and what to do, and only that; nothing else is trouble', async () => {
    const [, , newest] = await chained();
    const { pages } = rig.chain.service.ledger.content(BACKUP, newest!.backup.snapshot);
    pages.put({ start: 0, end: 512 }, 0, new Uint8Array(512).fill(77));
    await rig.run(COMMANDS.verifyAll, { kind: 'account', account: { id: 'b', name: 'backups', endpoint: 'https://backups.example' } });
    const told = user.seen.at(-1)!;
    assert.deepEqual([told.kind, told.choices], ['error', ['Show Log']]);
    assert.match(
      told.text,
      /^A wrong recovery point was found: point 3 of disk\.vhd\. Do not restore it\. Back the disk up now: that compares the whole disk, and makes a right point\.$/,
    );
    assert.ok(rig.logged.some((line) => /point 3 is wrong\. 512 bytes differ/.test(line)));
  });

  it('goes on past a container that cannot be listed, and says so where there is nothing', async () => {
    await chained();
    rig.containers = { 'https://backups.example': ['backups', 'gone'], 'https://disks.example': ['vhds'] };
    const account = (name: string) => ({ kind: 'account', account: { id: name, name, endpoint: `https://${name}.example` } });
    await rig.run(COMMANDS.verifyAll, account('backups'));
    assert.match(user.seen.at(-1)!.text, /^gone could not be verified: .*No fault was found in 1 other backup\.$/);
    await rig.run(COMMANDS.verifyAll, account('disks'));
    assert.match(user.seen.at(-1)!.text, /^There are no backups in https:\/\/disks\.example\. Nothing was verified\./);
  });

  it('speaks of several wrong points as such', async () => {
    const [first, , newest] = await chained();
    for (const { backup } of [first!, newest!]) {
      const { pages } = rig.chain.service.ledger.content(BACKUP, backup.snapshot);
      pages.put({ start: 0, end: 512 }, 0, new Uint8Array(512).fill(77));
    }
    await rig.run(COMMANDS.verifyAll, container);
    assert.match(
      user.seen.at(-1)!.text,
      /^Wrong recovery points were found: points \d, \d of disk\.vhd\. Do not restore them\. Back up the disks whose newest point is wrong: /,
    );
  });

  it('is not begun a second time while it runs, and says what is under way', async () => {
    await chained();
    const { begin, gate } = { begin: Promise.withResolvers<void>(), gate: Promise.withResolvers<void>() };
    rig.intercept = async (_, open) => {
      begin.resolve();
      await gate.promise;
      return open();
    };
    const first = rig.run(COMMANDS.verifyAll, container);
    await begin.promise;
    await rig.run(COMMANDS.verifyAll, container);
    assert.equal(user.seen.at(-1)!.text, 'Verification of all backups of backups is under way already. Nothing was started.');
    gate.resolve();
    await first;
  });

  it('stops when told so, and can be begun again', async () => {
    await chained();
    rig.chain.service.interceptor = ({ operation }) => {
      const [run] = rig.runs.all();
      if (operation === 'read' && run?.state === 'running') rig.runs.cancel(run.id);
      return undefined;
    };
    await rig.run(COMMANDS.verifyAll, container);
    assert.equal(rig.runs.all()[0]!.state, 'resumable');
    assert.match(user.seen.at(-1)!.text, /was stopped.* No blob was changed\. What was found up to then is recorded beside the backups\.$/);
  });
});

describe('small commands', () => {
  it('say so where VS Code has lost the row, which happens while rows above it are drawn again', async () => {
    rig = await CommandRig.open();
    for (const id of ROW_COMMANDS) {
      await rig.run(id, undefined, undefined);
      const told = user.seen.pop()!;
      assert.deepEqual([told.kind, told.modal], ['info', false], id);
      assert.match(told.text, /nothing was done\. Please try once more\.$/);
    }
    assert.deepEqual([rig.asked, user.seen], [[], []]);
  });

  it('copy URLs without a SAS', async () => {
    const [first] = await chained();
    await rig.run(COMMANDS.copyUrl, diskRow, [diskRow, pointRow(first!)]);
    assert.deepEqual(user.clipboard, [`${SOURCE}\n${BACKUP}?snapshot=${first!.backup.snapshot}`]);
  });

  it('reveal the backup of a disk, or say why not', async () => {
    await chained();
    await rig.run(COMMANDS.revealBackup, diskRow);
    assert.deepEqual(rig.asked, [`reveal ${BACKUP}`]);
    rig.canReveal = false;
    user.answers(/not among your accounts/, 'Attach Account…');
    await rig.run(COMMANDS.revealBackup, BACKUP);
    assert.deepEqual(rig.asked.slice(1), [`reveal ${BACKUP}`, 'attach']);
  });

  it('detach an account only when told so', async () => {
    rig = await CommandRig.open();
    const row = { kind: 'account', account: { id: 'a', name: 'disks' } };
    await rig.run(COMMANDS.detachAccount, row);
    assert.deepEqual(rig.asked, []);
    user.answers(/Detach disks\?/, 'Detach');
    await rig.run(COMMANDS.detachAccount, row);
    assert.deepEqual(rig.asked, ['detach a']);
    await rig.run(COMMANDS.pinAccount, row);
    await rig.run(COMMANDS.unpinAccount, row, [row]);
    assert.deepEqual(rig.asked.slice(1), ['pin a true', 'pin a false']);
  });

  it('hand on what trees and accounts do', async () => {
    rig = await CommandRig.open();
    for (const id of [COMMANDS.loadMore, COMMANDS.retry]) await rig.run(id, diskRow);
    for (const id of [COMMANDS.refresh, COMMANDS.filter, COMMANDS.clearFilter, COMMANDS.signIn]) await rig.run(id);
    await rig.run(COMMANDS.selectSubscriptions);
    await rig.run(COMMANDS.attachAccount);
    await rig.run(COMMANDS.attachEmulator);
    assert.deepEqual(
      rig.asked.map((each) => each.split(' ')[0]),
      ['loadMore', 'retry', 'refresh', 'filter', 'clearFilter', 'signIn', 'subscriptions', 'attach', 'emulator'],
    );
  });
});

describe('failures of commands', () => {
  const failing: [code: ConstructorParameters<typeof BackupError>[0], kind: string, choices: string[]][] = [
    ['signInNeeded', 'warning', ['Sign In', 'Attach Account…']],
    ['accessDenied', 'error', ['Show Log']],
    ['sasExpired', 'error', ['Attach Account…', 'Show Log']],
    ['busy', 'info', ['Try Again']],
  ];
  for (const [code, kind, choices] of failing) {
    it(`tell ${code} in plain words, with what may mend it`, async () => {
      rig = await CommandRig.open();
      const error = new BackupError(code, 'It did not work.', {
        unharmed: 'Nothing was changed.',
        hint: 'Do this.',
        service: { code: 'SomeCode' },
      });
      rig.chain.service.interceptor = () => ({ kind: 'throw', error });
      await rig.run(COMMANDS.takeSnapshot, diskRow);
      const told = user.seen.at(-1)!;
      assert.deepEqual([told.kind, told.choices], [kind, choices]);
      assert.match(told.text, /^It did not work\. Nothing was changed\. /);
      assert.doesNotMatch(told.text, /SomeCode|Error|at /);
      assert.ok(rig.logged.some((line) => line.startsWith('error It did not work.')));
    });
  }

  it('of a kind that nobody expected keep their stack for the log', async () => {
    rig = await CommandRig.open();
    rig.chain.service.interceptor = () => ({ kind: 'throw', error: new TypeError('x is not a function') as unknown as BackupError });
    await rig.run(COMMANDS.takeSnapshot, diskRow);
    assert.match(user.seen.at(-1)!.text, /^Something happened that Page Blob Backup did not expect\./);
    assert.doesNotMatch(user.seen.at(-1)!.text, /TypeError|function/);
  });

  it('by the user’s own hand are not told', async () => {
    rig = await CommandRig.open();
    rig.chain.service.interceptor = () => ({ kind: 'throw', error: new BackupError('cancelled', 'Stopped.') });
    await rig.run(COMMANDS.takeSnapshot, diskRow);
    assert.deepEqual(user.seen, []);
  });
});
