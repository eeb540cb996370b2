import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openAzure } from '../../src/azure/azure.ts';
import { planBackup } from '../../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../../src/engine/jobs/backup/run.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import type { SampleDisk } from '../support/sampleDisk.ts';
import { root } from '../support/workbench/folders.ts';
import { accessibilityProblems } from '../support/workbench/pages/axe.ts';
import { DifferencePage } from './support/differencePage.ts';
import { onStage } from './support/stage.ts';

const MiB = 1024 ** 2;
const HOUR = 3600_000;
const POINTS = 10;
/** The point at which far more changed than usual. */
const RANSOM = 7;
const README = join(root, 'media', 'readme', 'difference.png');
const TIME = /^\d{1,2} \w{3} \d\d:\d\d(?::\d\d)?$/;

/** Pictures for people to look at; with PBB_README=1 the one in the README is made anew. */
describe('pictures of what changed', () => {
  const on = onStage({ names: ['contosovms', 'contosobackups'] });

  before(async () => {
    const { ahead, sidebar, workbench } = on.stage;
    // The service's time never goes back.
    ahead.ms = -POINTS * 12 * HOUR;
    await on.stage.container('contosobackups', 'backups').create();
    const web = await on.stage.disk('web.vhd', { seed: 2, size: 256 * MiB });
    for (let i = 0; i < POINTS; i++) {
      const bytes = Buffer.alloc((i === RANSOM ? 120 : 4) * MiB, i + 1);
      await web.disk.apply([{ kind: 'write', path: i === RANSOM ? '/encrypted' : '/daily', bytes }]);
      await backedUp(web, (POINTS - i) * 12);
    }
    ahead.ms = 0;
    await workbench.page.setViewportSize({ width: 1200, height: 720 });
    await sidebar.attachEmulator();
    await sidebar.chains.row('web.vhd').expand();
    await sidebar.chains.row(TIME, 2).wait();
  });

  /** A recovery point of some hours ago. */
  async function backedUp(disk: SampleDisk, hours: number): Promise<void> {
    const { ahead, emulator } = on.stage;
    ahead.ms = -hours * HOUR;
    await disk.work(3);
    const env = Object.fromEntries(
      emulator.accounts.map(({ name }, i) => [`AZURE_STORAGE_CONNECTION_STRING_${i}`, emulator.connectionString(name)]),
    );
    const azure = openAzure({ env });
    const backup = azure.pageBlob(on.stage.container('contosobackups', 'backups').getPageBlobClient('web.vhd').url);
    const request = { source: azure.pageBlob(disk.blob.url), backup, catalogue: azure.recordStoreFor(backup), proof: 'changed' } as const;
    const options = { world: { ...systemWorld, now: () => Date.now() + ahead.ms } };
    for await (const { type } of runBackup(await planBackup(request, options), request, options)) void type;
  }

  it('of a difference, its window, and its change in focus', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.chains.row(TIME, 2).runInline('Compare with Previous');
    const page = await DifferencePage.wait(workbench);
    await page.rows();
    await page.table.focus();
    for (let i = 0; i < 8; i++) await workbench.page.keyboard.press('ArrowDown');
    await page.painted('written', 30, 86);
    await workbench.page.locator('.part.titlebar').hover();
    const picture = await workbench.screenshot('difference-picture');
    if (process.env['PBB_README'] === '1') await copyFile(picture, README);
  });

  it('of the churn of a chain, the point that stands out, in every theme', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.chains.row('web.vhd').chooseFromMenu('Show Churn');
    const frame = await workbench.webviewThat('of the churn', async (frame) => (await frame.locator('.churn-page tbody tr').count()) > 0);
    assert.equal(await frame.locator('tbody tr').count(), POINTS);
    assert.equal(await frame.locator('.bar').count(), POINTS);
    assert.match(
      (await frame.locator('tr.stands-out .note').allTextContents()).join('\n'),
      /^\d.* times as much as usual\. Look at what changed: /,
    );
    assert.equal(await frame.locator('.bar .sign').count(), 1);
    for (const theme of ['light', 'high contrast dark', 'dark'] as const) {
      await workbench.setTheme(theme);
      assert.deepEqual(await accessibilityProblems(frame), [], theme);
      await workbench.screenshot(`churn-${theme.replaceAll(' ', '-')}`);
    }
  });
});
