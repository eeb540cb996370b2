import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { COMMANDS, PAGES } from '../../../src/extension/names.ts';
import { BACKUP } from '../../support/chain/memoryChain.ts';
import { backupRow, type CommandRig } from '../../support/extension/commandRig.ts';
import { WizardPage } from '../../support/extension/wizardPage.ts';
import { oldest, wizardScene } from '../../support/extension/wizardScene.ts';
import { panels, revivePanel } from '../../support/vscode/window.ts';

const TARGET = 'https://disks.example/vhds/diskrestored.vhd';
const { open, backedUp, wizard } = wizardScene();

describe('the list of points', () => {
  it('shows points whose records cannot be read as rows that are no choice', async () => {
    const rig = await backedUp();
    rig.chain.service.interceptor = ({ operation, args }) =>
      operation === 'recordRead' && args['name'] === '000002.json'
        ? { kind: 'throw', error: new BackupError('integrity', 'Torn.') }
        : undefined;
    const page = await wizard(rig);
    const [row, good] = page.view.points.rows;
    assert.deepEqual([row!.label, row!.description, row!.proof, row!.time], ['Point 2', 'its record cannot be read', 'missing', undefined]);
    assert.equal(page.view.points.rows.length, 2);
    assert.equal(page.view.points.trouble, undefined);
    await page.ask({ type: 'choosePoint', point: row!.id });
    assert.equal(page.view.points.chosen, undefined);
    await page.ask({ type: 'choosePoint', point: good!.id });
    const { review } = await page.review();
    assert.ok(
      review!.stays.some((text) => text.includes('all 2 points')),
      review!.stays.join(),
    );
  });

  it('tells points of one minute by their seconds', async () => {
    const rig = await open();
    for (let page = 0; page < 2; page++) {
      rig.chain.write(page, 1);
      await rig.chain.backup();
      rig.chain.world.jump(7000);
    }
    const labels = (await wizard(rig)).view.points.rows.map(({ label }) => label);
    assert.match(labels.join(' | '), /^1 Jan 00:00:0[7-9] \| 1 Jan 00:00:0\d$/);
    assert.notEqual(labels[0], labels[1]);
  });

  it('says that no record can be read where that is so', async () => {
    const rig = await backedUp();
    rig.chain.service.interceptor = ({ operation }) =>
      operation === 'recordRead' ? { kind: 'throw', error: new BackupError('integrity', 'Torn.') } : undefined;
    await rig.run(COMMANDS.restore, backupRow);
    const { points } = await new WizardPage(rig).until((view) => view.points.state === 'failed');
    assert.equal(points.trouble, 'No record of a recovery point can be read here. Nothing was changed.');
    assert.equal(points.rows.length, 2);
  });
});

describe('a wizard that comes back after a reload of the window', () => {
  /** A wizard with a review, and the same one in the window after it. */
  async function reloaded(change: (page: WizardPage, rig: CommandRig) => Promise<void> = async () => undefined) {
    const rig = await backedUp();
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    await page.until((view) => view.target?.canReview);
    await page.edit('name', 'mine.vhd');
    await page.review();
    const { review } = page.view;
    await change(page, rig);
    const kept = structuredClone({ restore: page.view.kept });
    const next = await open({ like: rig, owner: 'here/2/one' });
    return { review, next, again: new WizardPage(next, await revivePanel(PAGES.restore, kept)) };
  }

  it('plans anew what was reviewed, and can run it', async () => {
    const { review, next, again } = await reloaded();
    await again.until((view) => view.review?.state === 'ready');
    assert.deepEqual(again.view.review, review);
    await again.ask({ type: 'restore' });
    await again.until((view) => view.run?.state === 'done');
    const { spec } = next.runs.all()[0]!;
    assert.ok(spec.job === 'restore' && spec.target.endsWith('/mine.vhd'));
  });

  it('does not where the review was left, nor where what it was of does not hold any more', async () => {
    for (const change of [
      async (page: WizardPage) => void (await page.ask({ type: 'back' })),
      async (_: WizardPage, rig: CommandRig) => rig.chain.service.foreign.createBlob('https://disks.example/vhds/mine.vhd', 512),
    ]) {
      const { next, again } = await reloaded(change);
      await again.until((view) => view.target?.fields.every(({ check }) => check.state !== 'checking'));
      await next.settle();
      assert.equal(again.view.review, undefined);
      next.close();
      panels.length = 0;
    }
  });

  it('does not once something is changed before the plan could be made', async () => {
    const { next, again } = await reloaded(async (_, rig) =>
      rig.chain.service.foreign.createBlob('https://disks.example/vhds/mine.vhd', 512),
    );
    await again.until((view) => view.target && again.field('name').check.state === 'bad');
    assert.equal(again.view.kept.hasReview, true);
    await again.edit('name', 'other.vhd');
    await again.until((view) => view.target?.canReview);
    await next.settle();
    assert.equal(again.view.review, undefined);
    assert.equal(again.view.kept.hasReview, false);
  });

  it('does not plan over a run that has ended', async () => {
    const { next, again } = await reloaded(async (page) => {
      await page.ask({ type: 'restore' });
      await page.until((view) => view.run?.state === 'done');
    });
    await again.until((view) => view.run?.state === 'done' && view.points.chosen !== undefined);
    await again.ask({ type: 'startOver' });
    await next.settle();
    assert.equal(again.view.review, undefined);
  });
});

describe('a wizard under which something changes', () => {
  it('says why a plan that is shown cannot be run, and what was not begun', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    await page.review();
    assert.equal(page.view.review!.blocked, undefined);
    rig.chain.service.foreign.createBlob(TARGET, 8192);
    // Whoever lists accounts again asks again about what is in them.
    let pressed: Promise<string | undefined> | undefined;
    rig.chain.service.interceptor = ({ url }) => {
      if (url !== TARGET || pressed) return undefined;
      assert.equal(page.view.review!.blocked, 'Looking once more whether it can be restored there…');
      pressed = page.ask({ type: 'restore' });
      return undefined;
    };
    rig.accountsChanged.fire();
    await page.until(() => page.field('name').check.state === 'bad', 'the name is taken');
    assert.equal(await pressed, 'Nothing was started. Looking once more whether it can be restored there…');
    assert.equal(page.view.review!.blocked, 'It cannot be restored there any more: “Where to” says why.');
    await page.ask({ type: 'back' });
    assert.equal(await page.ask({ type: 'restore' }), 'Nothing was started. Look at the plan first.');
    assert.equal(page.view.run, undefined);
  });

  it('lists the points again once a run has ended: one that is gone is no choice any more', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    const point = oldest(page);
    await page.ask({ type: 'choosePoint', point });
    await page.review();
    rig.chain.service.foreign.deleteSnapshot(BACKUP, point);
    await page.ask({ type: 'restore' });
    const { run } = await page.until((view) => view.run?.state === 'failed');
    assert.match(run!.text, /recovery point 1, and was deleted outside this tool/);
    await page.ask({ type: 'startOver' });
    const { points, target } = await page.until((view) => view.points.state === 'ready');
    assert.deepEqual(
      points.rows.map(({ proof }) => proof === 'missing'),
      [false, true],
    );
    assert.equal(points.chosen, undefined);
    assert.equal(target, undefined);
  });
});
