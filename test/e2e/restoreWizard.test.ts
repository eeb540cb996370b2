import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { until } from '../support/workbench/until.ts';
import { makeChain } from './support/chain.ts';
import { Gate } from './support/gate.ts';
import { Keys } from './support/keys.ts';
import { NAME } from './support/sidebar.ts';
import { BACKUP, LIVE, contentOf, onStage } from './support/stage.ts';
import { Wizard } from './support/wizard.ts';

const MiB = 1024 ** 2;

describe('the restore wizard', () => {
  const on = onStage();
  /** SHA-256 of the disk at its first recovery point. */
  let first: string;

  before(async () => {
    const { contents } = await makeChain(on.stage, 'web.vhd');
    first = contents[0]!;
    await makeChain(on.stage, 'data.vhd', { points: 1, seed: 2 });
    await on.stage.sidebar.attachEmulator();
    await on.stage.workbench.page.setViewportSize({ width: 1280, height: 1000 });
  });

  beforeEach(() => on.stage.workbench.runCommand('View: Close All Editors'));

  it('needs no mouse', async () => {
    const { emulator, workbench } = on.stage;
    const keys = new Keys(workbench);
    await keys.countClicks();
    await keys.run(`${NAME}: Restore…`);
    await keys.pick('Storage account', BACKUP);
    await keys.pick('Container', 'backups');
    await keys.pick('Backup blob', 'web.vhd');
    const wizard = await Wizard.wait(workbench, 'web.vhd');
    await wizard.waitForKeyboard();
    const tabTo = async (name: string): Promise<void> => {
      await until(`the focus on "${name}"`, async () => {
        await keys.press('Tab');
        return (await wizard.focus()) === name;
      });
    };

    // The timeline goes from left to right, the list from the newest down.
    await tabTo('slider Recovery points by time');
    await keys.press('ArrowRight');
    const slider = wizard.frame.getByRole('slider');
    await wizard.chosen().and(wizard.points().first()).waitFor();
    assert.equal(await slider.getAttribute('aria-valuenow'), '2');
    await keys.press('ArrowLeft');
    await wizard.chosen().and(wizard.points().last()).waitFor();
    assert.match((await slider.getAttribute('aria-valuetext'))!, /full/);
    await tabTo('listbox 1Point in time');
    await keys.press('Home');
    await wizard.chosen().and(wizard.points().first()).waitFor();
    await keys.press('ArrowDown');
    await wizard.chosen().and(wizard.points().last()).waitFor();
    await wizard.waitForFocus('listbox 1Point in time');

    await tabTo('radio A new blob');
    await keys.press('ArrowDown');
    await wizard.waitFor('web.vhd is attached to nothing.');
    assert.equal(await wizard.focus(), 'radio The disk itself, in place');
    await keys.press('ArrowUp');
    await wizard.field('Name of the blob').waitFor();
    await tabTo('text Name of the blob');
    await keys.press('Home');
    await keys.type('my-');
    // Views come while it is typed; they leave the cursor where it is.
    await wizard.waitForCheck('Name of the blob', 'There is no blob of this name yet.');
    await keys.type('own-');
    assert.equal(await wizard.field('Name of the blob').inputValue(), 'my-own-webrestored.vhd');
    await wizard.button('Review').and(wizard.frame.locator(':enabled')).waitFor();
    await tabTo('submit Review');
    await keys.press('Enter');
    await wizard.waitForFocus('h2 3Review');
    await keys.press('Escape');
    await wizard.waitForFocus('h2 2Where to');
    await tabTo('submit Review');
    await keys.press('Enter');
    await wizard.waitForFocus('h2 3Review');

    using gate = new Gate(emulator, LIVE, 6 * MiB);
    await tabTo('submit Restore');
    await keys.press('Space');
    await wizard.waitForFocus('h2 4Restore');
    await gate.waitUntilReached();
    await tabTo('submit Cancel');
    await keys.press('Enter');
    await wizard.waitForRun('resumable');
    // The button is gone, the focus is not.
    await wizard.waitForFocus('h2 4Restore');
    gate.open();
    await tabTo('submit Resume');
    await keys.press('Enter');
    await wizard.waitForRun('done', /matches\.$/);
    await wizard.waitForFocus('h2 4Restore');
    await tabTo('submit Copy');
    await keys.press('Enter');
    await workbench.waitForClipboard(/^az disk create [^]*/);
    await wizard.waitFor('Copied.');
    assert.equal(await keys.clicks(), 0);
    assert.equal(await contentOf(on.stage.container(LIVE, 'vhds').getPageBlobClient('my-own-webrestored.vhd')), first);
  });

  it('comes back as it was: hidden and shown, with another one beside it, and after a reload of the window', async () => {
    const { emulator, sidebar, workbench } = on.stage;
    const { chains } = sidebar;
    await chains.row('web.vhd').chooseFromMenu('Restore…');
    let web = await Wizard.wait(workbench, 'web.vhd');
    await web.points().last().click();
    await web.type('Name of the blob', 'kept.vhd', 'There is no blob of this name yet.');

    await chains.row('data.vhd').chooseFromMenu('Restore…');
    let data = await Wizard.wait(workbench, 'data.vhd');
    assert.equal(await data.points().count(), 1);
    await data.points().first().click();
    await data.type('Name of the blob', 'data-kept.vhd', 'There is no blob of this name yet.');
    // Asked for once more, the one that is there is shown.
    await chains.row('web.vhd').chooseFromMenu('Restore…');
    web = await Wizard.wait(workbench, 'web.vhd');
    assert.deepEqual(await workbench.editors.titles(), ['Restore web.vhd', 'Restore data.vhd']);
    await web.chosen().and(web.points().last()).waitFor();
    assert.equal(await web.field('Name of the blob').inputValue(), 'kept.vhd');

    // Both at once, narrow.
    await workbench.runCommand('View: Move Editor into Right Group');
    web = await Wizard.wait(workbench, 'web.vhd');
    data = await Wizard.wait(workbench, 'data.vhd');
    assert.equal(await data.field('Name of the blob').inputValue(), 'data-kept.vhd');
    await web.review();
    await data.type('Name of the blob', 'data-other.vhd', 'There is no blob of this name yet.');
    assert.equal(await web.field('Name of the blob').inputValue(), 'kept.vhd');
    await workbench.screenshot('wizard-two');

    await workbench.reload();
    web = await Wizard.wait(workbench, 'web.vhd');
    data = await Wizard.wait(workbench, 'data.vhd');
    await web.waitForCheck('Name of the blob', 'There is no blob of this name yet.');
    assert.equal(await web.field('Name of the blob').inputValue(), 'kept.vhd');
    assert.equal(await data.field('Name of the blob').inputValue(), 'data-other.vhd');

    // Its plan is made anew by itself.
    await web.button('Copy as Command Line').waitFor();

    // A run whose window goes away is gone on with in the wizard that comes back.
    using gate = new Gate(emulator, LIVE, 6 * MiB);
    await web.press('Restore');
    await gate.waitUntilReached();
    await workbench.reload();
    web = await Wizard.wait(workbench, 'web.vhd');
    await web.waitForRun('resumable');
    gate.open();
    await web.press('Resume');
    await web.waitForRun('done', /matches\.$/);
    assert.equal(await contentOf(on.stage.container(LIVE, 'vhds').getPageBlobClient('kept.vhd')), first);
  });
});
