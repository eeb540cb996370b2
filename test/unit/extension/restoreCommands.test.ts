import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { chainSummary } from '../../../src/engine/jobs/points/chainSummary.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { CommandRig, diskRow } from '../../support/extension/commandRig.ts';
import { WizardPage } from '../../support/extension/wizardPage.ts';
import { ProgressLocation } from '../../support/vscode/basics.ts';
import { GO_BACK, steppedThrough } from '../../support/vscode/quickInputs.ts';
import { user } from '../../support/vscode/user.ts';
import { panels, progresses } from '../../support/vscode/window.ts';

const TARGET = 'https://disks.example/vhds/diskrestored.vhd';
const chainRow = { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE } as const;
let rig: CommandRig;
afterEach(() => {
  rig.close();
  panels.length = 0;
});

async function backedUp(): Promise<CommandRig> {
  rig = await CommandRig.open();
  rig.chain.write(0, 1, 4);
  await rig.chain.backup();
  rig.chain.world.jump(5000);
  rig.chain.write(2, 9);
  await rig.chain.backup();
  return rig;
}

async function pointRow(number: number): Promise<object> {
  const entry = (await rig.chain.entries()).find((each) => each.number === number)!;
  const url = `${BACKUP}?snapshot=${entry.backup.snapshot}`;
  return { kind: 'point', url, backup: BACKUP, source: SOURCE, point: { entry, state: 'good' } };
}

/** The trees have seen the chain. */
async function known(): Promise<void> {
  const job = { world: rig.chain.world };
  const summary = await chainSummary({ backup: rig.client.pageBlob(BACKUP), catalogue: rig.client.recordStore(`${BACKUP}.chain`) }, job);
  rig.chains = [{ backup: BACKUP, source: SOURCE, knowledge: { state: 'known', summary } }];
}

/** What the oracle finds different between a point and a blob. */
async function differs(number: number, url: string): Promise<string | undefined> {
  const entry = (await rig.chain.entries()).find((each) => each.number === number)!;
  return rig.chain.service.oracle.differenceOf({ url: BACKUP, snapshot: entry.backup.snapshot }, { url });
}

const questions = (): string[] => user.seen.filter(({ kind }) => kind === 'pick' || kind === 'input').map(({ text }) => text);

describe('Restore…', () => {
  it('opens the wizard with the point of the row', async () => {
    await backedUp();
    await rig.run(COMMANDS.restore, await pointRow(1));
    const page = new WizardPage(rig);
    await page.until(({ points, target }) => points.chosen !== undefined && target);
    assert.equal(page.view.points.chosen, (await rig.chain.entries())[0]!.backup.snapshot);
    assert.match(page.view.points.badge!.text, /^Proven (?:just now|\d+ \w+ ago): every page\.$/);
    assert.match(page.view.points.badge!.detail, /^1 Jan \d{4} .* UTC · /);
    assert.deepEqual(questions(), []);
  });

  it('finds the chain of a disk, and asks for one from the palette', async () => {
    await backedUp();
    await rig.run(COMMANDS.restore, diskRow);
    assert.equal(panels.length, 1);
    panels[0]!.dispose();
    user.answers(/Storage account/, 'backups');
    user.answers(/Container/, 'backups');
    user.answers(/Backup blob/, 'disk.vhd');
    await rig.run(COMMANDS.restore);
    const page = new WizardPage(rig);
    await page.until(({ points }) => points.state === 'ready');
    assert.equal(page.view.origin, 'from backups / backups/disk.vhd');
  });

  it('asks which chain, and says where there is none', async () => {
    await backedUp();
    const other = 'https://backups.example/backups/other.vhd';
    const client = rig.chain.service.client('other');
    await rig.chain.backup({ backup: client.pageBlob(other), catalogue: client.recordStore(`${other}.chain`) });
    user.answers(/several chains/, 'backups/other.vhd');
    await rig.run(COMMANDS.restore, diskRow);
    await new WizardPage(rig).until(({ origin }) => origin === 'from backups / backups/other.vhd');
    rig.close();
    rig = await CommandRig.open();
    await rig.run(COMMANDS.restore, diskRow);
    assert.deepEqual(user.take(), ['info: There is no backup of disk.vhd yet, so there is nothing to restore.']);
  });
});

describe('Restore Quickly…', () => {
  it('asks three things and shows the plan, then restores', async () => {
    await backedUp();
    user.answers(/Point in time/, ({ choices }) => {
      assert.equal(choices.length, 2);
      return choices[0];
    });
    user.answers(/Restore to where/, 'A new blob beside the disk');
    user.answers(/Name of the blob/, '=');
    user.answers(/^Restore disk\.vhd as of .* to vhds\/diskrestored\.vhd\?$/, ({ detail, modal, choices }) => {
      assert.ok(modal);
      assert.deepEqual(choices, ['Restore']);
      assert.match(detail!, /^1\. Copy the recovery point to disks \/ vhds\/diskrestored\.vhd \(2 KiB · 1 request\)\n2\. Read back/);
      assert.match(detail!, /What stays as it is: disk\.vhd, its chain, all recovery points\./);
      assert.match(detail!, /A VM keeps using the old disk until you swap it/);
      return 'Restore';
    });
    await rig.run(COMMANDS.restoreQuickly, chainRow);
    await rig.idle();
    assert.equal(questions().length, 3);
    const [record] = rig.runs.all();
    assert.equal(record!.state, 'done', record!.outcome);
    assert.ok(record!.spec.job === 'restore');
    assert.equal(await differs(record!.spec.number, TARGET), undefined);
    assert.deepEqual(panels, []);
  });

  it('goes back a step, and runs nothing when the plan is turned away', async () => {
    await backedUp();
    user.answers(/Restore to where/, 'A new blob beside the disk');
    user.answers(/Name of the blob/, GO_BACK);
    user.answers(/Restore to where/, 'A new blob beside the disk');
    user.answers(/Name of the blob/, 'mine.vhd');
    await rig.run(COMMANDS.restoreQuickly, await pointRow(1));
    assert.equal(questions().length, 4);
    assert.equal(user.seen.at(-1)!.modal, true);
    assert.deepEqual(rig.runs.all(), []);
  });

  for (const [where, question, taken, free] of [
    ['A new blob beside the disk', /Name of the blob/, 'diskrestored.vhd', 'mine.vhd'],
    ['A new blob somewhere else…', /Account, container and name/, 'disks/vhds/diskrestored.vhd', 'disks/vhds/mine.vhd'],
  ] as const) {
    it(`asks again for a place that is taken, and says so: ${where}`, async () => {
      await backedUp();
      rig.chain.service.foreign.createBlob(TARGET, 8192);
      user.answers(/Restore to where/, where);
      user.answers(question, '=');
      // What was typed is there, and Enter does nothing with it but say why.
      user.answers(question, taken);
      user.answers(question, free);
      user.answers(/^Restore disk\.vhd as of .* to vhds\/mine\.vhd\?$/, 'Restore');
      await rig.run(COMMANDS.restoreQuickly, await pointRow(2));
      await rig.idle();
      assert.match(JSON.stringify(user.seen), /There is a blob diskrestored\.vhd already\. A restore never writes over one/);
      assert.deepEqual(
        rig.runs.all().map(({ spec }) => spec.job === 'restore' && spec.target),
        ['https://disks.example/vhds/mine.vhd'],
      );
    });
  }

  it('from the palette asks four things: chain, point, where to and place, with a way back through all of them', async () => {
    await backedUp();
    await known();
    user.answers(/Chain of backups/, ({ choices }) => {
      assert.deepEqual(choices, ['disk.vhd — backups / backups/disk.vhd', 'Another backup blob…']);
      return 'disk.vhd';
    });
    user.answers(/Point in time/, GO_BACK);
    user.answers(/Chain of backups/, 'disk.vhd');
    user.answers(/Point in time/, ({ choices }) => choices[1]);
    user.answers(/Restore to where/, 'A new blob somewhere else…');
    user.answers(/Account, container and name/, GO_BACK);
    user.answers(/Restore to where/, 'A new blob somewhere else…');
    user.answers(/Account, container and name/, 'backups/backups/folder/mine.vhd');
    user.answers(/^Restore disk\.vhd as of /, 'Restore');
    await rig.run(COMMANDS.restoreQuickly);
    await rig.idle();
    assert.equal(questions().length, 4 + 4);
    const [record] = rig.runs.all();
    assert.equal(record!.state, 'done', record!.outcome);
    assert.ok(record!.spec.job === 'restore');
    assert.equal(record!.spec.target, 'https://backups.example/backups/folder/mine.vhd');
    assert.equal(record!.spec.number, 1);
    assert.equal(await differs(1, record!.spec.target), undefined);
  });

  it('numbers its steps, fewer from a row', async () => {
    await backedUp();
    await known();
    const answers = (): void => {
      user.answers(/Chain of backups/, 'disk.vhd');
      user.answers(/Point in time/, ({ choices }) => choices[0]);
      user.answers(/Restore to where/, 'A new blob beside the disk');
    };
    for (const [row, steps] of [
      [undefined, ['1/4', '2/4', '3/4', '4/4']],
      [chainRow, ['1/3', '2/3', '3/3']],
      [await pointRow(1), ['1/2', '2/2']],
    ] as const) {
      user.reset();
      steppedThrough.length = 0;
      answers();
      await rig.run(COMMANDS.restoreQuickly, row);
      assert.deepEqual(steppedThrough, steps);
    }
  });

  it('finds a chain that the trees do not know, and comes back to the list when that is turned away', async () => {
    await backedUp();
    user.answers(/Chain of backups/, 'Another backup blob…');
    user.answers(/Storage account/, undefined);
    user.answers(/Chain of backups/, 'Another backup blob…');
    user.answers(/Storage account/, 'backups');
    user.answers(/Container/, 'backups');
    user.answers(/Backup blob/, 'disk.vhd');
    user.answers(/Point in time/, ({ choices }) => choices[0]);
    user.answers(/Restore to where/, 'The disk itself, in place');
    await rig.run(COMMANDS.restoreQuickly);
    assert.match(user.seen.at(-1)!.text, /^Rewind disk\.vhd to /);
  });

  for (const [typed, said] of [
    ['disks/vhds', 'Type account/container/name.'],
    ['nobody/vhds/x.vhd', 'There is no account of that name among those that are known: attach it first.'],
    ['disks/Vhds/x.vhd', 'Only lower-case letters, digits and hyphens.'],
    ['disks/vhds/x.vhd?sig=c2VjcmV0c2VjcmV0c2VjcmV0%3D', 'This looks like a key or a SAS. Only a name goes here.'],
  ] as const) {
    it(`does not go on with ${typed.split('?')[0]}, and says why`, async () => {
      await backedUp();
      user.answers(/Restore to where/, 'A new blob somewhere else…');
      user.answers(/Account, container and name/, typed);
      await rig.run(COMMANDS.restoreQuickly, await pointRow(1));
      assert.ok(user.seen.some(({ kind, text }) => kind === 'error' && text === said));
      assert.deepEqual(rig.runs.all(), []);
    });
  }

  it('heads the list with how many points cannot be read', async () => {
    await backedUp();
    rig.chain.service.interceptor = ({ operation, args }) =>
      operation === 'recordRead' && args['name'] === '000001.json'
        ? { kind: 'throw', error: new BackupError('integrity', 'Torn.') }
        : undefined;
    await rig.run(COMMANDS.restoreQuickly, chainRow);
    const { choices } = user.seen.find(({ text }) => text.includes('Point in time'))!;
    assert.equal(choices.length, 2);
    assert.equal(choices[0], 'without 1 point: their records cannot be read');
  });

  it('restores to a file', async () => {
    await backedUp();
    const folder = mkdtempSync(join(tmpdir(), 'pbb-quick-'));
    try {
      user.answers(/Restore to where/, 'A file on this machine…');
      user.answers(/Restore to a File/, join(folder, 'x.vhd'));
      user.answers(/to x\.vhd\?$/, 'Restore');
      await rig.run(COMMANDS.restoreQuickly, await pointRow(2));
      await rig.idle();
      assert.equal(readFileSync(join(folder, 'x.vhd')).length, 8192);
      assert.match(rig.runs.all()[0]!.outcome!, /^Restored point 2 of disk\.vhd to .*x\.vhd: 2 KiB/);
      assert.deepEqual(user.seen.at(-1)!.choices, ['Show Log'], 'no tree shows a file');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('Rewind to This Point…', () => {
  it('tells what it does in a question, and does it', async () => {
    await backedUp();
    user.answers(/^Rewind disk\.vhd to .*\d\d:\d\d:\d\d\?$/, ({ kind, detail, choices }) => {
      assert.equal(kind, 'warning');
      assert.deepEqual(choices, ['Rewind the Disk']);
      assert.match(detail!, /1\. Take a snapshot of the disk as it is now, which stays/);
      assert.match(detail!, /2\. Write back what differs, and nothing else: disks \/ vhds\/disk\.vhd \(512 bytes · 1 request\)/);
      assert.match(detail!, /The disk keeps its name and its chain/);
      return 'Rewind the Disk';
    });
    await rig.run(COMMANDS.rewind, await pointRow(1));
    await rig.idle();
    const [record] = rig.runs.all();
    assert.equal(record!.state, 'done', record!.outcome);
    assert.match(
      record!.outcome!,
      /^Rewound disk\.vhd to point 1: 512 bytes written back.* The snapshot .* holds the disk as it was before\.$/,
    );
    assert.equal(await differs(1, SOURCE), undefined);
  });

  it('from the palette asks for chain and point', async () => {
    await backedUp();
    await known();
    user.answers(/Chain of backups/, 'disk.vhd');
    user.answers(/Point in time/, ({ choices }) => choices[1]);
    user.answers(/^Rewind disk\.vhd to /, 'Rewind the Disk');
    steppedThrough.length = 0;
    await rig.run(COMMANDS.rewind);
    await rig.idle();
    assert.deepEqual(steppedThrough, ['1/2', '2/2']);
    assert.equal(rig.runs.all()[0]!.state, 'done');
    assert.equal(await differs(1, SOURCE), undefined);
  });

  it('looks at the plan in the status bar, not in one more notification', async () => {
    await backedUp();
    const shown: unknown[] = [];
    rig.chain.service.interceptor = () => void shown.push(...progresses.map(({ title, location }) => [title, location]));
    await rig.run(COMMANDS.rewind, await pointRow(1));
    assert.ok(shown.length > 0);
    assert.deepEqual(new Set(shown.map(String)), new Set([`Looking at what the restore would do,${ProgressLocation.Window}`]));
  });

  it('is refused while a VM holds the disk, with the way out', async () => {
    await backedUp();
    rig.chain.service.foreign.attach(SOURCE);
    await rig.run(COMMANDS.rewind, await pointRow(1));
    assert.match(
      user.seen.at(-1)!.text,
      /attached to a VM \(infinite lease\)\. Nothing was changed\. Restore to a new blob instead, or detach it first\.$/,
    );
    assert.deepEqual(rig.runs.all(), []);
  });

  it('does not run beside a backup of the same chain', async () => {
    await backedUp();
    const entry = (await rig.chain.entries())[0]!;
    const backup = rig.runs.start({ job: 'backup', source: SOURCE, backup: BACKUP, full: false, adopt: false });
    const from = { source: SOURCE, backup: BACKUP, point: entry.backup.snapshot, number: 1, evenIfFailed: false };
    assert.equal(rig.runs.begin({ ...from, job: 'rewind' }).id, undefined);
    assert.match(user.seen.at(-1)!.text, /^This blob is in use: Backup of disk\.vhd is under way\./);
    await backup;
  });
});
