import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { PairView } from '../../src/messages/difference.ts';
import type { DiskSpec } from '../support/differencePage/spec.ts';
import { DifferenceStage, type DifferencePage } from '../support/differencePage/stage.ts';
import { accessibilityProblems } from '../support/workbench/pages/axe.ts';
import { until } from '../support/workbench/until.ts';

const PAGE = 512;
const MiB = 1024 ** 2;
const TiB = 1024 ** 4;
const view = { title: 'disk.vhd', before: { label: '20 Nov 14:00', detail: 'then' }, after: { label: '21 Nov 02:00', detail: 'later' } };

const small: DiskSpec = {
  length: 64 * MiB + PAGE,
  partitions: [
    { name: 'EFI', type: '', start: MiB, end: 9 * MiB },
    { name: 'root', type: 'Linux', start: 9 * MiB, end: 63 * MiB },
  ],
  footer: true,
  ranges: [
    { kind: 'allocated', start: 0, end: 10 * MiB },
    { kind: 'written', start: 12 * MiB, end: 12 * MiB + 64 * 1024 },
    { kind: 'cleared', start: 30 * MiB, end: 33 * MiB },
    { kind: 'written', start: 40 * MiB, end: 40 * MiB + PAGE },
  ],
};

/** The page as it is built, in a browser without VS Code: every state, and disks that no test could make for real. */
describe('the difference page', () => {
  let stage: DifferenceStage;
  let on: DifferencePage;

  before(async () => {
    stage = await DifferenceStage.open();
  });
  beforeEach(async () => {
    on = await stage.page();
  });
  afterEach(async () => {
    assert.deepEqual(on.problems, []);
    await on.close();
  });
  after(() => stage[Symbol.asyncDispose]());

  const show = (state: PairView['state']): Promise<void> => on.order({ type: 'state', view, state });
  const showDisk = async (disk: DiskSpec): Promise<void> => {
    await on.order({ type: 'disk', view, disk });
    await on.page.locator('.headline').waitFor();
    if (disk.ranges.length > 0 || disk.spread) await on.page.locator('.body .row[aria-busy=false]').first().waitFor();
  };
  const press = (name: string): Promise<void> => on.page.getByRole('button', { name, exact: true }).click();
  const asked = async (type: string) => await until(`the ask ${type}`, async () => (await on.asked()).findLast((ask) => ask.type === type));
  const offsets = (): Promise<string[]> => on.page.locator('.body .row:not([hidden]) .offset').allTextContents();

  it('tells how far it is, and can be stopped', async () => {
    await show({
      kind: 'gathering',
      text: 'The service lists the pages that changed',
      done: TiB,
      total: 4 * TiB,
      windows: 3,
      ranges: 4812,
    });
    await on.page.getByText('25 % · 4 TiB · 4,812 ranges').waitFor();
    assert.equal(await on.page.getByRole('progressbar').getAttribute('aria-valuenow'), '25');
    assert.equal(await on.page.locator('.table').isVisible(), false);
    assert.deepEqual(await accessibilityProblems(on.page.mainFrame()), []);
    await press('Stop');
    await asked('stop');
    await show({ kind: 'stopped', text: 'You stopped it.' });
    await press('Compare');
    await asked('start');
  });

  it('asks before it reads much, and takes no for an answer', async () => {
    await show({ kind: 'question', text: 'Both have to be read.', detail: 'Up to 2 TiB.', bytes: 2 * TiB });
    await on.page.getByText('Up to 2 TiB.').waitFor();
    assert.deepEqual(await accessibilityProblems(on.page.mainFrame()), []);
    await press('Stop');
    await asked('stop');
    await press('Compare');
    await asked('start');
  });

  it('says what went wrong, and what can be done', async () => {
    await show({ kind: 'failed', text: 'The snapshot is gone.', canRetry: true, remedies: [{ id: 'showLog', text: 'Show Log' }] });
    assert.equal(await on.page.getByRole('alert').filter({ hasText: 'The snapshot is gone.' }).count(), 1);
    assert.deepEqual(await accessibilityProblems(on.page.mainFrame()), []);
    await press('Show Log');
    assert.deepEqual(await asked('remedy'), { type: 'remedy', id: 'showLog' });
    await press('Try Again');
    await asked('start');
    await show({ kind: 'failed', text: 'You have no access.', canRetry: false, remedies: [] });
    await on.page.getByText('You have no access.').waitFor();
    assert.equal(await on.page.locator('vscode-button').count(), 0);
  });

  it('shows the disk where nothing changed, and no table', async () => {
    await showDisk({ ...small, ranges: [], headline: 'The two are equal, byte for byte.' });
    await on.page.getByText('The two are equal, byte for byte.').waitFor();
    assert.equal(await on.page.getByRole('application').getAttribute('aria-label'), 'Map of the disk, 64 MiB. nothing changed');
    assert.equal(await on.page.getByRole('grid').count(), 0);
    assert.deepEqual(await accessibilityProblems(on.page.mainFrame()), []);
  });

  it('tells what is odd about a disk, and shows what one image has more', async () => {
    const notes = ['There is no partition table.', 'There is no VHD footer at the end.', 'The disk has grown from 48 MiB to 64 MiB.'];
    await showDisk({ ...small, lengthBefore: 48 * MiB, partitions: [], footer: false, notes });
    assert.deepEqual(await on.page.locator('.notes li').allTextContents(), notes);
    assert.equal(await on.page.locator('.swatch.beyond').isVisible(), true);
    await until('hatching beyond the shorter one', async () => (await pixels(on, 'at(0.9, 0.4, 12)')) > 0);
    assert.equal(await pixels(on, 'at(0.6, 0.4, 12)'), 0);
  });

  it('tells why bytes cannot be shown, and stays what it was', async () => {
    await showDisk(small);
    await on.order({ type: 'refuse', text: 'The snapshot of 20 Nov 14:00 was deleted.' });
    await on.page.locator('.table').focus();
    await on.page.keyboard.press('Enter');
    await on.page.getByText('The snapshot of 20 Nov 14:00 was deleted.').waitFor();
    assert.deepEqual(await asked('bytes'), { type: 'bytes', row: 0, offset: 12 * MiB });
    assert.equal((await offsets()).length, 3);
    assert.deepEqual(await accessibilityProblems(on.page.mainFrame()), []);
  });

  it('sorts, filters, and exports what passes', async () => {
    await showDisk(small);
    assert.deepEqual(await offsets(), ['0x00C0_0000', '0x01E0_0000', '0x0280_0000']);
    await press('Length');
    await until('the largest first', async () => (await offsets())[0] === '0x01E0_0000');
    assert.equal(await on.page.getByRole('columnheader', { name: 'Length' }).getAttribute('aria-sort'), 'descending');
    await on.page.getByLabel('Kind').selectOption('written');
    await on.page.getByText('2 of 3 ranges · 64.5 KiB').waitFor();
    assert.deepEqual(await offsets(), ['0x00C0_0000', '0x0280_0000']);
    await on.page.getByLabel('Length', { exact: true }).and(on.page.locator('select')).selectOption({ label: '≥ 1 MiB' });
    await on.page.getByText('No range passes the filter.').waitFor();
    await on.page.getByLabel('Length', { exact: true }).and(on.page.locator('select')).selectOption('');
    await on.page.getByRole('button', { name: 'Export' }).focus();
    await on.page.keyboard.press('ArrowDown');
    await on.page.keyboard.press('ArrowDown');
    assert.deepEqual(await accessibilityProblems(on.page.mainFrame()), []);
    await on.page.keyboard.press('Enter');
    const filter = { kind: 'written', area: undefined, atLeast: undefined };
    assert.deepEqual(await asked('export'), { type: 'export', format: 'csv', filter });
    assert.equal(await on.page.getByRole('menuitem').count(), 0);
  });

  it('is moved by hand: zoomed, dragged, and a click finds the change', async () => {
    await showDisk(small);
    const box = (await on.page.locator('canvas.disk').boundingBox())!;
    const at = (share: number) => [box.x + share * box.width, box.y + 60] as const;
    await on.page.mouse.move(...at(0.5));
    await until(
      'a card',
      async () =>
        (await on.page.locator('.tip').allInnerTexts())[0]?.includes('3 MiB') ||
        /cleared|nothing changed/.test(await on.page.locator('.tip').innerText()),
    );
    await on.page.keyboard.down('Control');
    await on.page.mouse.wheel(0, -100);
    await on.page.keyboard.up('Control');
    await on.page.getByText('32 MiB in view').waitFor();
    await on.page.mouse.down();
    await on.page.mouse.move(...at(1), { steps: 3 });
    await on.page.mouse.up();
    await on.page.mouse.move(...at(0.55));
    await on.page.mouse.down();
    await on.page.mouse.up();
    const find = await asked('find');
    assert.ok(find.type === 'find' && find.which === 'nearest');
    // 32 MiB around the middle, dragged by half of that to the right: the view begins at the disk's own beginning.
    assert.ok(Math.abs(find.offset - 0.55 * 32 * MiB) < 0.2 * MiB, String(find.offset));
    await until(
      'the change that is nearest',
      async () => (await on.page.locator('.row[aria-selected=true] .offset').textContent()) === '0x00C0_0000',
    );
  });

  it('comes back to where it was', async () => {
    await showDisk(small);
    await on.page.locator('.frame').focus();
    await on.page.keyboard.press('+');
    await on.page.keyboard.press('n');
    await on.page.getByLabel('Kind').selectOption('written');
    await on.page.getByText('2 of 3 ranges').waitFor();
    await on.page.keyboard.press('Tab');
    await on.page.locator('.table').focus();
    await on.page.keyboard.press('End');
    await on.page.reload();
    await showDisk(small);
    await on.page.getByText('32 MiB in view').waitFor();
    await on.page.getByText('2 of 3 ranges').waitFor();
    await until('the row', async () => (await on.page.locator('.row[aria-selected=true] .offset').textContent()) === '0x0280_0000');
  });

  it('draws a single page of 8 TiB on a sharp screen, so that its pixels are found', async () => {
    await on.close();
    on = await stage.page({ ratio: 2 });
    const start = 5 * TiB + 123 * PAGE;
    await showDisk({ length: 8 * TiB, partitions: [], ranges: [{ kind: 'written', start, end: start + PAGE }] });
    assert.ok(
      await on.page.evaluate<boolean>("(({ width, clientWidth }) => width === 2 * clientWidth)(document.querySelector('canvas.disk'))"),
    );
    await until('its mark', async () => (await pixels(on, 'at(0.625, 0.64, 3)')) > 0);
    assert.equal(await pixels(on, 'at(0.615, 0.64, 3)'), 0);
    assert.equal(await pixels(on, 'at(0.635, 0.64, 3)'), 0);
  });

  it('shows four million rows, first and last, with as many elements as are seen', async () => {
    await showDisk({ length: 8 * TiB, partitions: [], ranges: [], spread: 4_000_000 });
    const { page } = on;
    const table = page.getByRole('grid');
    assert.equal(await table.getAttribute('aria-rowcount'), '4000001');
    await table.focus();
    await page.keyboard.press('End');
    const last = page.locator('.row[aria-rowindex="4000001"][aria-busy=false]');
    await last.waitFor();
    assert.equal(await last.getAttribute('aria-selected'), 'true');
    assert.equal(await table.getAttribute('aria-activedescendant'), await last.getAttribute('id'));
    const [own, whole] = [(await last.boundingBox())!, (await table.boundingBox())!];
    assert.ok(own.y + own.height <= whole.y + whole.height + 1);
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    await page.locator('.row[aria-selected=true][aria-busy=false]').waitFor();
    await page.evaluate("(({ style }, table) => (table.scrollTop = table.scrollHeight / 2))({}, document.querySelector('.table'))");
    await until('the middle', async () => {
      const index = Number(await page.locator('.body .row').first().getAttribute('aria-rowindex'));
      return Math.abs(index - 2_000_000) < 1000;
    });
    const rows = await page.evaluate<number[]>("[...document.querySelectorAll('.body .row')].map((row) => Number(row.ariaRowIndex))");
    assert.deepEqual(
      rows,
      rows.toSorted((a, b) => a - b),
      'they stand in the document as they are seen',
    );
    await page.keyboard.press('Home');
    await page.locator('.row[aria-rowindex="2"][aria-busy=false]').waitFor();
    assert.ok((await page.locator('*').count()) < 500);
  });
});

/** Counts painted pixels of the map in a column (shares of its width and height, and CSS pixels downwards). */
async function pixels({ page }: DifferencePage, where: string): Promise<number> {
  return await page.evaluate<number>(`(() => {
    const canvas = document.querySelector('canvas.disk');
    const ratio = canvas.width / canvas.clientWidth;
    const at = (x, y, height) => {
      const { data } = canvas.getContext('2d').getImageData(Math.floor(x * canvas.width) - 2, Math.floor(y * canvas.height), 5, height * ratio);
      let painted = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 0) painted++;
      return painted;
    };
    return ${where};
  })()`);
}
