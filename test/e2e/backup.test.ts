import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sizeText } from '../../src/engine/sizeText.ts';
import type { SampleDisk } from '../support/sampleDisk.ts';
import { Gate } from './support/gate.ts';
import { BACKUP, LIVE, contentOf, contentOfDisk, onStage, snapshotsOf } from './support/stage.ts';

const MiB = 1024 ** 2;
const TIME = /^\d{1,2} \w{3} \d\d:\d\d$/;

describe('a disk and its backups', () => {
  const on = onStage();
  let web: SampleDisk;

  it('attaches an account from the palette, and shows its disk', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    web = await on.stage.disk('web.vhd');
    await sidebar.accounts.waitForWelcome(/^Keep incremental backups of Azure page blobs and VM disks in another storage account\./);
    await sidebar.run('Attach Account…');
    await workbench.quickInput.wait('How do you reach the account?');
    assert.equal(await workbench.quickInput.title(), 'Attach Storage Account (1/2)');
    await workbench.screenshot('attach');
    await sidebar.answerConnectionString(emulator.connectionString(LIVE));
    await sidebar.accounts.row(LIVE).expand();
    const disk = await sidebar.accounts.row('web.vhd').waitForDescription('64 MiB · never backed up');
    assert.equal(disk.aria, 'Page blob web.vhd, 64 MiB: never backed up.');
    await sidebar.chains.row('No chains yet.').wait();
  });

  it('backs it up by right click, asks where to, and says how far it is', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const { accounts, chains, runs } = sidebar;
    using gate = new Gate(emulator, BACKUP, 6 * MiB);
    const menu = await accounts.row('web.vhd').openMenu();
    assert.equal((await menu.items())[0], 'Back Up Incrementally');
    await workbench.screenshot('menu');
    await menu.choose('Back Up Incrementally');
    await workbench.quickInput.wait('Storage account for the backups of web.vhd; another one than the disk’s');
    const own = (await workbench.quickInput.items()).find(({ label }) => label === LIVE);
    assert.equal(own?.detail, 'The account of the disk itself: a backup there is lost together with it.');
    // The account for backups is not known yet: it is attached on the way.
    await workbench.quickInput.pick('Attach Account…');
    await sidebar.answerConnectionString(emulator.connectionString(BACKUP));
    await sidebar.answerWhereTo(BACKUP, 'backups');

    const run = await workbench.notifications.wait('Backing up web.vhd');
    await gate.waitUntilReached();
    const said = await run.waitForText(/copying changes: \d+ % · .* of .*/);
    assert.match(said, /Show log/);
    assert.deepEqual(await run.buttons(), ['Cancel']);
    assert.ok((await run.percent())! > 0);
    await runs.row('Backing up web.vhd').wait(({ icon, description }) => icon === 'sync' && /^\d+ %/.test(description));
    await workbench.statusBar.wait(/Backing up web\.vhd \d+ %/);
    await workbench.screenshot('running');
    gate.open();

    const done = await workbench.notifications.wait('Backed up web.vhd');
    assert.match(await done.text(), /^Backed up web\.vhd: .* of 64 MiB copied, .*\. Every changed page was read back and matches\.$/);
    assert.equal(await done.severity(), 'info');
    await run.waitUntilGone();
    await runs.row('Backup of web.vhd').wait(({ icon }) => icon === 'pass');
    await workbench.statusBar.waitUntilGone('web.vhd');
    await accounts.row('web.vhd').waitForDescription('64 MiB · backed up just now · 1 point');
    await chains.row('web.vhd').waitForDescription(`→ ${BACKUP} · backed up just now · 1 point`);
  });

  it('shows the chain, its point and the anchor below the disk', async () => {
    const { accounts } = on.stage.sidebar;
    await accounts.row('web.vhd').expand();
    await accounts.row(`→ ${BACKUP} / backups/web.vhd`).expand();
    await accounts.row(TIME, 4).wait(({ description }) => /^full · .* MiB · /.test(description));
    await accounts.row('Snapshots on the disk').expand();
    await accounts.waitForRows('an anchor', (rows) => rows.some(({ description }) => description === 'anchor · point 1'));
    const card = await accounts.row(`→ ${BACKUP} / backups/web.vhd`).tooltip();
    assert.match(card, /Chain of web\.vhd/);
    assert.match(card, /Newest point.*number 1/);
  });

  it('backs the changed disk up with one click: the new point has the bytes that changed', async () => {
    const { sidebar, workbench } = on.stage;
    const { accounts, chains } = sidebar;
    const before = await contentOfDisk(web);
    const { written, cleared } = await web.work();
    await accounts.row('web.vhd').runInline('Back Up Incrementally');
    const changed = sizeText(written + cleared);
    const done = await workbench.notifications.wait(`Backed up web.vhd: ${changed} changed of 64 MiB`);
    assert.equal(await workbench.quickInput.isOpen(), false, 'it asked something');
    await accounts.row('web.vhd').waitForDescription('64 MiB · backed up just now · 2 points');
    await chains.row('web.vhd').waitForDescription(`→ ${BACKUP} · backed up just now · 2 points`);
    const points = await accounts.waitForRows(
      'two points',
      (rows) => rows.filter(({ level, description }) => level === 4 && / MiB · /.test(description)).length === 2,
    );
    const [newest, first] = points.filter(({ level }) => level === 4);
    assert.match(newest!.description, new RegExp(`^incremental · ${changed} · `));
    assert.match(first!.description, /^full · /);
    await accounts.waitForRows('the anchor moved on', (rows) => rows.some(({ description }) => description === 'anchor · point 2'));
    await done.press('Show in Tree');
    await accounts.row('web.vhd', 2).wait();

    const after = await contentOfDisk(web);
    assert.notEqual(before, after);
    const backups = on.stage.container(BACKUP, 'backups');
    const backup = backups.getPageBlobClient('web.vhd');
    const ids = await snapshotsOf(backups, 'web.vhd');
    const contents = await Promise.all(ids.map((id) => contentOf(backup.withSnapshot(id))));
    assert.deepEqual(contents, [before, after]);
    assert.equal(await contentOf(backup), after);
    assert.equal(await contentOf(web.blob), after);
  });

  it('says so when nothing changed, and makes no point', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.chains.row('web.vhd').runInline('Back Up Incrementally');
    await workbench.notifications.wait(/Nothing changed in web\.vhd since .*\. No new point was made\./);
    assert.equal((await snapshotsOf(on.stage.container(BACKUP, 'backups'), 'web.vhd')).length, 2);
  });

  it('verifies all backups of an account by right click, and says only what matters', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.accounts.row(BACKUP, 1).chooseFromMenu('Verify All Backups…');
    const done = await workbench.notifications.wait(`No fault was found in 1 backup of ${BACKUP}`);
    assert.match(await done.text(), /: \d+(\.\d+)? MiB compared with the disks\.$/);
    assert.equal(await done.severity(), 'info');
    await sidebar.runs.row(`Verification of all backups of ${BACKUP}`).wait(({ icon }) => icon === 'pass');
    await workbench.screenshot('verified-all');
  });

  it('writes its log without keys', async () => {
    const { emulator, workbench } = on.stage;
    const log = await workbench.waitForOutput('Page Blob Backup', 'Backup of web.vhd: started');
    for (const { key } of emulator.accounts) assert.ok(!log.includes(key), 'a key is in the log');
    assert.doesNotMatch(log, /sig=(?!…|\*|<|REDACTED)[^&\s]{20}/i);
  });
});
