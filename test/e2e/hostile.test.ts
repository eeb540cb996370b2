import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { backUpByCli } from '../support/sampleDisk.ts';
import { attack, foreignElements, leave, Stranger } from './support/attack.ts';
import { DifferencePage } from './support/differencePage.ts';
import { BACKUP, LIVE, onStage, type Stage } from './support/stage.ts';
import { Wizard } from './support/wizard.ts';

const MiB = 1024 ** 2;
const SHOT = 'window.pwned=1';

/** Names that somebody may give to a blob, each with what breaks out of one place or another. */
const NAMES = [
  `"><img src=x onerror=${SHOT}><svg onload=${SHOT}>[open](command:workbench.action.terminal.new) javascript:${SHOT} $(zap) &lt;b&gt;.vhd`,
  `</title></style><script>${SHOT}</script>'-alert(1)-'.vhd`,
  '\u202egpj.dhv\u2066\u200f hostile.vhd',
  `${'long'.repeat(240)}.vhd`,
] as const;

const METADATA = { owner: `"><img src=x onerror=${SHOT}>`, note: '[open](command:workbench.action.terminal.new)' };

describe('what others wrote', () => {
  const on = onStage();

  before(async () => {
    const { stage } = on;
    await stage.container(LIVE, 'vhds').create();
    await stage.container(BACKUP, 'backups').create();
    for (const name of NAMES) await makeHostileChain(stage, name);
    await stage.sidebar.attachEmulator();
    await stage.workbench.widenSideBar(420);
  });

  it('does nothing in the tree but to be read: neither in rows nor in cards', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.accounts.row(LIVE).expand();
    const rows = await sidebar.accounts.waitForRows('the disks', (all) => all.filter(({ level }) => level === 2).length === NAMES.length);
    const shown = rows.filter(({ level }) => level === 2);
    for (const { label, aria } of shown) {
      assert.ok(aria.includes(label), aria);
      const row = sidebar.accounts.row(label, 2);
      const card = await row.card();
      assert.ok(card.text.length > label.length / 2, card.text);
      assert.deepEqual(card.alive, [], label);
    }
    await assertNothingRan(on.stage);
    await workbench.screenshot('hostile-tree');
  });

  for (const [i, name] of NAMES.entries()) {
    it(`does nothing on the pages: name ${i + 1}`, async () => {
      const { sidebar, workbench } = on.stage;
      const last = name.split('/').at(-1)!;
      const chain = sidebar.chains.row(last);
      await chain.chooseFromMenu('Restore…');
      const wizard = await Wizard.wait(workbench, last);
      await wizard.points().first().click();
      await wizard.field('Name of the blob').waitFor();
      assert.ok(plainText(await wizard.frame.locator('h1').first().textContent()).includes(plainText(last)));
      assert.deepEqual(await foreignElements(wizard.frame), []);
      await workbench.screenshot(`hostile-wizard-${i + 1}`);

      await chain.expand();
      await sidebar.chains.waitForRows('two points', (rows) => rows.filter(({ level }) => level === 2).length >= 2);
      await sidebar.chains.row(TIME, 2).runInline('Compare with Previous');
      const page = await DifferencePage.wait(workbench);
      assert.ok(plainText(await page.frame.locator('h1 .name').textContent()).includes(plainText(last)));
      assert.deepEqual(await foreignElements(page.frame), []);
      await assertNothingRan(on.stage);
      await workbench.screenshot(`hostile-difference-${i + 1}`);
      await workbench.runCommand('View: Close All Editors');
      await chain.collapse();
    });
  }
});

describe('the policy of the pages', () => {
  const on = onStage();

  before(async () => {
    const { stage } = on;
    await stage.container(LIVE, 'vhds').create();
    await stage.container(BACKUP, 'backups').create();
    await makeHostileChain(stage, 'web.vhd');
    await stage.sidebar.attachEmulator();
    // All that is refused is told in the console.
    stage.workbench.console.allowRefusals();
  });

  it('would be asked for in vain: the stranger answers', async () => {
    await using stranger = await Stranger.open();
    const { workbench } = on.stage;
    const page = await workbench.page.context().newPage();
    await page.goto(`${stranger.url}/here`);
    await page.evaluate("fetch('/fetch')");
    await page.close();
    assert.deepEqual(
      stranger.asked.filter((url) => !url.includes('favicon')),
      ['/here', '/fetch'],
    );
  });

  it('refuses everything that the restore page could be made to do', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.chains.row('web.vhd').chooseFromMenu('Restore…');
    const { frame } = await Wizard.wait(workbench, 'web.vhd');
    await assertRefused(frame);
  });

  it('refuses everything that the difference page could be made to do', async () => {
    const { sidebar, workbench } = on.stage;
    await sidebar.chains.row('web.vhd').expand();
    await sidebar.chains.waitForRows('two points', (rows) => rows.filter(({ level }) => level === 2).length >= 2);
    await sidebar.chains.row(TIME, 2).runInline('Compare with Previous');
    const { frame } = await DifferencePage.wait(workbench);
    await assertRefused(frame);
  });

  async function assertRefused(frame: Wizard['frame']): Promise<void> {
    await using stranger = await Stranger.open();
    const attacked = await attack(frame, stranger);
    assert.equal(attacked.length, 32);
    for (const { name, directive, refusedBy, ran } of attacked) {
      assert.ok(refusedBy.includes(directive), `${name}: refused by ${refusedBy.join(', ') || 'nothing'}`);
      assert.equal(ran, undefined, name);
    }
    await leave(frame, stranger);
    // Whoever types into a page that is gone is not heard.
    await on.stage.sidebar.chains.row('web.vhd').click();
    assert.deepEqual(stranger.asked, [], 'requests that left the page');
  }
});

const TIME = /^\d{1,2} \w{3} \d\d:\d\d(?::\d\d)?$/;

/** A small disk of this name and a chain of two points, with metadata of the same kind. */
async function makeHostileChain(stage: Stage, name: string): Promise<void> {
  const disk = stage.container(LIVE, 'vhds').getPageBlobClient(name);
  await disk.create(MiB, { metadata: METADATA });
  for (const value of [1, 2]) {
    await disk.uploadPages(Buffer.alloc(4096, value), value * 8192, 4096);
    await backUpByCli(stage.emulator, disk.url, stage.container(BACKUP, 'backups').getPageBlobClient(name).url);
  }
}

/** No frame of the window has run what a name brought, and no terminal was opened by one. */
async function assertNothingRan({ workbench }: Stage): Promise<void> {
  for (const frame of workbench.page.frames()) {
    assert.equal(await frame.evaluate('window.pwned').catch(() => undefined), undefined, frame.url());
  }
  assert.equal(await workbench.page.locator('.terminal-wrapper').count(), 0);
}

/** Without what VS Code and the page replace: marks that turn the order of text about, and runs of blanks. */
function plainText(text: string | null): string {
  return (text ?? '')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
