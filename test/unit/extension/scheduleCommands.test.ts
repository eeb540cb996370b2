import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CommandTools } from '../../../src/extension/commands/tools.ts';
import { COMMANDS, type CommandId } from '../../../src/extension/names.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { FILE, HOUR, logOf, policyOf, ScheduleRig, sessionOf } from '../../support/extension/scheduleRig.ts';
import { englishVoice } from '../../support/tree/voice.ts';
import { Uri } from '../../support/vscode/basics.ts';
import { policyFolder } from '../../support/vscode/policyFolder.ts';
import { user } from '../../support/vscode/user.ts';
import * as vscode from '../../support/vscode/vscode.ts';

const NOW = Date.UTC(2026, 5, 15, 9);
let asked: string[];
let on: string[];
let previews: string[];
let registered: { dispose(): void };
let rig: ScheduleRig;

beforeEach(async () => {
  await import('../../support/vscode/register.ts');
  const { registerCommands } = await import('../../../src/extension/commands/registerCommands.ts');
  user.reset();
  policyFolder.reset();
  asked = [];
  on = [];
  previews = [];
  rig = new ScheduleRig(['a.vhd']);
  const note = async (...args: unknown[]): Promise<void> => void asked.push(args.join(' '));
  const schedule = {
    switches: { on, isOn: (uri: string) => on.includes(uri), isPaused: false },
    files: async () => policyFolder.uris().map(String),
    read: async (uri: string) => policyFolder.texts.get(uri),
    setOn: (uri: string, isOn: boolean) => note('on', uri, isOn),
    setPaused: (isPaused: boolean) => note('paused', isPaused),
    snooze: (keys: readonly string[] | undefined, until: number | undefined) => note('snooze', keys, until),
    runNow: () => note('run'),
    see: () => note('see'),
  };
  const tools = {
    schedule,
    policyEditor: {
      previewUri: (name: string, text: string) => {
        previews.push(text);
        return Uri.parse(`page-blob-policy:/${name}`);
      },
    },
    trees: { chains: async () => [{ source: SOURCE, backup: BACKUP }] },
    session: sessionOf(rig, rig.service.client('window')),
    job: { world: rig.world },
    voice: englishVoice(() => NOW),
    log: logOf([]),
  };
  registered = registerCommands(tools as unknown as CommandTools);
});
afterEach(() => registered.dispose());

async function run(id: CommandId, ...args: unknown[]): Promise<void> {
  await vscode.commands.executeCommand(id, ...args);
  for (let i = 0; i < 20; i++) await new Promise((resolve) => void setImmediate(resolve));
}

describe('Start Scheduled Backups', () => {
  it('asks first, and says that points are deleted too', async () => {
    policyFolder.texts.set(FILE, policyOf());
    await run(COMMANDS.startSchedule);
    assert.deepEqual(asked, []);
    const [question] = user.seen;
    assert.ok(question!.modal);
    assert.match(question!.detail!, /recovery points that no rule keeps are deleted/);
    user.answers(/Run the backups of/, 'Start');
    await run(COMMANDS.startSchedule);
    assert.deepEqual(asked, [`on ${FILE} true`]);
  });

  it('refuses a folder that is not trusted', async () => {
    policyFolder.texts.set(FILE, policyOf());
    policyFolder.isTrusted = false;
    user.answers(/Run the backups of/, 'Start');
    for (const id of [COMMANDS.startSchedule, COMMANDS.runDueNow, COMMANDS.showFleet]) {
      await run(id);
      assert.match(user.seen.at(-1)!.text, /^Policies of a folder that is not trusted are not run\. Nothing was changed\./);
    }
    assert.deepEqual(asked, []);
  });

  it('lets one of several be chosen, and Stop offers what runs', async () => {
    const other = 'file:///project/b/page-blob-backup.yml';
    policyFolder.texts.set(FILE, policyOf());
    policyFolder.texts.set(other, policyOf());
    user.answers(/Which policy file/, 'project/b/page-blob-backup.yml');
    user.answers(/Run the backups of/, 'Start');
    await run(COMMANDS.startSchedule);
    assert.deepEqual(asked, [`on ${other} true`]);
    await run(COMMANDS.stopSchedule);
    assert.match(user.seen.at(-1)!.text, /There is no policy file in this workspace for that\./);
    on.push(FILE);
    await run(COMMANDS.stopSchedule);
    assert.equal(asked.at(-1), `on ${FILE} false`);
  });
});

describe('Pause, Continue and Snooze', () => {
  it('do what they say', async () => {
    await run(COMMANDS.pauseSchedule);
    await run(COMMANDS.continueSchedule);
    assert.deepEqual(asked, ['paused true', 'paused false', 'snooze  ']);
  });

  it('snooze the chains that are selected, or all', async () => {
    const rows = ['x', 'y'].map((key) => ({ kind: 'chain', key }));
    user.answers(/2 chains are left alone/, '4 hours');
    await run(COMMANDS.snoozeSchedule, rows[0], rows);
    user.answers(/All chains are left alone/, '1 hour');
    await run(COMMANDS.snoozeSchedule);
    await run(COMMANDS.snoozeSchedule);
    assert.deepEqual(asked, [`snooze x,y ${NOW + 4 * HOUR}`, `snooze  ${NOW + HOUR}`]);
  });

  it('run nothing now where nothing is switched on', async () => {
    await run(COMMANDS.runDueNow);
    assert.deepEqual(asked, []);
    on.push(FILE);
    await run(COMMANDS.runDueNow);
    assert.deepEqual(asked, ['run']);
  });
});

describe('Preview Policy', () => {
  it('changes nothing, and asks the chains of a trusted folder only', async () => {
    policyFolder.texts.set(FILE, policyOf());
    await run(COMMANDS.previewPolicy, Uri.parse(FILE));
    assert.match(previews[0]!, /### `https:\/\/disks\.example\/vhds\/a\.vhd` → /);
    assert.match(previews[0]!, /Due now: there is no recovery point yet\./);
    assert.deepEqual(await rig.records('a.vhd'), []);
    const calls = rig.service.calls.length;
    policyFolder.isTrusted = false;
    await run(COMMANDS.previewPolicy, Uri.parse(FILE));
    assert.match(previews[1]!, /The chains were not asked, since the folder of the policy is not trusted\./);
    assert.equal(rig.service.calls.length, calls);
  });

  it('tells the mistake of a file that has one', async () => {
    policyFolder.texts.set(FILE, policyOf('never'));
    await run(COMMANDS.previewPolicy);
    assert.match(user.seen.at(-1)!.text, /^The policy has a mistake in line 6: /);
    assert.deepEqual(previews, []);
  });
});

describe('New Policy File', () => {
  it('writes what is backed up already', async () => {
    await run(COMMANDS.newPolicyFile);
    const [, language, content] = user.executed.find(([what]) => what === 'openTextDocument')!;
    assert.equal(language, 'yaml');
    assert.match(String(content), /blobs: 'vhds\/disk\.vhd'/);
  });
});
