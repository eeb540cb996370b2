import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { accessibilityProblems } from '../support/workbench/pages/axe.ts';
import type { Workbench } from '../support/workbench/pages/workbench.ts';
import { startWorkbench } from '../support/workbench/startWorkbench.ts';
import type { RunningWorkbench } from '../support/workbench/startWorkbench.ts';
import { until } from '../support/workbench/until.ts';

const sample = join(import.meta.dirname, '..', 'support', 'workbench', 'sample');

describe('the workbench harness, with a sample extension', () => {
  let running: RunningWorkbench;
  let workbench: Workbench;

  before(async () => {
    running = await startWorkbench({ extension: sample, settings: { 'sample.greeting': 'good morning' } });
    workbench = await running.openPage();
    await workbench.openViewContainer('Sample Fruits');
  });

  after(async () => {
    await running?.stop();
    if (running) assert.equal(existsSync(running.userData), false, 'files stay behind');
  });

  afterEach(async () => {
    await workbench.tidy();
    assert.deepEqual(workbench.console.errors(), []);
  });

  it('reads a tree', async () => {
    const fruits = workbench.view('Fruits');
    const apples = await fruits.row('Apples').wait();
    assert.deepEqual(apples, {
      index: 0,
      level: 1,
      label: 'Apples',
      description: '2 kinds',
      aria: 'Apples, 2 kinds',
      isExpanded: false,
      isSelected: false,
      isFocused: false,
      icon: 'folder',
    });
    await fruits.row('Apples').expand();
    await fruits.row('Boskoop', 2).waitForDescription('ripe · seen 0 times');
    assert.deepEqual(await fruits.row('Boskoop').inlineActions(), ['Work']);
    assert.match(await fruits.row('Boskoop').tooltip(), /Boskoop from the garden/);
    await fruits.row('Elstar').click();
    await fruits.row('Boskoop').click(['Control']);
    const selected = await fruits.waitForRows('two selected', (rows) => rows.filter(({ isSelected }) => isSelected).length === 2);
    assert.deepEqual(
      selected.map(({ label }) => label),
      ['Apples', 'Boskoop', 'Elstar', 'Pears'],
    );
    assert.deepEqual(await fruits.titleActions(), ['Refresh Fruits', 'Collapse All']);
    await fruits.runTitleAction('Refresh Fruits');
    await fruits.row('Boskoop').waitForDescription('ripe · seen 1 times');
  });

  it('scrolls through a long tree', async () => {
    const fruits = workbench.view('Fruits');
    await fruits.row('Pears').expand();
    const rows = await fruits.allRows();
    assert.equal(rows.length, 4 + 60);
    assert.equal(rows.at(-1)!.label, 'Pear 60');
    const row = await fruits.reveal('Pear 40');
    assert.equal((await row.wait()).index, 3 + 40);
    await fruits.runTitleAction('Collapse All');
    await fruits.row('Pear 40').waitUntilGone();
  });

  it('walks a tree by keyboard', async () => {
    const fruits = workbench.view('Fruits');
    const { keyboard } = workbench.page;
    await fruits.focus();
    await fruits.row('Apples').collapse();
    await keyboard.press('Home');
    await keyboard.press('ArrowRight');
    await fruits.row('Boskoop').wait();
    await keyboard.press('ArrowDown');
    assert.equal((await fruits.focused())?.label, 'Boskoop');
    await keyboard.press('Shift+F10');
    assert.deepEqual(await (await workbench.contextMenu()).items(), ['Work', 'Drop']);
    await (await workbench.contextMenu()).close();
  });

  it('reads an empty view and presses its button; picks, and types what is wrong and then right', async () => {
    const { quickInput, notifications } = workbench;
    const empty = workbench.view('Vegetables');
    await empty.waitForWelcome(/^No vegetables here\. Choose Fruit$/);
    await empty.pressWelcomeButton('Choose Fruit');
    await quickInput.wait('Which one?');
    assert.equal(await quickInput.title(), 'Choose a Fruit');
    assert.deepEqual(
      (await quickInput.items()).map(({ label, description, detail }) => [label, description, detail]),
      [
        ['Apples', 'round', 'From the tree at the gate'],
        ['Pears', 'long', ''],
      ],
    );
    await workbench.screenshot('harness-quick-pick');
    await quickInput.pickByKeyboard('Pears');
    await quickInput.wait('How Many?');
    await quickInput.type('many');
    await quickInput.waitForMessage('That is no number.');
    await workbench.screenshot('harness-input-box');
    await quickInput.type('3');
    await quickInput.accept();
    await quickInput.waitUntilClosed();
    const notification = await notifications.wait('3 Pears chosen.');
    assert.deepEqual(await notification.buttons(), ['Again', 'Enough']);
    assert.equal(await notification.severity(), 'info');
    await notification.press('Enough');
    await notification.waitUntilGone();
    await workbench.waitForOutput('Sample Log', '[info] answer: Enough');

    await workbench.runCommand('Sample: Choose Fruit');
    await quickInput.wait('Which one?');
    await quickInput.cancel();
    await workbench.waitForOutput('Sample Log', 'nothing chosen');
  });

  it('watches a run, and cancels it', async () => {
    await workbench.view('Fruits').row('Apples').expand();
    await workbench.view('Fruits').row('Boskoop').runInline('Work');
    const progress = await workbench.notifications.wait('Working on Boskoop');
    await progress.waitForText(/: \d+ %/);
    assert.equal(await progress.isWorking(), true);
    assert.ok((await progress.percent())! > 0);
    await workbench.statusBar.wait('Sample works');
    await workbench.screenshot('harness-progress');
    await progress.cancel();
    const end = await workbench.notifications.wait('Work cancelled.');
    assert.equal(await end.severity(), 'warning');
    await workbench.statusBar.wait('Sample idle');
  });

  it('answers a modal question that a context menu led to', async () => {
    const { dialog } = workbench;
    const menu = await workbench.view('Fruits').row('Elstar').openMenu();
    assert.deepEqual(await menu.items(), ['Work', 'Drop']);
    await workbench.screenshot('harness-menu');
    await menu.choose('Drop');
    await dialog.wait('Drop Elstar?');
    assert.equal(await dialog.detail(), 'It cannot be picked up again.');
    assert.deepEqual(await dialog.buttons(), ['Cancel', 'Drop']);
    await workbench.screenshot('harness-dialog');
    await dialog.press('Drop');
    await workbench.waitForOutput('Sample Log', 'drop Elstar: Drop');
    await workbench.view('Fruits').row('Elstar').chooseFromMenu('Drop');
    await dialog.wait();
    await dialog.cancel();
    await workbench.waitForOutput('Sample Log', 'drop Elstar: undefined');
  });

  it('talks with a webview, in every theme', async () => {
    await workbench.runCommand('Sample: Open Page');
    await workbench.editors.wait('Sample Page');
    const frame = await workbench.webview('Sample Page');
    await frame.getByRole('button', { name: 'Say hello' }).click();
    await frame.getByRole('status').filter({ hasText: 'host heard: hello' }).waitFor();
    assert.deepEqual(await accessibilityProblems(frame), []);
    for (const theme of ['light', 'high contrast dark', 'high contrast light', 'dark'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`harness-${theme.replaceAll(' ', '-')}`);
    }
    assert.deepEqual(await workbench.editors.titles(), ['Sample Page']);
    await workbench.editors.close('Sample Page');
  });

  it('reads output channels and the clipboard', async () => {
    await workbench.waitForOutput('Sample Plain', /^plain words\n$/);
    await workbench.waitForOutput('Sample Log', 'greeting: good morning');
    await workbench.showOutput('Sample Log');
    await workbench.screenshot('harness-output');
    await workbench.runCommand('Sample: Copy Word');
    await workbench.waitForClipboard('a word from the extension');
  });

  it('keeps a secret over a reload, and over a crash of the extension host', async () => {
    const hosts = async (): Promise<string[]> => {
      const text = await workbench.waitForOutput('Sample Log', 'activated');
      return [...text.matchAll(/activated by process (\d+)/g)].map(([, pid]) => pid!);
    };
    const [first] = await hosts();
    await workbench.runCommand('Sample: Count Secretly');
    await workbench.notifications.wait('Secret count: 1');

    await workbench.changeSettings({ 'sample.greeting': 'good night' });
    await workbench.waitForOutput('Sample Log', 'greeting: good night');
    await workbench.runCommand('Sample: Count Secretly');
    await workbench.notifications.wait('Secret count: 2');
    const second = await until('another extension host', async () => (await hosts()).find((pid) => pid !== first));

    await workbench.crashExtensionHost();
    await until('a third extension host', async () => (await hosts()).some((pid) => pid !== first && pid !== second));
    await workbench.runCommand('Sample: Count Secretly');
    await workbench.notifications.wait('Secret count: 3');
  });
});
