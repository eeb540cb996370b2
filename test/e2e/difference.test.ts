import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { accessibilityProblems } from '../support/workbench/pages/axe.ts';
import { THEMES, type Theme } from '../support/workbench/pages/theme.ts';
import { backUpByCli, type SampleDisk } from '../support/sampleDisk.ts';
import { DifferencePage } from './support/differencePage.ts';
import { Keys } from './support/keys.ts';
import { BACKUP, onStage } from './support/stage.ts';

const MiB = 1024 ** 2;
const PAGE = 512;
/** Of what no other file holds. */
const LINE = 'What a snapshot changed, seen in the editor.\n';
const TIME = /^\d{1,2} \w{3} \d\d:\d\d(?::\d\d)?$/;

describe('what a backup changed', () => {
  const on = onStage();
  let web: SampleDisk;
  /** Where the known words lie on the disk. */
  let known = 0;

  before(async () => {
    const { emulator, sidebar } = on.stage;
    web = await on.stage.disk('web.vhd');
    const backups = on.stage.container(BACKUP, 'backups');
    await backups.create();
    const backUp = () => backUpByCli(emulator, web.blob.url, backups.getBlobClient('web.vhd').url);
    await backUp();
    await web.disk.apply([{ kind: 'write', path: '/known.txt', bytes: Buffer.from(LINE.repeat(3000)) }]);
    await web.work(0);
    known = web.disk.read({ start: 0, end: web.disk.length }).indexOf(LINE.repeat(20));
    assert.ok(known > 0);
    await backUp();
    await sidebar.attachEmulator();
  });

  it('is shown from the newest point: the ranges, the right partition lit, and its new bytes', async () => {
    const { sidebar, workbench } = on.stage;
    const { chains } = sidebar;
    await chains.row('web.vhd').expand();
    const points = await chains.waitForRows('two points', (rows) => rows.filter(({ level }) => level === 2).length === 2);
    assert.match(points.find(({ level }) => level === 2)!.description, /^incremental/);
    await chains.row(TIME, 2).runInline('Compare with Previous');

    const page = await DifferencePage.wait(workbench);
    assert.match(await page.headline(), /^[\d.]+ KiB written · .* of 64 MiB · \d+ ranges$/);
    const rows = await page.rows();
    assert.ok(rows.length > 2);
    assert.equal(await page.table.getAttribute('aria-rowcount'), String(rows.length + 1));
    assert.deepEqual([...new Set(rows.map(([, , partition]) => partition))], ['data']);
    const holding = rows.find(([offset, length]) => holds(offset!, length!, known));
    assert.ok(holding, `no row holds ${known}`);

    // The map: the second of two partitions is lit, and nothing is drawn in the first.
    assert.match((await page.map.getAttribute('aria-label'))!, /^Map of the disk, 64 MiB\. \d+ ranges: data \(Linux\) · /);
    const end = 64 * MiB + PAGE;
    const lit = await page.painted('touched', 21, 24);
    assert.ok(lit[0]! > (8 * MiB) / end && lit.at(-1)! <= 1);
    const marks = await page.painted('written', 30, 86);
    assert.ok(marks.every((column) => column > (8 * MiB) / end));
    assert.ok(
      marks.some((column) => Math.abs(column - known / end) < 0.01),
      'the known file is not on the map',
    );
    await workbench.screenshot('difference');

    await page.frame.getByRole('row').filter({ hasText: holding[0]! }).click();
    const bytes = await page.waitForBytes(/What a snapsh/);
    assert.match(bytes, /57 68 61 74 20 61 20 73/);
    await workbench.screenshot('difference-bytes');
  });

  it('is read by keyboard alone', async () => {
    const { sidebar, workbench } = on.stage;
    await workbench.runCommand('View: Close All Editors');
    const keys = new Keys(workbench);
    await keys.countClicks();
    await keys.run('Page Blob Backup: Focus on Chains View');
    await keys.walkTo(sidebar.chains, 'web.vhd');
    await keys.press('ArrowDown');
    await keys.press('Shift+F10');
    await keys.choose('Compare with Previous');
    const page = await DifferencePage.wait(workbench);
    const rows = await page.rows();

    await page.tabTo('.frame');
    await keys.press('+');
    await page.waitForSpeech(/^32\S* MiB in view: 0x/);
    await keys.press('End');
    await page.waitForSpeech(/– 0x0400_0200/);
    await keys.press('0');
    await page.waitForSpeech(/^64 MiB in view: 0x0000_0000 /);
    await keys.press('n');
    await page.waitForSpeech(new RegExp(`^${rows[0]![0]}, `));
    await page.waitForActive(rows[0]![0]!);
    await keys.press('F7');
    await page.waitForSpeech(new RegExp(`^${rows[1]![0]}, `));
    await keys.press('p');
    await page.waitForSpeech(new RegExp(`^${rows[0]![0]}, `));
    await keys.press('p');
    await page.waitForSpeech(/^No further change that way\.$/);

    await page.tabTo('.table');
    await keys.press('End');
    await page.waitForActive(rows.at(-1)![0]!);
    await keys.press('Home');
    const at = rows.findIndex(([offset, length]) => holds(offset!, length!, known));
    for (let i = 0; i < at; i++) await keys.press('ArrowDown');
    await page.waitForActive(rows[at]![0]!);
    await keys.press('r');
    await page.waitForSpeech(/^yes, \d+ of \d+ pages$/);
    await keys.press('Enter');
    await page.waitForBytes(/What a snapsh/);
    assert.equal(await keys.clicks(), 0);
  });

  it('says what really differs, filters by size, and survives a reload', async () => {
    const { workbench } = on.stage;
    await workbench.runCommand('View: Close All Editors');
    await on.stage.sidebar.chains.row(TIME, 2).runInline('Compare with Previous');
    const page = await DifferencePage.wait(workbench);
    const rows = await page.rows();
    await page.frame.locator('vscode-button', { hasText: 'Check What Really Differs' }).click();
    await page.frame
      .locator('.body .row', { hasText: /yes, \d+ of \d+ pages/ })
      .first()
      .waitFor();
    await page.frame.getByLabel('Length').selectOption({ label: '≥ 64 KiB' });
    await page.frame.getByText(new RegExp(`^\\d+ of ${rows.length} ranges`)).waitFor();
    const large = await page.rows();
    assert.ok(large.length > 0 && large.length < rows.length);
    assert.ok(large.every(([, length]) => bytesOf(length!) >= 64 * 1024));

    // It comes back after a reload of the window, as it was.
    await workbench.reload();
    const again = await DifferencePage.wait(workbench);
    await again.frame.getByText(new RegExp(`^\\d+ of ${rows.length} ranges`)).waitFor();
    assert.deepEqual(
      (await again.rows()).map(([offset]) => offset),
      large.map(([offset]) => offset),
    );
  });

  it('can be used by everybody in every theme', async () => {
    const { workbench } = on.stage;
    const page = await DifferencePage.wait(workbench);
    for (const theme of Object.keys(THEMES) as Theme[]) {
      await workbench.setTheme(theme);
      assert.deepEqual(await accessibilityProblems(page.frame), [], theme);
      await workbench.screenshot(`difference-${theme.replaceAll(' ', '-')}`);
    }
  });
});

function holds(offset: string, length: string, byte: number): boolean {
  const start = Number(offset.replaceAll('_', ''));
  return byte >= start && byte < start + bytesOf(length) + PAGE;
}

/** Of `64 KiB`, `512 bytes`: as exact as the text is. */
function bytesOf(text: string): number {
  const [number, unit] = text.split(' ') as [string, string];
  return Number(number) * ({ KiB: 1024, MiB }[unit] ?? 1);
}
