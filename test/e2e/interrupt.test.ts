import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { SampleDisk } from '../support/sampleDisk.ts';
import { Gate } from './support/gate.ts';
import { BACKUP, LIVE, contentOf, contentOfDisk, onStage, snapshotsOf } from './support/stage.ts';

const MiB = 1024 ** 2;
const MINUTE = 60_000;

describe('a run that is interrupted', () => {
  const on = onStage();
  let disk: SampleDisk;
  let name: string;
  /** SHA-256 of the disk when its backup began. */
  let begun: string;
  let count = 0;

  beforeEach(async () => {
    const { sidebar } = on.stage;
    name = `disk${++count}.vhd`;
    disk = await on.stage.disk(name, { seed: count });
    begun = await contentOfDisk(disk);
    if (count === 1) await sidebar.attachEmulator();
    else await sidebar.run('Refresh');
    await sidebar.accounts.row(LIVE).expand();
    await sidebar.accounts.row(name).wait();
  });

  /** Begins the first backup of the disk, and holds it up after some MiB. */
  async function stuck(): Promise<Gate> {
    const { emulator, sidebar } = on.stage;
    const gate = new Gate(emulator, BACKUP, 6 * MiB);
    await sidebar.accounts.row(name).runInline('Back Up Incrementally');
    await sidebar.answerWhereTo(BACKUP, `backups${count}`);
    await gate.waitUntilReached();
    await sidebar.runs.row(`Backing up ${name}`).wait(({ description }) => /^\d\d %/.test(description));
    return gate;
  }

  /** The disk works on while its backup waits: the point still has to be what the disk was when the run began. */
  async function goesOnRight(): Promise<void> {
    const { sidebar, workbench } = on.stage;
    const done = await workbench.notifications.wait(`Backed up ${name}`);
    assert.match(await done.text(), /The run had been interrupted: the point shows the disk as it was when it began\./);
    await sidebar.runs.row(`Backup of ${name}`).wait(({ icon }) => icon === 'pass');
    await sidebar.accounts.row(name).waitForDescription('64 MiB · backed up just now · 1 point');
    const backups = on.stage.container(BACKUP, `backups${count}`);
    const points = await snapshotsOf(backups, name);
    assert.equal(points.length, 1);
    assert.equal(await contentOf(backups.getPageBlobClient(name).withSnapshot(points[0]!)), begun);
    assert.notEqual(await contentOfDisk(disk), begun);
  }

  it('by Cancel: is told so, and resumed from the list of runs', async () => {
    const { sidebar, workbench } = on.stage;
    using gate = await stuck();
    await (await workbench.notifications.wait(`Backing up ${name}`)).cancel();
    const told = await workbench.notifications.wait(`Backup of ${name} was stopped at`);
    assert.match(
      await told.text(),
      /was stopped at \d\d %\. The disk and all recovery points are as they were\. It can be resumed at any time\.$/,
    );
    assert.deepEqual(await told.buttons(), ['Resume']);
    const row = sidebar.runs.row(`Backup of ${name}`);
    await row.wait(({ description, icon }) => /^interrupted at \d\d %$/.test(description) && icon === 'debug-pause');
    await workbench.statusBar.wait(`Backup of ${name} interrupted`);
    await workbench.screenshot('interrupted');
    gate.open();
    await disk.work();
    await row.runInline('Resume');
    await goesOnRight();
    await workbench.statusBar.waitUntilGone(name);
  });

  it('by a reload of the window: is offered again, and resumed from the notification', async () => {
    const { sidebar, workbench } = on.stage;
    using gate = await stuck();
    await workbench.reload();
    const told = await workbench.notifications.wait(`Backup of ${name} was interrupted at`);
    assert.match(await told.text(), /was interrupted at \d\d %\. Recovery points that were made before are unharmed\.$/);
    assert.deepEqual(await told.buttons(), ['Resume', 'Show Runs']);
    await sidebar.open();
    await sidebar.runs.row(`Backup of ${name}`).wait(({ icon }) => icon === 'debug-pause');
    await sidebar.accounts.row(LIVE).expand();
    await sidebar.accounts.row(name).wait(({ description }) => /^64 MiB · interrupted at \d\d? % · 0 points$/.test(description));
    gate.open();
    await disk.work();
    await told.press('Resume');
    await goesOnRight();
  });

  it('by a crash of the extension host: is resumed once the lease of the dead run has ended', async () => {
    const { ahead, sidebar, workbench } = on.stage;
    using gate = await stuck();
    await workbench.crashExtensionHost();
    const told = await workbench.notifications.wait(`Backup of ${name} was interrupted`);
    gate.open();
    await disk.work();
    await sidebar.accounts.row(LIVE).expand();
    await told.press('Resume');
    await workbench.waitForOutput('Page Blob Backup', 'Waiting until the lease of the interrupted run has ended: a minute at most.');
    ahead.ms += MINUTE;
    await goesOnRight();
    await sidebar.runs.row(`Backup of ${name}`).runInline('Remove from List');
    await sidebar.runs.row(`Backup of ${name}`).waitUntilGone();
  });
});
