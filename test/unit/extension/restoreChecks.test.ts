import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { KEY } from '../../../src/engine/chain/metadata.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import type { Check } from '../../../src/messages/restore.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { backupRow, CommandRig } from '../../support/extension/commandRig.ts';
import { WizardPage } from '../../support/extension/wizardPage.ts';
import { panels } from '../../support/vscode/window.ts';

const TARGET = 'https://disks.example/vhds/diskrestored.vhd';
let rig: CommandRig;
afterEach(() => {
  rig.close();
  panels.length = 0;
});

/** A wizard with the only point chosen, before anything was answered. */
async function wizard(prepare: (it: CommandRig, point: string) => unknown = () => undefined): Promise<WizardPage> {
  rig = await CommandRig.open();
  rig.chain.write(0, 1, 4);
  const { recoveryPoint } = await rig.chain.backup();
  await prepare(rig, recoveryPoint);
  await rig.run(COMMANDS.restore, backupRow);
  const page = new WizardPage(rig);
  await page.until(({ points }) => points.state === 'ready');
  await page.ask({ type: 'choosePoint', point: page.view.points.rows[0]!.id });
  return page;
}

async function settled(page: WizardPage): Promise<void> {
  await page.until(({ target }) => target!.check.state !== 'checking' && target!.fields.every(({ check }) => check.state !== 'checking'));
}

const bad = (text: string): Check => ({ state: 'bad', text });

describe('the target of a restore', () => {
  it('that does not exist is good', async () => {
    const page = await wizard();
    await settled(page);
    assert.deepEqual(page.field('name').check, { state: 'good', text: 'There is no blob of this name yet.' });
    assert.ok(page.view.target!.canReview);
  });

  it('that exists is refused', async () => {
    const page = await wizard((it) => it.chain.service.foreign.createBlob(TARGET, 8192));
    await settled(page);
    assert.deepEqual(
      page.field('name').check,
      bad('There is a blob diskrestored.vhd already. A restore never writes over one: choose another name.'),
    );
    assert.ok(!page.view.target!.canReview);
  });

  it('that an interrupted restore of the point left is gone on with, one of another point is not', async () => {
    const mark = (from: string) => async (it: CommandRig) => {
      it.chain.service.foreign.createBlob(TARGET, 8192);
      await it.chain.service.pageBlob(TARGET).setMetadata({ [KEY.restore]: 'partial', [KEY.restoredFrom]: from });
    };
    let page = await wizard((it, point) => mark(`${BACKUP}?snapshot=${point}`)(it));
    await settled(page);
    assert.equal(page.field('name').check.text, 'An interrupted restore of this point left this blob. It goes on from there.');
    assert.ok(page.view.target!.canReview);
    rig.close();
    page = await wizard(async (it, point) => {
      await mark(`${BACKUP}?snapshot=${point}`)(it);
      it.chain.service.foreign.acquireLease(TARGET, '00000000-0000-4000-8000-000000000001', 60);
    });
    await settled(page);
    assert.match(page.field('name').check.text, /^A restore of this point to this blob is under way, or was a minute ago/);
    rig.close();
    page = await wizard(mark(`${BACKUP}?snapshot=another`));
    await settled(page);
    assert.deepEqual(page.field('name').check, bad('A restore of another point to this blob is not finished. Choose another name.'));
  });

  it('in a container that is missing says so at the container', async () => {
    const page = await wizard();
    await page.edit('container', 'nowhere');
    await settled(page);
    assert.equal(page.field('container').check.state, 'bad');
    assert.match(page.field('container').check.text, /container/i);
    assert.equal(page.field('name').check.state, 'none');
  });

  it('where nothing may be read says so at the account, and is asked again when accounts have changed', async () => {
    const page = await wizard((it) => {
      it.chain.service.interceptor = ({ url }) =>
        url.startsWith(TARGET)
          ? { kind: 'throw', error: new BackupError('accessDenied', 'No access.', { hint: 'Ask for a role.' }) }
          : undefined;
    });
    await settled(page);
    assert.deepEqual(page.field('account').check, bad('No access. Ask for a role.'));
    rig.chain.service.interceptor = undefined;
    rig.accountsChanged.fire();
    await page.until((view) => view.target!.canReview);
  });

  it('where nothing may be written says so at the account, and nothing is written to find out', async () => {
    const page = await wizard((it) => {
      it.chain.service.interceptor = ({ url, operation }) =>
        url === TARGET && operation === 'setMetadata'
          ? { kind: 'throw', error: new BackupError('sasLacksPermission', 'The SAS lacks w.', { hint: 'Give another one.' }) }
          : undefined;
    });
    await settled(page);
    assert.deepEqual(page.field('account').check, bad('The SAS lacks w. Give another one.'));
    rig.chain.service.interceptor = undefined;
    await page.ask({ type: 'chooseTarget', kind: 'inPlace' });
    const before = rig.chain.service.calls.length;
    await settled(page);
    await page.ask({ type: 'chooseTarget', kind: 'blob' });
    await page.until((view) => view.target!.canReview);
    const writes = rig.chain.service.calls.slice(before).filter((call) => call.writes);
    assert.deepEqual(
      writes.map(({ url, operation, outcome }) => [url, operation, outcome]),
      [[TARGET, 'setMetadata', 'blobNotFound']],
      'the disk itself is never asked in this way',
    );
  });

  it('that could not be looked at for now keeps nobody from going on', async () => {
    const page = await wizard((it) => {
      it.chain.service.interceptor = ({ url }) =>
        url.startsWith(TARGET) ? { kind: 'throw', error: new BackupError('network', 'No answer.', { retryable: true }) } : undefined;
    });
    await settled(page);
    assert.deepEqual(page.field('account').check, { state: 'attention', text: 'No answer.' });
    assert.ok(page.view.target!.canReview);
  });

  const names: [field: 'container' | 'name', value: string, text: string][] = [
    ['container', 'No', 'Only lower-case letters, digits and hyphens.'],
    ['container', 'ab', '3 to 63 characters.'],
    ['name', '', 'Type a name.'],
    ['name', 'a\\b', 'No backslashes and no control characters.'],
    ['name', 'x'.repeat(1001), 'At most 1,000 characters.'],
  ];
  it('with a bad name is refused without asking anybody', async () => {
    const page = await wizard();
    await settled(page);
    let asked = 0;
    rig.chain.service.interceptor = () => {
      asked++;
      return undefined;
    };
    for (const [field, value, text] of names) {
      const before = page.field(field).kind === 'text' ? (page.field(field) as { value: string }).value : '';
      await page.edit(field, value);
      assert.deepEqual(page.field(field).check, bad(text));
      await rig.settle();
      assert.equal(asked, 0);
      await page.edit(field, before);
      await settled(page);
      asked = 0;
    }
  });

  it('suggests containers, and lets others be typed where they cannot be listed', async () => {
    const page = await wizard();
    await page.until(() => {
      const field = page.field('container');
      return field.kind === 'text' && field.suggestions.includes('vhds');
    });
  });
});

describe('typing', () => {
  it('never waits for the service, and only the newest answer counts', async () => {
    const page = await wizard();
    await settled(page);
    const gates: { url: string; open: () => void }[] = [];
    rig.chain.service.foreign.createBlob('https://disks.example/vhds/taken.vhd', 8192);
    rig.intercept = async (url, blob) => {
      if (!/\/(?:taken|free)\.vhd$/.test(url)) return blob();
      const gate = Promise.withResolvers<void>();
      gates.push({ url, open: gate.resolve });
      await gate.promise;
      return blob();
    };
    await page.edit('name', 'taken.vhd');
    await page.until(() => gates.length === 1);
    await page.edit('name', 'free.vhd');
    assert.equal(page.field('name').check.state, 'checking');
    await page.until(() => gates.length === 2);
    gates[1]!.open();
    await page.until(() => page.field('name').check.state === 'good');
    gates[0]!.open();
    await rig.settle();
    assert.deepEqual(page.field('name').check, { state: 'good', text: 'There is no blob of this name yet.' });
    assert.equal(gates.length, 2);
  });

  it('asks once for what is typed in one go', async () => {
    const page = await wizard();
    await settled(page);
    const asked: string[] = [];
    rig.intercept = async (url, blob) => {
      asked.push(url);
      return blob();
    };
    for (let i = 1; i <= 'name.vhd'.length; i++) page.send({ type: 'edit', field: 'name', value: 'name.vhd'.slice(0, i) });
    await page.until(() => page.field('name').check.state === 'good');
    assert.deepEqual(
      asked.filter((url) => !url.startsWith(BACKUP)),
      ['https://disks.example/vhds/name.vhd'],
    );
  });
});

describe('the disk itself', () => {
  async function inPlace(prepare: (it: CommandRig) => unknown): Promise<Check> {
    const page = await wizard(prepare);
    await page.ask({ type: 'chooseTarget', kind: 'inPlace' });
    await settled(page);
    assert.equal(page.view.target!.canReview, page.view.target!.check.state !== 'bad');
    return page.view.target!.check;
  }

  it('that nobody holds is good', async () => {
    assert.deepEqual(await inPlace(() => undefined), { state: 'good', text: 'disk.vhd is attached to nothing.' });
  });

  it('that a VM holds is refused, with the way out', async () => {
    const check = await inPlace((it) => it.chain.service.foreign.attach(SOURCE));
    assert.deepEqual(
      check,
      bad('Can’t rewind disk.vhd in place: it is attached to a VM (infinite lease). Restore to a new blob instead, or detach it first.'),
    );
  });

  it('that is leased for a moment may be waited for', async () => {
    const check = await inPlace((it) => it.chain.service.pageBlob(SOURCE).acquireLease('00000000-0000-4000-8000-000000000001', 60));
    assert.equal(check.state, 'attention');
  });

  it('that is half way to another point may go to this one instead', async () => {
    const check = await inPlace((it) =>
      it.chain.service.pageBlob(SOURCE).setMetadata({ [KEY.restore]: 'partial', [KEY.restoredFrom]: 'x' }),
    );
    assert.deepEqual(check, {
      state: 'attention',
      text: 'disk.vhd is half way to another recovery point. It goes to this one instead; the snapshot of it as it was before stays.',
    });
  });
});

describe('a new backup blob', () => {
  it('must not exist', async () => {
    const page = await wizard((it) => it.chain.service.foreign.createBlob('https://backups.example/backups/diskrestored.vhd', 8192));
    await page.edit('continueChain', 'true');
    await settled(page);
    assert.equal(page.field('newBackup').check.state, 'bad');
    await page.edit('newBackup', 'another.vhd');
    await settled(page);
    assert.equal(page.field('newBackup').check.state, 'good');
  });
});

describe('a file', () => {
  it('must not exist, and its folder must', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pbb-wizard-'));
    try {
      writeFileSync(join(folder, 'there.vhd'), '');
      const page = await wizard();
      await page.ask({ type: 'chooseTarget', kind: 'file' });
      const checked = async (path: string): Promise<Check> => {
        await page.edit('path', path);
        await settled(page);
        return page.field('path').check;
      };
      assert.deepEqual(
        await checked(join(folder, 'there.vhd')),
        bad('There is a file there.vhd already. A restore never writes over one: choose another name.'),
      );
      assert.equal((await checked(join(folder, 'new.vhd'))).state, 'good');
      assert.match((await checked(join(folder, 'nowhere', 'new.vhd'))).text, /there is no such file or folder/);
      assert.deepEqual(await checked('new.vhd'), bad('Type the whole path, from the root on.'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
