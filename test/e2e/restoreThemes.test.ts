import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { PointRow, RestoreView } from '../../src/messages/restore.ts';
import { THEMES, type Theme } from '../support/workbench/pages/theme.ts';
import { makeChain } from './support/chain.ts';
import { Gate } from './support/gate.ts';
import { LIVE, onStage } from './support/stage.ts';
import { Wizard } from './support/wizard.ts';

const MiB = 1024 ** 2;

describe('the page of the restore wizard', () => {
  const on = onStage();

  before(async () => {
    await makeChain(on.stage, 'web.vhd');
    await on.stage.sidebar.attachEmulator();
    await on.stage.workbench.page.setViewportSize({ width: 1280, height: 1900 });
  });

  it('has no fault that axe knows, in any step and any theme', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const { chains } = sidebar;
    await chains.row('web.vhd').chooseFromMenu('Restore…');
    const wizard = await Wizard.wait(workbench, 'web.vhd');
    const recorded = await wizard.record();
    const views = new Map<string, RestoreView>();
    const keep = async (name: string): Promise<void> => void views.set(name, await recorded.newest());
    await wizard.points().last().click();
    await wizard.waitForCheck('Name of the blob', 'There is no blob of this name yet.');
    await keep('target');
    await wizard.type('Name of the blob', 'web.vhd', 'There is a blob web.vhd already.');
    await keep('taken');
    await wizard.type('Name of the blob', 'web-again.vhd', 'There is no blob of this name yet.');
    await wizard.frame.getByRole('checkbox', { name: 'Go on with backups from here' }).click();
    await wizard.waitForCheck('Name of the new backup blob', 'There is no blob of this name yet.');
    await keep('chain');
    await wizard.review();
    await keep('review');
    using gate = new Gate(emulator, LIVE, 6 * MiB);
    await wizard.press('Restore');
    await gate.waitUntilReached();
    await wizard.waitForRun('running', / of .* MiB/);
    await keep('running');
    await wizard.press('Cancel');
    await wizard.waitForRun('resumable');
    await keep('resumable');
    gate.open();
    await wizard.press('Resume');
    await wizard.waitForRun('done');
    await keep('done');
    const target = views.get('target')!;
    views.set('points', { ...target, points: { ...target.points, chosen: undefined }, target: undefined });
    views.set('all kinds', allKinds(target));
    views.set('failed', {
      ...target,
      target: undefined,
      points: { ...target.points, rows: [], state: 'failed', trouble: 'It did not answer.' },
    });
    await workbench.notifications.wait('Restored');
    await workbench.tidy();

    for (const theme of Object.keys(THEMES) as Theme[]) {
      await workbench.setTheme(theme);
      await wizard.waitForTheme(theme);
      for (const [name, view] of views) {
        await wizard.show(view);
        await wizard.assertAccessible(`${name}, ${theme}`);
        await workbench.screenshot(`wizard-${name}-${theme}`.replaceAll(' ', '-'));
      }
    }
    await workbench.setTheme('dark');
  });

  it('stays quick and usable with hundreds of points', async () => {
    const { sidebar, workbench } = on.stage;
    await workbench.runCommand('View: Close All Editors');
    await sidebar.chains.row('web.vhd').chooseFromMenu('Restore…');
    const wizard = await Wizard.wait(workbench, 'web.vhd');
    const recorded = await wizard.record();
    await wizard.points().first().click();
    // The last that comes from the extension.
    await wizard.waitForCheck('Name of the blob', 'There is no blob of this name yet.');
    const view = await recorded.newest();
    const rows = manyRows(view.points.rows[0]!, 800);
    await wizard.show({ ...view, points: { ...view.points, rows, chosen: rows[400]!.id } });
    assert.equal(await wizard.points().count(), 800);
    const inSight = `(() => {
      const [list, row] = [document.querySelector('.list'), document.querySelector('.row[aria-selected=true]')].map((element) => element.getBoundingClientRect());
      const [line, bar] = [document.querySelector('.timeline'), document.querySelector('.bar.chosen')].map((element) => element.getBoundingClientRect());
      return row.top >= list.top && row.bottom <= list.bottom && bar.left >= line.left && bar.right <= line.right
        && document.documentElement.scrollWidth <= document.documentElement.clientWidth;
    })()`;
    assert.equal(await wizard.frame.evaluate(inSight), true, 'the chosen point is out of sight');
    // The list is looked through, and stays there when something else changes.
    await wizard.frame.evaluate("document.querySelector('.list').scrollTop = 3000");
    await wizard.show({ ...view, points: { ...view.points, rows, chosen: rows[400]!.id }, disk: 'other.vhd' });
    assert.equal(await wizard.frame.evaluate("document.querySelector('.list').scrollTop"), 3000);
    await workbench.screenshot('wizard-hundreds');
  });
});

function manyRows(row: PointRow, count: number): PointRow[] {
  return Array.from({ length: count }, (_, i) =>
    Object.assign({}, row, { id: `point ${i}`, day: `${i >> 3}`, changed: (i * 7919) % 1000 }),
  );
}

/** Every kind and every state of proof, and what is asked of whoever wants a point that is wrong. */
function allKinds(view: RestoreView): RestoreView {
  const [row] = view.points.rows;
  const kinds = ['full', 'incremental', 'rebase'] as const;
  const rows = (['all', 'part', 'none', 'wrong', 'missing'] as const).flatMap((proof) =>
    kinds.map((kind) => Object.assign({}, row, { id: `${kind} ${proof}`, kind, proof })),
  );
  const consent = { text: 'A verification found this point wrong. Restore it all the same.', isGiven: false };
  return { ...view, target: undefined, points: { ...view.points, rows, chosen: 'full wrong', hasMore: true, consent } };
}
