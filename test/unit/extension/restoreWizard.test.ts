import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { COMMANDS, PAGES } from '../../../src/extension/names.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { backupRow, type CommandRig } from '../../support/extension/commandRig.ts';
import { WizardPage } from '../../support/extension/wizardPage.ts';
import { oldest, wizardScene } from '../../support/extension/wizardScene.ts';
import { user } from '../../support/vscode/user.ts';
import { panels, revivePanel } from '../../support/vscode/window.ts';

const TARGET = 'https://disks.example/vhds/diskrestored.vhd';
const { open, backedUp, wizard } = wizardScene();

describe('the restore wizard', () => {
  it('restores the chosen point to a new blob, step by step', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    assert.equal(page.view.disk, 'disk.vhd');
    assert.equal(page.panel.title, 'Restore disk.vhd');
    assert.equal(page.view.points.rows.length, 2);
    assert.equal(page.view.target, undefined, 'nothing is chosen yet');
    const point = oldest(page);
    await page.ask({ type: 'choosePoint', point });
    assert.equal(page.view.points.chosen, point);
    await page.until((view) => view.target?.canReview);
    assert.deepEqual(
      page.view.target!.fields.map(({ name, check }) => [name, check.state]),
      [
        ['account', 'none'],
        ['container', 'good'],
        ['name', 'good'],
        ['tier', 'none'],
        ['continueChain', 'none'],
      ],
    );
    const name = page.field('name');
    assert.equal(name.value, 'diskrestored.vhd');
    const { review } = await page.review();
    assert.equal(review!.state, 'ready', review!.trouble);
    assert.ok(review!.canRun);
    assert.deepEqual(
      review!.steps.map(({ title }) => title),
      [
        'Copy the recovery point to disks / vhds/diskrestored.vhd',
        'Read back and compare with the recovery point: disks / vhds/diskrestored.vhd',
      ],
    );
    assert.equal(review!.picture!.length, 8192);
    assert.deepEqual(
      review!.picture!.written,
      Array.from({ length: 16 }, (_, i) => Number(i < 4)),
    );
    assert.deepEqual(
      review!.picture!.differs,
      Array.from({ length: 16 }, (_, i) => Number(i === 2)),
    );
    await page.ask({ type: 'restore' });
    await page.until(({ run }) => run?.state === 'done');
    assert.ok(page.view.isLocked);
    assert.equal(differs(rig, point), undefined);
    assert.match(page.view.run!.text, /^Restored point 1 of disk\.vhd to disks \/ vhds\/diskrestored\.vhd: 2 KiB/);
  });

  it('goes on with backups from there: the next one is incremental', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    await page.until((view) => view.target?.canReview);
    await page.edit('continueChain', 'true');
    assert.equal(page.field('newBackup').value, 'diskrestored.vhd');
    const { review } = await page.review();
    assert.ok(review!.canRun, review!.trouble);
    assert.deepEqual(
      review!.steps.map(({ title }) => title.split(' ')[0]),
      ['Promote', 'Take', 'Copy', 'Take', 'Read', 'Record'].filter((word) => review!.steps.some(({ title }) => title.startsWith(word))),
    );
    assert.ok(review!.stays.some((text) => text.includes('Backups of the new disk go to backups/diskrestored.vhd')));
    await page.ask({ type: 'restore' });
    await page.until(({ run }) => run?.state === 'done');
    assert.match(page.view.run!.text, /Its backups go on in backups\/diskrestored\.vhd: the next one copies only what changed\.$/);
    rig.chain.service.foreign.write(TARGET, 512, new Uint8Array(512).fill(7));
    user.reset();
    await page.ask({ type: 'act', action: 'backUp' });
    await rig.idle();
    assert.match(rig.runs.all()[0]!.outcome!, /^Backed up diskrestored\.vhd: 512 bytes changed of 8 KiB/);
  });

  it('rewinds the disk in place', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    await page.ask({ type: 'chooseTarget', kind: 'inPlace' });
    await page.until((view) => view.target?.check.state === 'good');
    const { review } = await page.review();
    assert.equal(review!.button, 'Rewind the Disk');
    assert.match(review!.steps[0]!.title, /^Take a snapshot of the disk as it is now, which stays/);
    assert.match(review!.steps[1]!.detail, /^512 bytes · 1 request/);
    await page.ask({ type: 'restore' });
    await page.until(({ run }) => run?.state === 'done');
    assert.match(page.view.run!.text, /^Rewound disk\.vhd to point 1: 512 bytes written back/);
    assert.deepEqual(
      page.view.run!.next.map((step) => (step.kind === 'action' ? step.action : step.kind)),
      ['backUp', 'verify', 'reveal'],
    );
  });

  it('restores to a file that is chosen in a dialog', async () => {
    const rig = await backedUp();
    const folder = mkdtempSync(join(tmpdir(), 'pbb-wizard-'));
    try {
      const page = await wizard(rig);
      await page.ask({ type: 'choosePoint', point: oldest(page) });
      await page.ask({ type: 'chooseTarget', kind: 'file' });
      assert.deepEqual(page.field('path').check, { state: 'bad', text: 'Choose a file.' });
      user.answers(/Restore to a File/, join(folder, "it's.vhd"));
      await page.ask({ type: 'browse' });
      await page.until((view) => view.target?.canReview);
      await page.review();
      await page.ask({ type: 'copyCommand' });
      assert.equal(user.clipboard.at(-1), `page-blob-backup restore '${BACKUP}?snapshot=${oldest(page)}' '${folder}/it'\\''s.vhd'`);
      await page.ask({ type: 'restore' });
      await page.until(({ run }) => run?.state === 'done');
      assert.equal(readFileSync(join(folder, "it's.vhd")).length, 8192);
      await page.ask({ type: 'act', action: 'openFolder' });
      assert.equal(user.executed.at(-1)![0], 'revealFileInOS');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('copies commands from its next steps, and nothing else that a page names', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await restored(page);
    assert.equal(await page.ask({ type: 'copyBlock', id: 'managedDisk.az' }), 'Copied.');
    assert.match(user.clipboard.at(-1)!, /--source=https:\/\/disks\.example\/vhds\/diskrestored\.vhd/);
    assert.equal(await page.ask({ type: 'copyBlock', id: 'constructor' }), undefined);
    assert.equal(user.clipboard.length, 1);
    await page.ask({ type: 'act', action: 'reveal' });
    await rig.settle();
    assert.ok(rig.asked.includes(`reveal ${TARGET}`));
  });

  it('voids the review when a choice above it is changed', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    await page.review();
    await page.edit('name', 'other.vhd');
    assert.equal(page.view.review, undefined);
    await page.ask({ type: 'restore' });
    assert.equal(page.view.run, undefined, 'nothing was reviewed');
    await page.review();
    await page.ask({ type: 'choosePoint', point: page.view.points.rows[0]!.id });
    assert.equal(page.view.review, undefined);
    assert.deepEqual(rig.runs.all(), []);
  });

  it('keeps everything as it is once a run has begun, until it is started over', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await restored(page);
    const before = page.view.target;
    await page.edit('name', 'other.vhd');
    await page.ask({ type: 'chooseTarget', kind: 'inPlace' });
    await page.ask({ type: 'choosePoint', point: page.view.points.rows[0]!.id });
    assert.deepEqual(page.view.target, before);
    assert.equal(page.view.points.chosen, oldest(page));
    await page.ask({ type: 'startOver' });
    assert.equal(page.view.run, undefined);
    await page.until(() => page.field('name').check.state === 'bad');
    assert.match(page.field('name').check.text, /^There is a blob diskrestored\.vhd already\./);
    assert.ok(!page.view.target!.canReview);
  });

  it('restores a point that was found wrong only when that is agreed to', async () => {
    const rig = await backedUp();
    await rig.client.recordStore(`${BACKUP}.chain`).create('000001.proof-failed-x.json', '{}');
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    assert.equal(page.view.points.rows.at(-1)!.proof, 'wrong');
    assert.equal(page.view.target, undefined);
    assert.equal(page.view.points.consent!.isGiven, false);
    await page.ask({ type: 'acceptWrong', isAccepted: true });
    const { review } = await page.review();
    assert.ok(review!.canRun, review!.trouble);
    assert.ok(review!.warnings.includes('A verification found this point wrong. It is restored as it is.'));
    await page.ask({ type: 'acceptWrong', isAccepted: false });
    assert.equal(page.view.review, undefined);
  });

  it('says what keeps it from being planned', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    await page.until((view) => view.target?.canReview);
    rig.chain.service.foreign.createBlob(TARGET, 8192);
    const { review } = await page.review();
    assert.equal(review!.state, 'failed');
    assert.ok(!review!.canRun);
    assert.match(review!.trouble!, /exists already/);
    // The field says so too, and no longer that the name is free.
    await page.until(() => page.field('name').check.state === 'bad', 'the name is taken');
  });

  it('says that there is no point, or that they cannot be read, and reads them again', async () => {
    const rig = await backedUp();
    rig.chain.service.interceptor = () => ({
      kind: 'throw',
      error: new BackupError('accessDenied', 'No access.', { hint: 'Ask for a role.' }),
    });
    await rig.run(COMMANDS.restore, backupRow);
    const page = new WizardPage(rig);
    const { points } = await page.until((view) => view.points.state === 'failed');
    assert.equal(points.trouble, 'No access. Ask for a role.');
    rig.chain.service.interceptor = undefined;
    await page.ask({ type: 'retryPoints' });
    assert.equal(page.view.points.rows.length, 2);
    assert.equal(page.view.points.trouble, undefined);
  });
});

describe('a restore in the wizard', () => {
  const PAGES_OF_DISK = 64;

  /** A wizard about to restore, whose run is stopped or left at the nth write. */
  async function about(nth: number, act: (rig: CommandRig, page: WizardPage) => void): Promise<{ rig: CommandRig; page: WizardPage }> {
    const rig = await open({ pages: PAGES_OF_DISK });
    for (let at = 0; at < PAGES_OF_DISK; at += 2) rig.chain.write(at, at + 1);
    await rig.chain.backup();
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    await page.review();
    let count = 0;
    rig.chain.service.interceptor = ({ operation }) => {
      if (operation.startsWith('writePages') && count++ === nth) act(rig, page);
      return undefined;
    };
    return { rig, page };
  }

  it('is cancelled and resumed there', async () => {
    const { rig, page } = await about(10, (_, it) => void it.send({ type: 'cancel' }));
    await page.ask({ type: 'restore' });
    const { run } = await page.until((view) => view.run?.state === 'resumable');
    assert.ok(run!.canResume && run!.canStartOver && !run!.canCancel);
    assert.match(run!.text, /^Interrupted.*It can be resumed at any time\.$/);
    await rig.settle();
    assert.match(
      user.seen.at(-1)!.text,
      /^Restore of disk\.vhd to diskrestored\.vhd was stopped.*marked as not finished; it can be resumed\.$/,
    );
    await page.ask({ type: 'resume' });
    await page.until((view) => view.run?.state === 'done');
    assert.equal(differs(rig, oldest(page)), undefined);
    assert.equal(rig.runs.all().length, 1);
  });

  it('is resumed from the list of runs after the window was closed, and seen in the tab that came back', async () => {
    let closed: Promise<void> | undefined;
    const { rig, page } = await about(10, (it) => {
      closed ??= it.runs.close();
    });
    await page.ask({ type: 'restore' });
    await page.until(() => closed !== undefined);
    await closed;
    const kept = { restore: page.view.kept };
    const next = await open({ like: rig, owner: 'here/2/one' });
    const again = new WizardPage(next, await revivePanel(PAGES.restore, structuredClone(kept)));
    await again.until((view) => view.run?.state === 'resumable' && view.target);
    assert.ok(again.view.isLocked);
    assert.equal(again.view.points.chosen, oldest(page));
    await next.run(COMMANDS.resumeRun, next.runs.all()[0]!.id);
    await again.until((view) => view.run?.state === 'done');
    assert.equal(differs(rig, oldest(page)), undefined);
  });

  it('that died without a word waits its lease out', async () => {
    const { rig, page } = await about(10, (it) => {
      it.files.isFrozen = true;
      it.client.crash();
    });
    await page.ask({ type: 'restore' });
    await page.until((view) => view.run && view.run.state !== 'running');
    rig.files.isFrozen = false;
    const next = await open({ like: rig, owner: 'here/2/one', isAlive: false });
    const seen: string[] = [];
    next.runs.onDidChange((record) => void (record?.phase && record.phase !== seen.at(-1) && seen.push(record.phase)));
    await next.run(COMMANDS.resumeRun, next.runs.all()[0]!.id);
    await next.idle();
    assert.equal(next.runs.all()[0]!.state, 'done');
    assert.deepEqual(seen.slice(0, 3), ['preparing', 'waiting', 'copying'], 'it is seen what is waited for, without a flicker');
    assert.equal(next.logged.filter((line) => line.includes('Waiting until the lease of the interrupted run has ended')).length, 1);
    assert.equal(differs(rig, oldest(page)), undefined);
  });

  it('that was forgotten is told so, and lets another one begin', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await restored(page);
    await rig.run(COMMANDS.forgetFinishedRuns);
    assert.equal(page.view.run!.state, 'forgotten');
    await page.ask({ type: 'startOver' });
    assert.equal(page.view.run, undefined);
  });

  it('is no run of another chain, whatever a page has kept', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await restored(page);
    const [record] = rig.files.load();
    assert.ok(record!.spec.job === 'restore');
    rig.files.save({ ...record!, state: 'resumable', spec: { ...record!.spec, backup: 'https://backups.example/backups/other.vhd' } });
    rig.runs.reload();
    assert.equal(page.view.run!.state, 'forgotten');
    await page.ask({ type: 'resume' });
    assert.equal(rig.runs.all()[0]!.state, 'resumable');
  });

  it('is not begun where another run has the same target', async () => {
    const { rig, page } = await about(Infinity, () => undefined);
    const spec = { job: 'copy', source: `${SOURCE}?snapshot=x`, target: TARGET } as const;
    const copy = rig.runs.start(spec);
    await page.ask({ type: 'restore' });
    assert.equal(page.view.run, undefined);
    assert.ok(user.take().includes('info: This blob is in use: Copy of disk.vhd is under way. Nothing was started.'));
    await copy;
  });
});

describe('restore wizards', () => {
  it('are one for each backup blob, and the one that there is takes another point', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    const first = (await rig.chain.entries()).find(({ number }) => number === 1);
    await rig.run(COMMANDS.restore, { kind: 'point', url: '', backup: BACKUP, source: SOURCE, point: { entry: first, state: 'good' } });
    assert.equal(panels.length, 1);
    assert.equal(page.panel.revealed, 1);
    assert.equal(page.view.points.chosen, oldest(page));
    rig.chain.write(5, 3);
    await rig.chain.backup();
    const entry = (await rig.chain.entries()).find(({ number }) => number === 3);
    await rig.run(COMMANDS.restore, { kind: 'point', url: '', backup: BACKUP, source: SOURCE, point: { entry, state: 'good' } });
    await page.until(({ points }) => points.rows.length === 3);
    assert.equal(page.view.points.chosen, entry!.backup.snapshot);
  });

  it('for two disks do not mix', async () => {
    const rig = await backedUp();
    const other = 'https://backups.example/backups/other.vhd';
    const client = rig.chain.service.client('other');
    await rig.chain.backup({ backup: client.pageBlob(other), catalogue: client.recordStore(`${other}.chain`) });
    const one = await wizard(rig);
    await rig.run(COMMANDS.restore, { ...backupRow, url: other, backup: other });
    const two = new WizardPage(rig);
    await two.until(({ points }) => points.state === 'ready');
    assert.equal(panels.length, 2);
    await one.ask({ type: 'choosePoint', point: oldest(one) });
    await one.edit('name', 'mine.vhd');
    assert.equal(two.view.points.chosen, undefined);
    await two.ask({ type: 'choosePoint', point: oldest(two) });
    assert.equal(two.field('name').value, 'diskrestored.vhd');
    await two.review();
    await two.ask({ type: 'restore' });
    await two.until((view) => view.run?.state === 'done');
    assert.equal(one.view.run, undefined);
  });

  it('show the view again to a page that has loaded anew, and end with their tab', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    const before = page.messages.length;
    page.panel.send({ type: 'ready' });
    assert.equal(page.messages.length, before + 1);
    page.panel.dispose();
    await rig.run(COMMANDS.restore, backupRow);
    assert.equal(panels.length, 2);
  });

  it('that come back with something odd are closed', async () => {
    const rig = await backedUp();
    const kept = { format: 1, backup: BACKUP, acceptsWrong: false, kind: 'blob', fields: {} };
    for (const odd of [
      undefined,
      {},
      { restore: { ...kept, backup: `${BACKUP}?sv=1&sig=abc` } },
      { restore: { ...kept, backup: 'no url' } },
    ]) {
      assert.ok((await revivePanel(PAGES.restore, odd)).isDisposed, JSON.stringify(odd));
    }
    const back = await revivePanel(PAGES.restore, { restore: { ...kept, run: 'of somebody else' } });
    const page = new WizardPage(rig, back);
    assert.equal(page.view.run!.state, 'forgotten');
    assert.ok((await revivePanel(PAGES.restore, { restore: kept })).isDisposed, 'there is one for this blob already');
  });
});

describe('secrets', () => {
  const SAS = 'https://disks.example/vhds/x.vhd?sv=2024-11-04&sig=c2VjcmV0c2VjcmV0c2VjcmV0%3D';

  it('that are typed into a field are refused, not kept, not asked about and not copied', async () => {
    const rig = await backedUp();
    const page = await wizard(rig);
    await page.ask({ type: 'choosePoint', point: oldest(page) });
    await page.until((view) => view.target?.canReview);
    await page.edit('name', SAS);
    await page.ask({ type: 'copyCommand' });
    assert.deepEqual(user.clipboard, []);
    assert.deepEqual(page.field('name').check, { state: 'bad', text: 'This looks like a key or a SAS. Only a name goes here.' });
    await page.ask({ type: 'chooseTarget', kind: 'file' });
    await page.edit('path', `/tmp/${SAS}`);
    assert.equal(page.field('path').check.text, 'This looks like a key or a SAS. Only a path goes here.');
    await rig.settle();
    assert.doesNotMatch(JSON.stringify([page.view.kept, rig.logged]), /c2VjcmV0/);
    await page.ask({ type: 'review' });
    assert.equal(page.view.review, undefined);
  });
});

function differs(rig: CommandRig, point: string): string | undefined {
  return rig.chain.service.oracle.differenceOf({ url: BACKUP, snapshot: point }, { url: TARGET });
}

async function restored(page: WizardPage): Promise<void> {
  await page.ask({ type: 'choosePoint', point: oldest(page) });
  await page.review();
  await page.ask({ type: 'restore' });
  await page.until(({ run }) => run?.state === 'done');
}
