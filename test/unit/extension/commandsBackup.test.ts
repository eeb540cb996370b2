import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { COMMANDS } from '../../../src/extension/names.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { answerWhereTo, backupRow, CommandRig, diskRow } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';
import { GO_BACK } from '../../support/vscode/quickInputs.ts';
import { setSetting } from '../../support/vscode/vscode.ts';

let rig: CommandRig;
afterEach(() => rig.close());

async function backedUp(): Promise<CommandRig> {
  rig = await CommandRig.open();
  rig.chain.write(0, 1, 4);
  await rig.chain.backup();
  return rig;
}

describe('Back Up Incrementally', () => {
  it('asks where to the first time, and never again', async () => {
    rig = await CommandRig.open();
    rig.chain.write(0, 1, 4);
    answerWhereTo();
    await rig.run(COMMANDS.backUp, diskRow);
    const [first] = rig.runs.all();
    assert.equal(first?.state, 'done');
    assert.match(
      first.outcome!,
      /^Backed up disk\.vhd: 2 KiB of 8 KiB copied, [\d.]+ s\. (?:A sample of the pages|Every changed page) was read back and matches\.$/,
    );
    assert.deepEqual(
      user.seen.filter(({ kind }) => kind === 'pick' || kind === 'input').map(({ text }) => text),
      [
        'Back Up Incrementally: disk.vhd | Storage account for the backups of disk.vhd; another one than the disk’s',
        'Back Up Incrementally: disk.vhd | Container for the backup blob and its catalogue',
        'Back Up Incrementally: disk.vhd | Name of the backup blob. Next time one click will do: the chain remembers it.',
      ],
    );

    user.reset();
    rig.chain.write(2, 9);
    await rig.run(COMMANDS.backUp, diskRow);
    assert.deepEqual(
      user.seen.map(({ kind }) => kind),
      ['info'],
    );
    assert.match(user.seen[0]!.text, /^Backed up disk\.vhd: 512 bytes changed of 8 KiB/);
    assert.deepEqual(user.seen[0]!.choices, ['Compare with Previous', 'Show in Tree']);
    assert.deepEqual(
      (await rig.chain.entries()).map(({ kind }) => kind),
      ['full', 'incremental'],
    );
    assert.deepEqual(await rig.chain.faults(), []);
  });

  it('offers the account of the disk last, with the reason, and makes a container', async () => {
    rig = await CommandRig.open();
    user.answers(/Storage account/, ({ choices }) => {
      assert.deepEqual(choices, [
        'backups',
        'disks — The account of the disk itself: a backup there is lost together with it.',
        'Attach Account…',
      ]);
      return 'backups';
    });
    user.answers(/Container for/, ({ choices }) => {
      assert.deepEqual(choices, ['backups', 'Create Container…']);
      return 'Create Container…';
    });
    user.answers(/Name of the new container/, 'Wrong_Name');
    user.answers(/Name of the new container/, 'fresh');
    user.answers(/Name of the backup blob/, 'deep/web.vhd');
    await rig.run(COMMANDS.backUp, diskRow);
    assert.ok(user.take().includes('error: Only lower-case letters, digits and hyphens.'));
    assert.equal(rig.runs.all()[0]!.state, 'done');
    assert.deepEqual(rig.runs.all()[0]!.spec, {
      job: 'backup',
      source: SOURCE,
      backup: 'https://backups.example/fresh/deep/web.vhd',
      full: false,
      adopt: false,
    });
  });

  it('goes back a step, and starts nothing when the user turns away', async () => {
    rig = await CommandRig.open();
    user.answers(/Storage account/, 'disks');
    user.answers(/Container for/, GO_BACK);
    user.answers(/Storage account/, 'backups');
    await rig.run(COMMANDS.backUp, diskRow);
    assert.deepEqual(rig.runs.all(), []);
    assert.equal(user.seen.filter(({ text }) => text.includes('Storage account')).length, 2);
  });

  it('refuses a backup blob, and shows its disk', async () => {
    await backedUp();
    user.answers(/is a backup blob/, 'Show the Disk');
    await rig.run(COMMANDS.backUp, { ...backupRow });
    assert.match(
      user.seen[0]!.text,
      /^disk\.vhd is a backup blob: it holds the recovery points of vhds\/disk\.vhd\. Back up that disk instead\. Nothing was changed\.$/,
    );
    assert.deepEqual(rig.asked, [`reveal ${SOURCE}`]);
    assert.deepEqual(rig.runs.all(), []);
  });

  it('asks anew when the remembered blob is the backup of another disk: snapshots hand their marks on to copies', async () => {
    await backedUp();
    const copy = 'https://disks.example/vhds/copy.vhd';
    rig.chain.service.foreign.createBlob(copy, 8192);
    await rig.chain.service.pageBlob(copy).createSnapshot({ pbb_backup: BACKUP });
    await rig.run(COMMANDS.backUp, { ...diskRow, url: copy, source: copy });
    assert.match(user.seen[0]!.text, /Storage account for the backups of copy\.vhd/);
  });

  it('asks which chain when there are several', async () => {
    await backedUp();
    const other = 'https://backups.example/backups/other.vhd';
    const client = rig.chain.service.client('other');
    await rig.chain.backup({ backup: client.pageBlob(other), catalogue: client.recordStore(`${other}.chain`) });
    user.answers(/several chains/, ({ choices }) => {
      assert.deepEqual(choices, ['backups/other.vhd', 'backups/disk.vhd']);
      return 'backups/disk.vhd';
    });
    rig.chain.write(1, 7);
    await rig.run(COMMANDS.backUp, diskRow);
    assert.deepEqual(rig.runs.all()[0]!.spec, { job: 'backup', source: SOURCE, backup: BACKUP, full: false, adopt: false });
  });

  it('finds the disk by asking when it is called from the palette', async () => {
    await backedUp();
    user.answers(/Storage account/, 'disks');
    user.answers(/Container/, 'vhds');
    user.answers(/Page blob/, ({ choices }) => {
      assert.deepEqual(choices, ['disk.vhd']);
      return 'disk.vhd';
    });
    await rig.run(COMMANDS.backUp);
    assert.match(rig.runs.all()[0]!.outcome!, /^Nothing changed in disk\.vhd since 1 Jan 00:00\. No new point was made\.$/);
  });

  it('backs up several selected disks', async () => {
    await backedUp();
    const second = 'https://disks.example/vhds/second.vhd';
    rig.chain.service.foreign.createBlob(second, 8192);
    const row = { ...diskRow, url: second, source: second };
    answerWhereTo();
    await rig.run(COMMANDS.backUp, diskRow, [diskRow, row]);
    assert.deepEqual(
      rig.runs.all().map(({ state }) => state),
      ['done', 'done'],
    );
  });

  it('takes a blob with other data over only when told so', async () => {
    rig = await CommandRig.open();
    rig.chain.service.foreign.createBlob(BACKUP, 8192);
    rig.chain.service.foreign.write(BACKUP, 0, new Uint8Array(512).fill(3));
    answerWhereTo();
    user.answers(/is not a backup made by this tool/, 'Take It Over…');
    user.answers(/Take over backups\/disk\.vhd\?/, 'Take It Over');
    await rig.run(COMMANDS.backUp, diskRow);
    await rig.idle();
    const refusal = user.seen.find(({ kind }) => kind === 'error')!;
    assert.doesNotMatch(refusal.text, /--adopt/);
    assert.ok(user.seen.some(({ modal, detail }) => modal && /made equal to it/.test(detail ?? '')));
    assert.deepEqual(
      rig.runs.all().map(({ state }) => state),
      ['done', 'failed'],
    );
    assert.deepEqual(await rig.chain.faults(), []);
  });

  it('heeds the settings', async () => {
    await backedUp();
    setSetting('pageBlobBackup.proof', 'full');
    setSetting('pageBlobBackup.transfer', 'relay');
    rig.chain.write(3, 8);
    await rig.run(COMMANDS.backUp, diskRow);
    setSetting('pageBlobBackup.proof', 'default');
    setSetting('pageBlobBackup.transfer', 'auto');
    const [, entry] = await rig.chain.entries();
    assert.equal(entry!.proof.level, 'full');
    assert.equal(entry!.transfer, 'relay');
    assert.match(rig.runs.all()[0]!.outcome!, /Every page was read back and matches\.$/);
  });
});

describe('Back Up Now (Full)', () => {
  it('copies every page', async () => {
    await backedUp();
    await rig.run(COMMANDS.backUpFull, diskRow);
    assert.deepEqual(
      (await rig.chain.entries()).map(({ kind }) => kind),
      ['full', 'full'],
    );
  });

  it('takes the chain of the row that it was called on', async () => {
    await backedUp();
    await rig.run(COMMANDS.backUpFull, { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE });
    assert.equal(rig.runs.all()[0]!.state, 'done');
  });
});

describe('Estimate Next Backup', () => {
  it('tells what the next one will do, changes nothing, and offers it', async () => {
    await backedUp();
    rig.chain.write(5, 1, 2);
    const before = rig.chain.service.calls.length;
    user.answers(/The next backup of disk\.vhd is incremental: 1 KiB to write, 1 request, at least 1 s\./, 'Back Up Now');
    await rig.run(COMMANDS.estimate, diskRow);
    const shown = user.seen.find(({ modal }) => modal)!;
    assert.match(shown.detail!, /^Changes since recovery point 1\.\nCounted on the disk as it is now\. Nothing was changed\.$/);
    const until = rig.chain.service.calls.findIndex(({ index, operation }) => index >= before && operation === 'acquireLease');
    assert.deepEqual(
      rig.chain.service.calls.slice(before, until).filter(({ writes }) => writes),
      [],
    );
    await rig.idle();
    assert.equal(rig.runs.all()[0]!.state, 'done');
  });

  it('says when nothing changed, and what a first backup would copy', async () => {
    await backedUp();
    await rig.run(COMMANDS.estimate, diskRow);
    assert.match(user.seen[0]!.text, /^Nothing changed in disk\.vhd since its newest recovery point\.$/);
    const second = 'https://disks.example/vhds/second.vhd';
    rig.chain.service.foreign.createBlob(second, 8192);
    rig.chain.service.foreign.write(second, 512, new Uint8Array(1024).fill(1));
    await rig.run(COMMANDS.estimate, { ...diskRow, url: second, source: second });
    assert.match(user.seen[1]!.text, /^The next backup of second\.vhd is full: 1 KiB to write, 1 request/);
  });
});
