import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScheduleState } from '../../../src/extension/schedule/troubleScreen.ts';
import type { Schedule } from '../../../src/extension/schedule/schedule.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { FILE, HOUR, logOf, memory, policyOf, ScheduleRig, sessionOf } from '../../support/extension/scheduleRig.ts';
import { englishVoice } from '../../support/tree/voice.ts';
import { policyFolder } from '../../support/vscode/policyFolder.ts';
import { user } from '../../support/vscode/user.ts';
import { statusBarItems } from '../../support/vscode/window.ts';

let rig: ScheduleRig;
let closing: { dispose(): void }[] = [];
beforeEach(() => {
  policyFolder.reset();
  user.reset();
  rig = new ScheduleRig(['a.vhd', 'b.vhd']);
});
afterEach(() => {
  for (const each of closing.reverse()) each.dispose();
  closing = [];
  rig.close();
});

/** The schedule of one window, with all that the extension gives it. */
async function opened(kept = memory()): Promise<{ schedule: Schedule; shown: ScheduleState[] }> {
  await import('../../support/vscode/register.ts');
  const { Schedule } = await import('../../../src/extension/schedule/schedule.ts');
  const { PolicyFiles } = await import('../../../src/extension/schedule/policyFiles.ts');
  const { TroubleScreen } = await import('../../../src/extension/schedule/troubleScreen.ts');
  const window = await rig.window('runs', { on: false });
  const voice = englishVoice(() => rig.world.now());
  const files = new PolicyFiles();
  const real = new TroubleScreen(voice);
  const shown: ScheduleState[] = [];
  const screen = {
    show: (state: ScheduleState) => {
      shown.push(state);
      real.show(state);
    },
    hide: () => real.hide(),
  };
  const { runs, client } = window;
  const parts = { files, memory: kept, session: sessionOf(rig, client), runs, screen, world: rig.world, job: { world: rig.world }, voice };
  const schedule = new Schedule({ ...parts, log: logOf(rig.logged) });
  closing.push(schedule, files, real);
  return { schedule, shown };
}

describe('a policy file', () => {
  it('is not run before it is switched on', async () => {
    policyFolder.texts.set(FILE, policyOf());
    const { schedule } = await opened();
    await rig.pass(24 * HOUR);
    assert.equal(rig.service.calls.length, 0);
    assert.equal(schedule.fleet, undefined, 'something was loaded');
    await schedule.setOn(FILE, true);
    await rig.pass(HOUR);
    assert.deepEqual([await rig.points('a.vhd'), await rig.points('b.vhd')], [1, 1]);
    assert.deepEqual(user.seen, [], 'somebody was told');
    assert.equal(statusBarItems.at(-1)!.isShown, false);
  });

  it('goes on being run after a reload of the window, where its folder is trusted', async () => {
    policyFolder.texts.set(FILE, policyOf());
    const kept = memory();
    const first = await opened(kept);
    await first.schedule.setOn(FILE, true);
    first.schedule.dispose();
    policyFolder.isTrusted = false;
    const calls = rig.service.calls.length;
    await opened(kept);
    await rig.pass(24 * HOUR);
    assert.equal(rig.service.calls.length, calls, 'an untrusted folder was served');
    policyFolder.grantTrust();
    await rig.pass(HOUR);
    assert.equal(await rig.points('a.vhd'), 1);
  });

  it('of an untrusted folder is neither run nor asked about', async () => {
    policyFolder.texts.set(FILE, policyOf());
    policyFolder.isTrusted = false;
    const { schedule } = await opened();
    await schedule.setOn(FILE, true);
    await schedule.see();
    await schedule.runNow();
    await rig.pass(24 * HOUR);
    assert.equal(rig.service.calls.length, 0);
    const source = 'https://disks.example/vhds/a.vhd';
    const spec = { job: 'backup', source, backup: '', full: false, adopt: false, schedule: { policy: FILE } } as const;
    assert.equal(schedule.chainFor(spec), undefined);
  });

  it('gives a run its rules only while it is on and trusted', async () => {
    policyFolder.texts.set(FILE, policyOf());
    const { schedule } = await opened();
    await schedule.setOn(FILE, true);
    const [source, backup] = ['https://disks.example/vhds/a.vhd', 'https://backups.example/backups/a.vhd'];
    const spec = { job: 'backup', source, backup, full: false, adopt: false, schedule: { policy: FILE } } as const;
    assert.deepEqual(schedule.chainFor(spec)?.rule.retention, { last: 3, timeZone: 'UTC' });
    assert.equal(schedule.chainFor({ ...spec, schedule: { policy: 'file:///other' } }), undefined);
    policyFolder.isTrusted = false;
    assert.equal(schedule.chainFor(spec), undefined);
    policyFolder.isTrusted = true;
    await schedule.setOn(FILE, false);
    assert.equal(schedule.chainFor(spec), undefined);
  });

  it('with a mistake is not run, and the mistake is told once', async () => {
    policyFolder.texts.set(FILE, policyOf('never'));
    const { schedule } = await opened();
    await schedule.setOn(FILE, true);
    await schedule.load();
    await rig.pass(24 * HOUR);
    assert.equal(rig.service.calls.length, 0);
    assert.equal(user.seen.length, 1);
    assert.match(user.seen[0]!.text, /^page-blob-backup\.yaml has a mistake in line 6: /);
    assert.equal(statusBarItems.at(-1)!.text, '$(warning) A backup policy needs attention');
    policyFolder.write(FILE, policyOf());
    await rig.pass(HOUR);
    assert.equal(await rig.points('a.vhd'), 1, 'it is read anew when it is mended');
    assert.equal(statusBarItems.at(-1)!.isShown, false);
  });
});

describe('trouble', () => {
  it('is told once for all chains, and seen in the status bar until it is over', async () => {
    policyFolder.texts.set(FILE, policyOf());
    const { schedule } = await opened();
    await schedule.setOn(FILE, true);
    await rig.pass(HOUR);
    const { BackupError } = await import('../../../src/engine/errors.ts');
    rig.service.interceptor = () => ({ kind: 'throw', error: new BackupError('accessDenied', 'No access.') });
    await rig.pass(20 * HOUR);
    assert.deepEqual(user.take(), ['warning: 2 scheduled backups need attention: a.vhd, b.vhd']);
    assert.equal(statusBarItems.at(-1)!.text, '$(warning) 2 scheduled backups need attention');
    await rig.pass(20 * HOUR);
    assert.deepEqual(user.take(), []);
    rig.service.interceptor = undefined;
    await rig.pass(3 * HOUR);
    assert.equal(statusBarItems.at(-1)!.isShown, false);
    assert.deepEqual(user.take(), []);
  });

  it('says for how long there was no good backup, and can be snoozed', async () => {
    policyFolder.texts.set(FILE, policyOf('24h'));
    const { schedule } = await opened();
    await schedule.setOn(FILE, true);
    await rig.pass(HOUR);
    const { BackupError } = await import('../../../src/engine/errors.ts');
    const error = new BackupError('network', 'No network.', { retryable: true, effect: 'none' });
    rig.service.interceptor = ({ url }) => (url.includes('/a.vhd') ? { kind: 'throw', error } : undefined);
    // A daily window may be two hours late.
    await rig.pass(24 * HOUR);
    assert.deepEqual(user.take(), []);
    user.answers(/no good backup/, 'Snooze…');
    await rig.pass(1.3 * HOUR);
    assert.match(user.take().join(), /^warning: a\.vhd: no good backup for 26 h\.$/);
    assert.ok(user.executed.some(([id]) => id === COMMANDS.snoozeSchedule));
    assert.equal(statusBarItems.at(-1)!.text, '$(warning) a.vhd: no good backup for 26 h.');
    const [{ row } = assert.fail()] = schedule.troubled();
    const { rowKey } = await import('../../../src/extension/fleet/fleetRow.ts');
    await schedule.snooze([rowKey(row)], rig.world.now() + 10 * HOUR);
    assert.deepEqual(schedule.troubled(), []);
    assert.equal(statusBarItems.at(-1)!.isShown, false);
  });

  it('of a paused schedule is quiet', async () => {
    policyFolder.texts.set(FILE, policyOf());
    const { schedule } = await opened();
    await schedule.setOn(FILE, true);
    await rig.pass(HOUR);
    await schedule.setPaused(true);
    assert.equal(statusBarItems.at(-1)!.text, '$(debug-pause) Backups paused');
    await rig.pass(48 * HOUR);
    assert.deepEqual(user.take(), []);
    assert.equal(schedule.troubled().length, 2);
  });
});
