import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScheduleState } from '../../../src/extension/schedule/troubleScreen.ts';
import type { RunRecord } from '../../../src/extension/runs/run.ts';
import type { Schedule } from '../../../src/extension/schedule/schedule.ts';
import type { CommandTools } from '../../../src/extension/commands/tools.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { FILE, HOUR, logOf, memory, policyOf, ScheduleRig, sessionOf, type ScheduleWindow } from '../../support/extension/scheduleRig.ts';
import { englishVoice } from '../../support/tree/voice.ts';
import { policyFolder } from '../../support/vscode/policyFolder.ts';
import { user } from '../../support/vscode/user.ts';
import { statusBarItems } from '../../support/vscode/window.ts';

let rig: ScheduleRig;
let closing: { dispose(): void }[] = [];
/** What the windows share of their storage. */
let shared: string;
/** Processes of windows that were killed. */
const dead = new Set<number>();
beforeEach(() => {
  shared = mkdtempSync(join(tmpdir(), 'pbb-told-'));
  dead.clear();
  policyFolder.reset();
  user.reset();
  rig = new ScheduleRig(['a.vhd', 'b.vhd']);
});
afterEach(() => {
  for (const each of closing.reverse()) each.dispose();
  closing = [];
  rig.close();
  rmSync(shared, { recursive: true });
});

interface OpenWindow {
  readonly schedule: Schedule;
  readonly shown: ScheduleState[];
  readonly runs: ScheduleWindow['runs'];
}

/** The schedule of one window, with all that the extension gives it. @param pid the window's process */
async function opened(kept = memory(), pid = 1): Promise<OpenWindow> {
  await import('../../support/vscode/register.ts');
  const { Schedule } = await import('../../../src/extension/schedule/schedule.ts');
  const { PolicyFiles } = await import('../../../src/extension/schedule/policyFiles.ts');
  const { TroubleScreen } = await import('../../../src/extension/schedule/troubleScreen.ts');
  const { ToldFiles } = await import('../../../src/extension/schedule/toldFiles.ts');
  const window = await rig.window(`window${closing.length}`, { on: false, chainFor: (spec) => schedule.chainFor(spec) });
  const voice = englishVoice(() => rig.world.now());
  const files = new PolicyFiles();
  const owner = { id: `here/${pid}/${closing.length}`, isAlive: (other: number) => !dead.has(other) };
  const told = new ToldFiles(shared, owner, rig.world);
  const real = new TroubleScreen(voice, told);
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
  const schedule: Schedule = new Schedule({ ...parts, log: logOf(rig.logged) });
  closing.push(schedule, files, told, real);
  return { schedule, shown, runs };
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
    assert.equal(await schedule.chainFor(spec), undefined);
  });

  it('gives a run its rules only while it is on and trusted', async () => {
    policyFolder.texts.set(FILE, policyOf());
    const { schedule } = await opened();
    await schedule.setOn(FILE, true);
    const [source, backup] = ['https://disks.example/vhds/a.vhd', 'https://backups.example/backups/a.vhd'];
    const spec = { job: 'backup', source, backup, full: false, adopt: false, schedule: { policy: FILE } } as const;
    assert.deepEqual((await schedule.chainFor(spec))?.rule.retention, { last: 3, timeZone: 'UTC' });
    assert.equal(await schedule.chainFor({ ...spec, schedule: { policy: 'file:///other' } }), undefined);
    policyFolder.isTrusted = false;
    assert.equal(await schedule.chainFor(spec), undefined);
    policyFolder.isTrusted = true;
    await schedule.setOn(FILE, false);
    assert.equal(await schedule.chainFor(spec), undefined);
  });

  it('counts for a run that is gone on with by hand right after a reload of the window: it prunes', async () => {
    policyFolder.texts.set(FILE, policyOf('12h', '{ last: 1 }'));
    const kept = memory();
    const first = await opened(kept);
    await first.schedule.setOn(FILE, true);
    await rig.pass(HOUR);
    rig.write('a.vhd', 1, 1);
    rig.service.interceptor = ({ operation, url }) => {
      const isIts = ({ state, spec }: RunRecord): boolean => state === 'running' && 'backup' in spec && spec.backup.endsWith('/a.vhd');
      const run = first.runs.all().find(isIts);
      if (run && operation.startsWith('writePages') && url.endsWith('/backups/a.vhd')) first.runs.cancel(run.id);
      return undefined;
    };
    await rig.pass(12 * HOUR);
    rig.service.interceptor = undefined;
    first.schedule.dispose();
    assert.deepEqual([await rig.points('a.vhd'), await prunes('a.vhd')], [1, 0]);
    const { runs } = await opened(kept);
    const stopped = runs.all().find(({ state }) => state === 'resumable')!;
    const ended = await runs.resume(stopped.id);
    assert.equal(ended.state, 'done', ended.outcome);
    assert.deepEqual([await rig.points('a.vhd'), await prunes('a.vhd')], [2, 1]);
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

async function prunes(disk: string): Promise<number> {
  return (await rig.records(disk)).filter((name) => name.includes('.pruned-')).length;
}

describe('trouble', () => {
  it('is told once for all chains, and seen in the status bar until it is over', async () => {
    policyFolder.texts.set(FILE, policyOf());
    const { schedule } = await opened();
    await schedule.setOn(FILE, true);
    await rig.pass(HOUR);
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

  it('is told once however often its run is tried again in vain', async () => {
    policyFolder.texts.set(FILE, policyOf());
    const { schedule, shown } = await opened();
    await schedule.setOn(FILE, true);
    await rig.pass(HOUR);
    rig.write('a.vhd', 1, 1);
    let tries = 0;
    rig.service.interceptor = ({ operation, url }) => {
      if (operation !== 'createSnapshot' || !url.includes('/a.vhd')) return undefined;
      tries++;
      return { kind: 'throw', error: new BackupError('accessDenied', 'No access to the disk.') };
    };
    await rig.pass(20 * HOUR);
    assert.ok(tries > 3, `${tries} tries`);
    assert.ok(shown.some(({ unsettled }) => unsettled.size > 0));
    assert.equal(user.take().length, 1);
  });

  describe('of a verification', () => {
    const VERIFIED = `${policyOf()}\n    verify: { every: 2d, proof: full }`;
    const denied = new BackupError('accessDenied', 'No right to write records.');
    const away = new BackupError('network', 'No network.', { retryable: true, effect: 'none' });
    /** @param backups what the backups of the disk fail with */
    const refuse = (error: BackupError, backups?: BackupError): void => {
      rig.service.interceptor = ({ operation, args, url }) => {
        if (!url.includes('/a.vhd')) return undefined;
        if (operation === 'recordCreate' && args.name?.includes('.verifying-')) return { kind: 'throw', error };
        return backups && operation === 'createSnapshot' ? { kind: 'throw', error: backups } : undefined;
      };
    };
    const verifying = async (kept = memory(), pid = 1) => {
      policyFolder.texts.set(FILE, VERIFIED);
      const window = await opened(kept, pid);
      await window.schedule.setOn(FILE, true);
      return window;
    };

    it('is told once however often it is tried and backed up meanwhile, and says that backups go on', async () => {
      const { schedule } = await verifying();
      refuse(denied);
      for (let i = 0; i < 5; i++) {
        await rig.pass(12 * HOUR);
        rig.write('a.vhd', 1, i + 1);
      }
      assert.equal(await rig.points('a.vhd'), 5);
      assert.deepEqual(user.take(), ['warning: The scheduled verification of a.vhd failed; its backups go on. No right to write records.']);
      assert.equal(statusBarItems.at(-1)!.text, '$(warning) Verification of a.vhd needs attention');
      assert.equal(schedule.troubled().length, 1);
      rig.service.interceptor = undefined;
      await rig.pass(2 * HOUR);
      assert.deepEqual([schedule.troubled(), user.take()], [[], []]);
      assert.equal(statusBarItems.at(-1)!.isShown, false);
    });

    it('keeps nothing of a backup that fails later from being told, and is not told again after it', async () => {
      await verifying();
      refuse(denied);
      await rig.pass(20 * HOUR);
      assert.equal(user.take().length, 1);
      rig.write('a.vhd', 1, 1);
      refuse(denied, new BackupError('accessDenied', 'No access to the disk.'));
      await rig.pass(12 * HOUR);
      assert.deepEqual(user.take(), ['warning: The scheduled backup of a.vhd failed. No access to the disk.']);
      refuse(denied);
      await rig.pass(12 * HOUR);
      assert.deepEqual(user.take(), []);
    });

    it('is not told where only the network is away, but once the proof is twice as old as the policy asks', async () => {
      await verifying();
      await rig.pass(HOUR);
      refuse(away);
      await rig.pass(80 * HOUR);
      assert.deepEqual(user.take(), []);
      await rig.pass(30 * HOUR);
      assert.deepEqual(user.take(), ['warning: The scheduled verification of a.vhd failed; its backups go on. No network.']);
    });

    it('that two windows see is told by one of them', async () => {
      const windows = [await verifying(), await verifying(memory(), 2)];
      refuse(denied);
      await rig.pass(20 * HOUR);
      assert.deepEqual(bothSee(windows), [1, 1]);
      assert.equal(user.take().length, 1);
    });

    it('that nobody does since the schedule is paused is quiet, and seen', async () => {
      const { schedule } = await verifying();
      await rig.pass(HOUR);
      await schedule.setPaused(true);
      const other = await rig.window('other', { text: policyOf() });
      other.start();
      await rig.pass(5 * 24 * HOUR);
      const { rowKey } = await import('../../../src/extension/fleet/fleetRow.ts');
      await schedule.look([...schedule.fleet!.rows()].map(rowKey));
      const { troubleText } = await import('../../../src/extension/fleet/fleetWords.ts');
      const voice = englishVoice(() => rig.world.now());
      assert.deepEqual(
        schedule.troubled().map(({ row, about }) => troubleText(row, about, voice)),
        ['a.vhd', 'b.vhd'].map((name) => `${name}: not verified for 5 d; its backups go on.`),
      );
      assert.deepEqual(user.take(), []);
    });

    it('is done as the policy asks by the command on the row of the fleet, which is good then', async () => {
      const { schedule, runs } = await verifying();
      refuse(denied);
      await rig.pass(HOUR);
      const [{ row } = assert.fail()] = schedule.troubled();
      const { rowKey } = await import('../../../src/extension/fleet/fleetRow.ts');
      const { verify } = await import('../../../src/extension/commands/verify.ts');
      rig.service.interceptor = undefined;
      const { source, backup } = row.chain;
      const tools = { schedule, runs } as unknown as CommandTools;
      await verify(tools, { kind: 'chain', url: backup, backup, source, key: rowKey(row) }, undefined);
      const run = runs.all().find(({ spec }) => spec.job === 'verify' && !spec.schedule);
      assert.equal(run!.state, 'done');
      assert.ok((await rig.records('a.vhd')).some((name) => /\.proof-passed-.*-full-/.test(name)));
      assert.deepEqual(schedule.troubled(), []);
      await verify(tools, { kind: 'chain', url: backup, backup, source, key: rowKey(row) }, undefined);
      const whole = runs.all().filter(({ spec }) => spec.job === 'verify' && spec.number === undefined);
      assert.equal(whole.length, 1, 'where nothing is lacking the command does what it does everywhere');
    });
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

  /** Two windows with the one policy; each has switches of its own. */
  async function twoWindows(window = '12h'): Promise<readonly [OpenWindow, OpenWindow]> {
    policyFolder.texts.set(FILE, policyOf(window));
    const both = [await opened(memory(), 1), await opened(memory(), 2)] as const;
    for (const { schedule } of both) await schedule.setOn(FILE, true);
    await rig.pass(HOUR);
    return both;
  }
  const noAccess = () => ({ kind: 'throw', error: new BackupError('accessDenied', 'No access.') }) as const;
  const bothSee = (windows: readonly OpenWindow[]): number[] => windows.map(({ schedule }) => schedule.troubled().length);

  it('that two windows see is told by one of them, a failure as well as an overdue chain', async () => {
    const windows = await twoWindows();
    rig.service.interceptor = noAccess;
    await rig.pass(20 * HOUR);
    assert.deepEqual(bothSee(windows), [2, 2]);
    assert.deepEqual(user.take(), ['warning: 2 scheduled backups need attention: a.vhd, b.vhd']);
    rig.service.interceptor = undefined;
    await rig.pass(12 * HOUR);
    assert.deepEqual(bothSee(windows), [0, 0]);
    assert.deepEqual(readdirSync(shared), [], 'what is over is still written down');
    const error = new BackupError('network', 'No network.', { retryable: true, effect: 'none' });
    rig.service.interceptor = ({ url }) => (url.includes('/a.vhd') ? { kind: 'throw', error } : undefined);
    await rig.pass(24 * HOUR);
    assert.deepEqual(bothSee(windows), [1, 1]);
    assert.equal(user.take().length, 1, 'new trouble is told, once');
  });

  it('of a policy that cannot be run is told by one of two windows', async () => {
    const windows = await twoWindows();
    policyFolder.write(FILE, policyOf('never'));
    await rig.pass(HOUR);
    assert.deepEqual(
      windows.map(({ schedule }) => schedule.faults.length),
      [1, 1],
    );
    assert.equal(user.take().length, 1);
  });

  it('is told again by the next window where the one that told of it is gone, and by no other', async () => {
    const windows = await twoWindows();
    rig.service.interceptor = noAccess;
    await rig.pass(20 * HOUR);
    assert.equal(user.take().length, 1);
    await rig.pass(20 * HOUR);
    const third = await opened(memory(), 3);
    await third.schedule.setOn(FILE, true);
    await rig.pass(2 * HOUR);
    assert.deepEqual([third.schedule.troubled().length, user.take().length], [2, 0], 'the window that told of it is there');
    for (const [i, { schedule }] of windows.entries()) {
      schedule.dispose();
      dead.add(i + 1);
    }
    await rig.pass(2 * HOUR);
    assert.deepEqual(user.take(), [], 'the third one has seen it');
    const fourth = await opened(memory(), 4);
    await fourth.schedule.setOn(FILE, true);
    await rig.pass(2 * HOUR);
    assert.equal(user.take().length, 1);
  });
});
