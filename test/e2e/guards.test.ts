import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { startEmulator } from '../support/emulator/emulator.ts';
import { backUpByCli, type SampleDisk } from '../support/sampleDisk.ts';
import { BACKUP, LIVE, contentOf, contentOfDisk, onStage, snapshotsOf } from './support/stage.ts';

describe('what keeps people from harm', () => {
  const on = onStage();
  let web: SampleDisk;

  it('says what is there to be done before there is anything', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.accounts.waitForWelcome(/Sign In to Azure Or attach a storage account .* try it with the local emulator\.$/);
    await sidebar.chains.waitForWelcome('The backups of all your disks are listed here, once there are storage accounts above.');
    await sidebar.runs.waitForWelcome('Backups under way are shown here, with those that were interrupted and can be resumed.');
    await workbench.screenshot('empty');
  });

  it('is signed out: offers VS Code’s own sign-in, and takes no for an answer', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.accounts.pressWelcomeButton('Sign In to Azure');
    await workbench.dialog.wait(/The extension 'Page Blob Backup' wants to sign in using Microsoft\./);
    await workbench.screenshot('sign-in');
    await workbench.dialog.cancel();
    await sidebar.accounts.waitForWelcome(/Sign In to Azure/);
  });

  it('shows an account that needs a sign-in as such', async () => {
    const { sidebar, workbench } = on.stage;
    const { quickInput } = workbench;
    await sidebar.run('Attach Account…');
    await quickInput.wait('How do you reach the account?');
    await quickInput.pick('Blob URL');
    await quickInput.wait('URL of an account, container or blob');
    // Nobody is asked there: without a token there is nothing to ask with.
    await quickInput.type('https://pbbnosuchaccount.blob.core.windows.net/vhds');
    await quickInput.accept();
    await quickInput.wait('pbbnosuchaccount did not answer as it should');
    const [anyway] = await quickInput.items();
    assert.match(anyway!.detail, /sign/i);
    await quickInput.pick('Add Anyway');
    const account = sidebar.accounts.row('pbbnosuchaccount / vhds');
    await account.expand();
    const problem = await sidebar.accounts.row('Not signed in', 2).wait();
    assert.match(problem.aria, /^Not signed in: .* Select to sign in\.$/);
    assert.equal(problem.icon, 'account');
    await account.waitForDescription('Not signed in');
    await workbench.screenshot('signed-out');
    await sidebar.detach(account, 'pbbnosuchaccount');
  });

  it('says that a key is wrong, and mends it with the right one', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const { quickInput } = workbench;
    const right = emulator.connectionString(LIVE);
    on.stage.secrets.hide('wrong key', Buffer.alloc(64, 7).toString('base64'));
    await sidebar.run('Attach Account…');
    await sidebar.answerConnectionString(right.replace(/AccountKey=[^;]+/, `AccountKey=${Buffer.alloc(64, 7).toString('base64')}`));
    await quickInput.wait(`${LIVE} did not answer as it should`);
    assert.match((await quickInput.items())[0]!.detail, /key/);
    await workbench.screenshot('wrong-key');
    await quickInput.pick('Add Anyway');
    const account = sidebar.accounts.row(LIVE);
    await account.expand();
    await sidebar.accounts.row('No access', 2).wait(({ description, icon }) => /key/.test(description) && icon === 'warning');
    await account.waitForDescription('No access');

    await sidebar.run('Attach Account…');
    await sidebar.answerConnectionString(right);
    await account.waitForDescription('emulator');
    await account.expand();
    await sidebar.accounts.row('No containers here.', 2).waitForDescription('This account holds no blobs.');
    await sidebar.detach(account, LIVE);
  });

  it('takes a SAS, and shows and logs nothing of it, neither when it does nor when it fails', async () => {
    const { emulator, sidebar, workbench, secrets } = on.stage;
    const { quickInput } = workbench;
    for (const [permissions, description] of [
      ['rl', 'emulator'],
      ['r', undefined],
    ] as const) {
      const sas = emulator.sas(LIVE, { permissions, expiresOn: new Date(Date.now() + 3_600_000) });
      secrets.hide('SAS', new URLSearchParams(sas).get('sig')!);
      await sidebar.run('Attach Account…');
      await quickInput.wait('How do you reach the account?');
      await quickInput.pick('SAS URL');
      await quickInput.wait('URL of an account, container or blob, with its SAS');
      await quickInput.type(`${emulator.blobEndpoint(LIVE)}?${sas}`);
      await quickInput.accept();
      if (description === undefined) {
        await quickInput.wait(`${LIVE} did not answer as it should`);
        await quickInput.pick('Add Anyway');
      }
      const account = sidebar.accounts.row(LIVE);
      await account.expand();
      if (description !== undefined) await account.waitForDescription(description);
      await secrets.searchPage(workbench.page);
      await sidebar.detach(account, LIVE);
    }
  });

  it('says that the network is down, and goes on by Retry when it is back', async () => {
    const { sidebar, workbench } = on.stage;
    const { accounts } = sidebar;
    let other = await startEmulator({ accounts: [{ name: 'lonely', key: Buffer.alloc(64, 1).toString('base64') }] });
    const { port } = other;
    try {
      await sidebar.run('Attach Account…');
      await sidebar.answerConnectionString(other.connectionString('lonely'));
      await accounts.row('lonely').wait();
      await other.close();
      await accounts.row('lonely').expand();
      const problem = await accounts.row('No answer', 2).wait();
      assert.match(problem.aria, /^No answer: .* Select to try again\.$/);
      await accounts.row('lonely').waitForDescription('No answer');
      await workbench.screenshot('network-down');

      other = await startEmulator({ accounts: other.accounts, port });
      const service = BlobServiceClient.fromConnectionString(other.connectionString('lonely'));
      const container = service.getContainerClient('files');
      await container.create();
      await container.getBlockBlobClient('notes.txt').uploadData(Buffer.from('no disk'));
      await accounts.row('No answer', 2).click();
      await accounts.row('No page blobs here.', 2).waitForDescription('This container holds 1 block blob.');
      await accounts.row('lonely').waitForDescription('attached');
      await sidebar.detach(accounts.row('lonely'), 'lonely');
    } finally {
      await other.close();
    }
  });

  it('deletes a snapshot that no chain needs, after one question', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const { dialog } = workbench;
    const { accounts } = sidebar;
    web = await on.stage.disk('web.vhd');
    const backups = on.stage.container(BACKUP, 'backups');
    await backups.create();
    await backUpByCli(emulator, web.blob.url, backups.getPageBlobClient('web.vhd').url);
    await sidebar.attachEmulator();
    await accounts.row(LIVE).expand();
    await accounts.row('web.vhd').waitForDescription('64 MiB · backed up just now · 1 point');
    await accounts.row('web.vhd').chooseFromMenu('Take Snapshot');
    const taken = await workbench.notifications.wait('Took a snapshot of web.vhd');
    assert.match(await taken.text(), /It lies in the account of the disk and is lost with it; it is no backup\.$/);
    await accounts.row('web.vhd').expand();
    await accounts.row('Snapshots on the disk').expand();
    await accounts.row('Snapshots on the disk').waitForDescription('2 · 1 anchor');
    const rows = await accounts.waitForRows('both', (all) => all.filter(({ level }) => level === 4).length === 2);
    assert.deepEqual(
      rows.filter(({ level }) => level === 4).map(({ description }) => description),
      ['foreign · not taken by a backup', 'anchor · point 1'],
    );
    await sidebar.rowThat(accounts, 'foreign · not taken by a backup').chooseFromMenu('Delete Snapshot');
    await dialog.wait(/^Delete the snapshot .* of web\.vhd\?$/);
    assert.match(await dialog.detail(), /^No chain needs it\./);
    assert.deepEqual(await dialog.buttons(), ['Cancel', 'Delete']);
    await dialog.press('Delete');
    await accounts.row('Snapshots on the disk').waitForDescription('1 · 1 anchor');
    assert.equal((await snapshotsOf(on.stage.container(LIVE, 'vhds'), 'web.vhd')).length, 1);
  });

  it('does not delete an anchor unless told twice', async () => {
    const { sidebar, workbench } = on.stage;
    const { dialog } = workbench;
    const disks = on.stage.container(LIVE, 'vhds');
    const anchor = sidebar.rowThat(sidebar.accounts, 'anchor · point 1');
    await anchor.chooseFromMenu('Delete Snapshot');
    await dialog.wait(/^Delete the snapshot .* of web\.vhd\?$/);
    assert.match(
      await dialog.detail(),
      /It is the anchor of the chain to .* Without it, the next backup has to compare the whole disk \(64 MiB to read, about .*\)/,
    );
    assert.deepEqual(await dialog.buttons(), ['Cancel', 'Delete All the Same…']);
    await workbench.screenshot('delete-anchor');
    await dialog.cancel();

    await anchor.chooseFromMenu('Delete Snapshot');
    await dialog.wait(/^Delete the snapshot/);
    await dialog.press('Delete All the Same…');
    await dialog.wait(/^This breaks the chain\. Delete .* all the same\?$/);
    await workbench.screenshot('delete-anchor-again');
    await dialog.press('Cancel');
    assert.equal((await snapshotsOf(disks, 'web.vhd')).length, 1);

    await anchor.chooseFromMenu('Delete Snapshot');
    await dialog.wait(/^Delete the snapshot/);
    await dialog.press('Delete All the Same…');
    await dialog.wait(/^This breaks the chain\./);
    await dialog.press('Break the Chain');
    await sidebar.accounts.row('Snapshots on the disk').waitUntilGone();
    assert.equal((await snapshotsOf(disks, 'web.vhd')).length, 0);
  });

  it('compares the whole disk where the anchor is gone, and says why', async () => {
    const { sidebar, workbench } = on.stage;
    await web.work();
    await sidebar.chains.row('web.vhd').runInline('Back Up Incrementally');
    const done = await workbench.notifications.wait('Backed up web.vhd');
    assert.match(await done.text(), /anchor snapshot .* is gone/);
    await workbench.screenshot('rebase');
    const backups = on.stage.container(BACKUP, 'backups');
    const newest = (await snapshotsOf(backups, 'web.vhd')).at(-1)!;
    assert.equal(await contentOf(backups.getPageBlobClient('web.vhd').withSnapshot(newest)), await contentOfDisk(web));
  });
});
