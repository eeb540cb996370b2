import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sizeText } from '../../src/engine/sizeText.ts';
import { Keys } from './support/keys.ts';
import { NAME } from './support/sidebar.ts';
import { BACKUP, LIVE, onStage } from './support/stage.ts';

describe('by keyboard alone', () => {
  const on = onStage();

  it('attaches accounts, backs a disk up twice and comes to the new point', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const { accounts } = sidebar;
    const web = await on.stage.disk('web.vhd');
    const keys = new Keys(workbench);
    await keys.countClicks();
    for (const account of [LIVE, BACKUP]) {
      await keys.run(`${NAME}: Attach Account…`);
      await keys.pick('How do you reach the account?', 'Connection String');
      await keys.answer('Connection string of the storage account', emulator.connectionString(account));
      await accounts.row(account).wait();
    }

    await keys.run(`${NAME}: Focus on Accounts View`);
    await keys.walkTo(accounts, LIVE);
    await keys.press('ArrowRight');
    await accounts.row('web.vhd').wait();
    await keys.walkTo(accounts, 'web.vhd');
    await keys.press('Shift+F10');
    await keys.choose('Back Up Incrementally');
    await keys.pick(/^Storage account for the backups of web\.vhd/, BACKUP);
    await keys.pick('Container for the backup blob and its catalogue', 'Create Container…');
    await keys.answer(`Name of the new container in ${BACKUP}`, '');
    await keys.answer(/^Name of the backup blob\./, '');
    await workbench.notifications.wait('Backed up web.vhd');
    await accounts.row('web.vhd').waitForDescription('64 MiB · backed up just now · 1 point');

    const { written, cleared } = await web.work();
    await keys.run(`${NAME}: Focus on Accounts View`);
    await keys.walkTo(accounts, 'web.vhd');
    await keys.press('Shift+F10');
    await keys.choose('Back Up Incrementally');
    const changed = sizeText(written + cleared);
    await workbench.notifications.wait(`Backed up web.vhd: ${changed} changed of 64 MiB`);
    await keys.run('Notifications: Clear All Notifications');

    await keys.run(`${NAME}: Focus on Chains View`);
    await keys.walkTo(sidebar.chains, 'web.vhd');
    await keys.press('ArrowRight');
    await sidebar.chains.waitForRows('two points', (rows) => rows.filter(({ level }) => level === 2).length === 2);
    await keys.press('ArrowDown');
    const newest = await sidebar.chains.focused();
    assert.match(newest!.aria, new RegExp(`^Recovery point 2 of .*: incremental, ${changed} changed, `));
    await keys.press('Shift+F10');
    await keys.choose('Copy URL');
    assert.match(await workbench.waitForClipboard(/\?snapshot=/), new RegExp(`/${BACKUP}/backups/web\\.vhd\\?snapshot=`));
    assert.equal(await keys.clicks(), 0);
  });
});
