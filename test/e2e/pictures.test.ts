import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { openAzure } from '../../src/azure/azure.ts';
import { planBackup } from '../../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../../src/engine/jobs/backup/run.ts';
import type { ProofLevel } from '../../src/engine/proof/proof.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import type { SampleDisk } from '../support/sampleDisk.ts';
import { root } from '../support/workbench/folders.ts';
import { Gate } from './support/gate.ts';
import { onStage } from './support/stage.ts';
import { Wizard } from './support/wizard.ts';

const MiB = 1024 ** 2;
const TIME = /^\d{1,2} \w{3} \d\d:\d\d(?::\d\d)?$/;
const HOUR = 3600_000;
const README = join(root, 'media', 'readme');

/** Pictures for people to look at; with PBB_README=1 the one in the README is made anew. */
describe('pictures', () => {
  const on = onStage({ names: ['contosovms', 'contosobackups'] });
  let web: SampleDisk;

  before(async () => {
    const { sidebar, workbench } = on.stage;
    await on.stage.container('contosobackups', 'backups').create();
    const old = await on.stage.disk('archive.vhd', { seed: 1 });
    for (const days of [14, 13, 12, 11, 10]) await backedUp(old, 'archive.vhd', days * 24, 'ranges');
    web = await on.stage.disk('web.vhd', { seed: 2, size: 256 * MiB });
    await on.stage.disk('data.vhd', { seed: 3, size: 128 * MiB });
    const proofs: ProofLevel[] = ['changed', 'changed', 'sample', 'changed'];
    for (const [i, proof] of proofs.entries()) await backedUp(web, 'web.vhd', (proofs.length - i) * 12, proof);
    await web.work(20);
    await workbench.page.setViewportSize({ width: 1200, height: 720 });
    await sidebar.attachEmulator();
  });

  /** A recovery point of some hours ago. */
  async function backedUp(disk: SampleDisk, name: string, hours: number, proof: ProofLevel, files?: number): Promise<void> {
    const { ahead, emulator } = on.stage;
    ahead.ms = -hours * HOUR;
    await disk.work(files);
    const strings = emulator.accounts.map(({ name: account }, i) => [
      `AZURE_STORAGE_CONNECTION_STRING_${i}`,
      emulator.connectionString(account),
    ]);
    const azure = openAzure({ env: Object.fromEntries(strings) as Record<string, string> });
    const backup = azure.pageBlob(on.stage.container('contosobackups', 'backups').getPageBlobClient(name).url);
    const request = { source: azure.pageBlob(disk.blob.url), backup, catalogue: azure.recordStoreFor(backup), proof };
    const options = { world: { ...systemWorld, now: () => Date.now() + ahead.ms } };
    for await (const { type } of runBackup(await planBackup(request, options), request, options)) void type;
    ahead.ms = 0;
  }

  it('of the tree, a chain and a run, in every theme', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const { accounts } = sidebar;
    await workbench.widenSideBar(640);
    await accounts.row('contosovms').expand();
    await accounts.row('archive.vhd').waitForDescription(/^64 MiB · overdue: last good /);
    await accounts.row('web.vhd').expand();
    await accounts.row('→ contosobackups / backups/web.vhd').expand();
    await accounts.waitForRows('four points', (rows) => rows.filter(({ level }) => level === 4).length === 4);
    await workbench.page.locator('.part.titlebar').hover();
    using gate = new Gate(emulator, 'contosobackups', 3 * MiB);
    await accounts.row('web.vhd').runInline('Back Up Incrementally');
    await gate.waitUntilReached();
    await (await workbench.notifications.wait('Backing up web.vhd')).waitForText(/\d\d %/);
    await accounts.row('web.vhd').wait(({ description }) => /^256 MiB · backing up, \d+ % · 4 points$/.test(description));
    await workbench.page.locator('.part.titlebar').hover();
    await forReadme('tree');
    for (const theme of ['light', 'high contrast dark', 'high contrast light'] as const) {
      await workbench.setTheme(theme);
      await workbench.page.locator('.part.titlebar').hover();
      await workbench.screenshot(`tree-${theme.replaceAll(' ', '-')}`);
    }
    gate.open();
    await workbench.notifications.wait('Backed up web.vhd');
    await accounts.row('→ contosobackups / backups/web.vhd').expand();
    await accounts.row('Snapshots on the disk').expand();
    for (const theme of ['light', 'dark'] as const) {
      await workbench.setTheme(theme);
      const newest = await accounts
        .row(TIME, 4)
        .wait(({ icon, aria }) => icon === 'lock' && / Locked\. It is recovery point 5, the newest /.test(aria));
      assert.match(newest.description, /proven$/);
      await accounts.row(TIME, 4).showCard();
      await workbench.screenshot(`tree-lock-${theme}`);
    }
  });

  it('of the restore wizard', async () => {
    const { sidebar, workbench } = on.stage;
    const mail = await on.stage.disk('mail.vhd', { seed: 5, size: 128 * MiB });
    const points = 22;
    for (let i = 0; i < points; i++) await backedUp(mail, 'mail.vhd', (points - i) * 12, i % 4 === 2 ? 'sample' : 'changed', 1 + (i % 5));
    await mail.work(4);
    await sidebar.run('Refresh');
    await sidebar.chains.row('mail.vhd').chooseFromMenu('Restore…');
    const wizard = await Wizard.wait(workbench, 'mail.vhd');
    await wizard.waitForKeyboard();
    await workbench.page.setViewportSize({ width: 1000, height: 1620 });
    await workbench.runCommand('View: Close Primary Side Bar');
    await wizard.points().nth(3).click();
    await wizard.choose('The disk itself, in place');
    await wizard.waitFor('mail.vhd is attached to nothing.');
    await wizard.review();
    await wizard.frame.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
    await workbench.page.locator('.part.titlebar').hover();
    await forReadme('restore');
    assert.match((await wizard.frame.locator('.chosen-proof').textContent())!, /^Proven .* ago: all changed pages, .* of the rest\.$/);
    await workbench.setTheme('light');
    await workbench.screenshot('restore-light');
    await workbench.setTheme('dark');
  });

  /** A picture that may go into the README. */
  async function forReadme(name: string): Promise<void> {
    const picture = await on.stage.workbench.screenshot(name);
    if (process.env.PBB_README !== '1') return;
    await mkdir(README, { recursive: true });
    await copyFile(picture, join(README, `${name}.png`));
  }
});
