import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { until } from '../support/workbench/until.ts';
import { BACKUP, contentOf, contentOfDisk, LIVE, onStage, snapshotsOf } from './support/stage.ts';
import type { SampleDisk } from '../support/sampleDisk.ts';

const folder = mkdtempSync(join(tmpdir(), 'pbb-policy-'));
const file = join(folder, 'page-blob-backup.yaml');
const TIME = /^\d{1,2} \w{3} \d\d:\d\d$/;

describe('a policy file in the workbench', () => {
  const on = onStage({ folder });
  let web: SampleDisk;
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(window: string, ...more: string[]): void {
    const { emulator } = on.stage;
    const endpoint = (account: string): string => /BlobEndpoint=([^;]+)/.exec(emulator.connectionString(account))![1]!;
    const text = [
      'version: 1',
      'chains:',
      `  - account: ${endpoint(LIVE)}`,
      "    blobs: 'vhds/*.vhd'",
      `    to: { account: ${endpoint(BACKUP)}, blob: 'backups/{blob}' }`,
      `    window: ${window}`,
      '    retention: { last: 3, daily: 7 }',
      ...more,
    ];
    writeFileSync(file, `${text.join('\n')}\n`);
  }

  it('is written with what is known, and shows its mistakes where they are', async () => {
    const { sidebar, workbench } = on.stage;
    web = await on.stage.disk('web.vhd');
    await on.stage.container(BACKUP, 'backups').createIfNotExists();
    await sidebar.attachEmulator();
    await sidebar.run('New Policy File');
    const { page } = workbench;
    await page.locator('.tab', { hasText: 'page-blob-backup.yaml' }).waitFor();
    assert.match(readFileSync(file, 'utf8'), /^# What Page Blob Backup keeps, and when\./);
    await workbench.screenshot('schedule new policy');
    write('sometimes');
    await page.locator('.squiggly-error').first().waitFor();
    await workbench.screenshot('schedule mistake');
    write('12h');
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  });

  it('tells what it means before anything is run', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.run('Preview Policy');
    await workbench.page.locator('.tab', { hasText: 'Preview' }).last().waitFor();
    const frame = await workbench.webviewThat('the preview', async (each) =>
      (await each.locator('h1').allTextContents()).includes('What this policy means'),
    );
    assert.match(
      (await frame.locator('body').innerText()).replaceAll(/\s+/g, ' '),
      /Next windows.*Had it run for a year, \d+ points would be there today.*Due now: there is no recovery point yet/,
    );
    await workbench.screenshot('schedule preview');
  });

  it('runs what is due once it is switched on, without a notification, and shows the fleet', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.run('Start Scheduled Backups');
    await workbench.dialog.wait(/Run the backups of page-blob-backup\.yaml while this window is open\?/);
    await workbench.screenshot('schedule start');
    await workbench.dialog.press('Start');
    const fleet = workbench.view('Fleet');
    await fleet.row('web.vhd').wait();
    await sidebar.run('Run Due Backups Now');
    await fleet.row('web.vhd').wait(({ description }) => /^backed up just now · next .* · 64 MiB · .* changed · /.test(description));
    await workbench.screenshot('schedule fleet');
    assert.deepEqual(await workbench.notifications.texts(), []);
    const backups = on.stage.container(BACKUP, 'backups');
    const ids = await snapshotsOf(backups, 'web.vhd');
    assert.equal(ids.length, 1);
    assert.equal(await contentOf(backups.getPageBlobClient('web.vhd').withSnapshot(ids[0]!)), await contentOfDisk(web));
  });

  it('can be paused, which the status bar shows', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.run('Pause Scheduled Backups');
    await workbench.statusBar.wait('Backups paused');
    await workbench.screenshot('schedule paused');
  });

  it('tells of a verification that is long overdue, and does it at one press', async () => {
    const { sidebar, workbench } = on.stage;
    const backups = on.stage.container(BACKUP, 'backups');
    const verified = new Date(Date.now() - 10 * 24 * 60 * 60_000).toISOString().replaceAll(/[-:.]/g, '');
    await backups.getBlockBlobClient(`web.vhd.chain/000001.proof-passed-${verified}-full-x.json`).upload('{}', 2);
    write('12h', '    verify: { every: 2d, proof: full }');
    const row = workbench.view('Fleet').row('web.vhd');
    await until('the file is read, and the chain looked at', async () => {
      await sidebar.run('Run Due Backups Now');
      return (await row.wait()).description.startsWith('not verified for 10 d · next ');
    });
    assert.deepEqual((await row.inlineActions()).toSorted(), ['Back Up Incrementally', 'Verify Recovery Point']);
    await workbench.statusBar.wait('Verification of web.vhd needs attention');
    for (const theme of ['light', 'high contrast dark', 'dark'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`schedule unverified ${theme}`);
    }
    assert.deepEqual(await workbench.notifications.texts(), []);
    await row.runInline('Verify Recovery Point');
    await row.wait(({ description }) => /^backed up .* · next /.test(description));
    const names: string[] = [];
    for await (const { name } of backups.listBlobsFlat({ prefix: 'web.vhd.chain/000001.proof-passed-' })) names.push(name);
    assert.equal(names.length, 2);
    assert.ok(names.every((name) => name.includes('Z-full-')));
    await workbench.screenshot('schedule verified');
    await workbench.tidy();
  });

  it('goes on when it is told to', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.run('Continue Scheduled Backups');
    await workbench.statusBar.waitUntilGone('Backups paused');
  });

  it('holds a recovery point', async () => {
    const { sidebar } = on.stage;
    const { chains } = sidebar;
    await chains.row('web.vhd').expand();
    await chains.row(TIME).chooseFromMenu('Hold Recovery Point');
    await until('a held point', async () => (await chains.row(TIME).wait()).description.endsWith('held'));
    await on.stage.workbench.screenshot('schedule held');
  });
});
