import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { sizeText } from '../../src/engine/sizeText.ts';
import type { SampleDisk } from '../support/sampleDisk.ts';
import { makeChain } from './support/chain.ts';
import { Gate } from './support/gate.ts';
import { BACKUP, LIVE, contentOf, onStage, snapshotsOf } from './support/stage.ts';
import { Wizard } from './support/wizard.ts';

const MiB = 1024 ** 2;

describe('a restore through the wizard', () => {
  const on = onStage();
  let web: SampleDisk;
  /** SHA-256 of the disk at its recovery points, oldest first. */
  let contents: readonly string[];

  before(async () => {
    ({ disk: web, contents } = await makeChain(on.stage, 'web.vhd', { points: 3 }));
    await on.stage.container(LIVE, 'restored').create();
    await on.stage.sidebar.attachEmulator();
  });

  it('is opened from the palette, and makes the disk of an earlier point anew, held up and resumed on the way', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const { quickInput } = workbench;
    await sidebar.run('Restore…');
    await quickInput.wait('Storage account');
    await quickInput.pick(BACKUP);
    await quickInput.wait('Container');
    await quickInput.pick('backups');
    await quickInput.wait('Backup blob');
    await quickInput.pick('web.vhd');
    await workbench.editors.wait('Restore web.vhd');
    const wizard = await Wizard.wait(workbench, 'web.vhd');
    assert.equal(await wizard.points().count(), 3);
    await workbench.screenshot('restore-1-points');

    await wizard.points().nth(1).click();
    await wizard.part('Where to').waitFor();
    assert.equal(
      await wizard.field('Storage account').inputValue(),
      await wizard.field('Storage account').locator('option', { hasText: LIVE }).getAttribute('value'),
    );
    await wizard.waitForCheck('Name of the blob', 'There is no blob of this name yet.');
    // What is there already is seen while it is typed.
    await wizard.type('Name of the blob', 'web.vhd', 'There is a blob web.vhd already.');
    assert.equal(await wizard.button('Review').isDisabled(), true);
    await workbench.screenshot('restore-2-taken');
    await wizard.type('Container', 'nowhere', 'there is no such container');
    await wizard.type('Container', 'restored');
    await wizard.type('Name of the blob', 'web-restored.vhd', 'There is no blob of this name yet.');
    await workbench.screenshot('restore-2-target');

    await wizard.review();
    await workbench.screenshot('restore-3-review');
    await wizard.press('Copy as Command Line');
    const command = await workbench.waitForClipboard(/^page-blob-backup restore /);
    assert.ok(command.includes('web-restored.vhd'), command);
    for (const { key } of emulator.accounts) assert.ok(!command.includes(key), 'a key is in the command line');

    using gate = new Gate(emulator, LIVE, 6 * MiB);
    await wizard.press('Restore');
    await gate.waitUntilReached();
    await wizard.waitForRun('running', / of .* MiB/);
    await workbench.screenshot('restore-4-running');
    await wizard.press('Cancel');
    await wizard.waitForRun('resumable', /^Interrupted at \d+ %\./);
    await workbench.screenshot('restore-4-resumable');
    gate.open();
    await wizard.press('Resume');
    await wizard.waitForRun('done', /matches\.$/);
    await workbench.screenshot('restore-4-done');

    const restored = on.stage.container(LIVE, 'restored').getPageBlobClient('web-restored.vhd');
    assert.equal(await contentOf(restored), contents[1]);
    assert.equal(await contentOf(web.blob), contents[2]);
    await wizard.frame.locator('.block').first().getByRole('button', { name: 'Copy' }).click();
    await workbench.waitForClipboard(/^az disk create [^]*web-restored\.vhd/);
    await wizard.assertAccessible();
  });

  it('goes on with backups: the next one of the restored disk is incremental and small', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const wizard = await Wizard.wait(workbench, 'web.vhd');
    await wizard.startOver(3);
    await wizard.points().first().click();
    await wizard.type('Container', 'restored');
    await wizard.type('Name of the blob', 'web-again.vhd', 'There is no blob of this name yet.');
    await wizard.frame.getByRole('checkbox', { name: 'Go on with backups from here' }).click();
    await wizard.type('Name of the new backup blob', 'web-again.vhd', 'There is no blob of this name yet.');
    await wizard.review();
    await workbench.screenshot('restore-3-review-chain');
    await wizard.press('Restore');
    await wizard.waitForRun('done');
    const restored = on.stage.container(LIVE, 'restored').getPageBlobClient('web-again.vhd');
    const backups = on.stage.container(BACKUP, 'backups');
    assert.equal(await contentOf(restored), contents[2]);

    const changed = Buffer.alloc(64 * 1024, 7);
    await restored.uploadPages(changed, 32 * MiB, changed.length);
    emulator.resetCounts();
    await wizard.press('Back Up');
    const done = await workbench.notifications.wait('Backed up web-again.vhd');
    assert.match(await done.text(), new RegExp(`^Backed up web-again\\.vhd: ${sizeText(changed.length)} changed of `));
    const { put, putFromUrl } = emulator.counts.pages;
    assert.equal(put + putFromUrl, changed.length);
    assert.equal((await snapshotsOf(backups, 'web-again.vhd')).length, 2);
    assert.equal(await contentOf(backups.getPageBlobClient('web-again.vhd')), await contentOf(restored));
    await sidebar.chains.row('web-again.vhd').wait();
  });

  it('rewinds a disk in place: moves what differs, and its chain goes on', async () => {
    const { emulator, workbench } = on.stage;
    const wizard = await Wizard.wait(workbench, 'web.vhd');
    await wizard.startOver(3);
    // About 1 % of the disk.
    const changed = Buffer.alloc(640 * 1024, 9);
    await web.blob.uploadPages(changed, 20 * MiB, changed.length);
    await wizard.points().first().click();
    await wizard.choose('The disk itself, in place');
    await wizard.waitFor('web.vhd is attached to nothing.');
    await wizard.review();
    await workbench.screenshot('restore-3-review-rewind');
    emulator.resetCounts();
    await wizard.press('Rewind the Disk');
    await wizard.waitForRun('done');
    const { put, putFromUrl, cleared } = emulator.counts.pages;
    const moved = put + putFromUrl + cleared;
    assert.ok(moved >= changed.length && moved <= 2 * changed.length, `${moved} bytes were moved for ${changed.length} that differ`);
    assert.equal(await contentOf(web.blob), contents[2]);
    await workbench.screenshot('restore-4-rewound');

    emulator.resetCounts();
    // VS Code shows three notifications at a time, and those of the runs before may still be there.
    await workbench.runCommand('Notifications: Clear All Notifications');
    await wizard.press('Back Up');
    await workbench.notifications.wait(/(Backed up web\.vhd|Nothing changed in web\.vhd)/);
    assert.ok(emulator.counts.pages.put + emulator.counts.pages.putFromUrl <= 2 * changed.length, 'the whole disk was copied again');
  });

  it('knows the snapshot of the disk as it was before, and says what is lost with it', async () => {
    const { sidebar, workbench } = on.stage;
    const { accounts } = sidebar;
    await accounts.row(LIVE).expand();
    await accounts.row('vhds').expand();
    await accounts.row('web.vhd', 3).expand();
    await accounts.row('Snapshots on the disk').expand();
    const before = sidebar.rowThat(accounts, 'before a rewind');
    await before.wait(({ icon }) => icon === 'shield');
    await sidebar.askToDelete(before);
    await workbench.dialog.wait(/^Delete the snapshot .* of web\.vhd\?$/);
    assert.match(
      await workbench.dialog.detail(),
      /^It holds the disk as it was before a rewind wrote to it\. Perhaps nothing else does\. No chain needs it\./,
    );
    await workbench.screenshot('delete-before-rewind');
    await workbench.dialog.cancel();
  });
});
