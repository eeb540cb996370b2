import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { FILE, HOUR, policyOf, ScheduleRig, type ScheduleWindow } from '../../support/extension/scheduleRig.ts';
import { englishVoice } from '../../support/tree/voice.ts';

const MINUTE = 60_000;
let rig: ScheduleRig;
afterEach(() => rig.close());

async function opened(...disks: string[]): Promise<ScheduleWindow> {
  rig = new ScheduleRig(disks);
  return rig.window('one');
}

/** A window is served a little after it begins, never before. */
async function nextWindow(hours = 12): Promise<void> {
  const length = hours * HOUR;
  const start = Math.ceil((rig.world.now() + 1) / length) * length;
  await rig.pass(start + 10 * MINUTE - rig.world.now());
}

describe('scheduled backups', () => {
  it('run once in each window, and ask nothing in between', async () => {
    const window = await opened('a.vhd', 'b.vhd');
    window.start();
    await rig.pass(10 * MINUTE);
    assert.deepEqual([await rig.points('a.vhd'), await rig.points('b.vhd')], [1, 1], 'a first run is due at once');
    for (let i = 1; i <= 3; i++) {
      rig.write('a.vhd', i, i);
      await nextWindow();
      assert.equal(await rig.points('a.vhd'), 1 + i);
      assert.equal(window.standing('a.vhd'), 'good');
    }
    const calls = rig.service.calls.length;
    await rig.pass(8 * HOUR);
    assert.equal(rig.service.calls.length, calls, 'something was asked between windows');
    assert.deepEqual(window.told, [], 'a run was told of');
  });

  it('do not run while they are off, paused or snoozed', async () => {
    rig = new ScheduleRig(['a.vhd']);
    const window = await rig.window('one', { on: false });
    window.start();
    await nextWindow();
    assert.equal(await rig.points('a.vhd'), 0);
    assert.deepEqual(window.runs.all(), []);
    await window.switches.setOn(FILE, true);
    await window.switches.setPaused(true);
    await nextWindow();
    assert.equal(await rig.points('a.vhd'), 0);
    await window.switches.setPaused(false);
    await window.switches.snooze(undefined, rig.world.now() + 13 * HOUR, rig.world.now());
    await nextWindow();
    assert.equal(await rig.points('a.vhd'), 0);
    await rig.pass(3 * HOUR);
    assert.equal(await rig.points('a.vhd'), 1, 'it wakes by itself');
    const { policy, chain } = window.row('a.vhd');
    const key = `${policy} ${chain.key}`;
    const now = rig.world.now();
    await window.switches.snooze([key], now + 100 * HOUR, now);
    assert.deepEqual([window.switches.snoozedUntil(key, now), window.switches.allSnoozedUntil(now)], [now + 100 * HOUR, undefined]);
    rig.write('a.vhd', 1, 1);
    await nextWindow();
    assert.equal(await rig.points('a.vhd'), 1);
    await window.switches.snooze(undefined, undefined, now);
    await rig.pass(HOUR);
    assert.equal(await rig.points('a.vhd'), 2);
  });

  it('catch up what was missed with one run, somewhat spread', async () => {
    const window = await opened('a.vhd');
    window.start();
    await rig.pass(10 * MINUTE);
    rig.write('a.vhd', 1, 1);
    rig.world.jump(5 * 24 * HOUR);
    assert.equal(await rig.points('a.vhd'), 1);
    await rig.pass(10 * MINUTE);
    assert.equal(await rig.points('a.vhd'), 2, 'ten windows were missed');
    await rig.pass(HOUR);
    assert.equal(await rig.points('a.vhd'), 2);
  });

  it('prune as the policy says', async () => {
    const window = await opened('a.vhd');
    window.start();
    for (let i = 0; i < 6; i++) {
      rig.write('a.vhd', i, i + 1);
      await nextWindow();
    }
    const records = await rig.records('a.vhd');
    assert.equal(await rig.points('a.vhd'), 6);
    assert.equal(records.filter((name) => name.includes('.pruned-')).length, 3);
  });

  it('of a disk in which nothing changes are looked at once in a window, and are never overdue', async () => {
    const window = await opened('a.vhd');
    window.start();
    for (let i = 0; i < 8; i++) {
      await nextWindow();
      assert.equal(window.standing('a.vhd'), 'good');
    }
    assert.equal(await rig.points('a.vhd'), 1);
    assert.equal((await rig.records('a.vhd')).filter((name) => name.includes('.unchanged-')).length, 8);
  });

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`of three windows of VS Code serve each window once (seed ${seed})`, async () => {
      const disks = ['a.vhd', 'b.vhd', 'c.vhd'];
      rig = new ScheduleRig(disks, seed);
      const windows = await Promise.all(['one', 'two', 'three'].map((name) => rig.window(name)));
      for (const window of windows) window.start();
      await rig.pass(10 * MINUTE);
      for (let i = 1; i <= 5; i++) {
        for (const disk of disks) rig.write(disk, i, i);
        await nextWindow();
        for (const disk of disks) assert.equal(await rig.points(disk), i + 1, `${disk} in window ${i}`);
      }
      await rig.pass(HOUR);
      for (const window of windows) {
        assert.deepEqual(window.told, []);
        for (const disk of disks) assert.equal(window.standing(disk), 'good');
        assert.ok(
          window.runs.all().every(({ state }) => state === 'done'),
          JSON.stringify(window.runs.all()),
        );
      }
      for (const disk of disks) {
        // A second run in a window would find nothing to copy, and say so.
        const idle = (await rig.records(disk)).filter((name) => name.includes('.unchanged-'));
        assert.deepEqual(idle, [], disk);
      }
    });
  }

  it('that fail are tried again, later each time, and are trouble until one goes well', async () => {
    const window = await opened('a.vhd');
    window.start();
    await rig.pass(10 * MINUTE);
    let tries = 0;
    rig.service.interceptor = ({ operation }) => {
      if (operation !== 'createSnapshot') return undefined;
      tries++;
      return { kind: 'throw', error: new BackupError('accessDenied', 'No access to the disk.') };
    };
    rig.write('a.vhd', 1, 1);
    await nextWindow();
    assert.equal(window.standing('a.vhd'), 'failed');
    assert.ok(tries >= 1);
    const soon = tries;
    await rig.pass(6 * HOUR);
    assert.ok(tries > soon && tries < 14, `${tries} tries in six hours`);
    assert.deepEqual(
      window.runs
        .all()
        .map(({ state }) => state)
        .sort(),
      ['done', 'failed'],
      'of the tries the last one is listed',
    );
    rig.service.interceptor = undefined;
    await rig.pass(2 * HOUR);
    assert.equal(window.standing('a.vhd'), 'good');
    assert.equal(await rig.points('a.vhd'), 2);
    assert.deepEqual(window.told, [], 'the schedule tells of trouble, not each run');
  });

  it('that cannot reach the service are no trouble until the chain is overdue', async () => {
    const window = await opened('a.vhd');
    window.start();
    await rig.pass(10 * MINUTE);
    rig.service.interceptor = () => ({
      kind: 'throw',
      error: new BackupError('network', 'No network.', { retryable: true, effect: 'none' }),
    });
    await nextWindow();
    assert.notEqual(window.standing('a.vhd'), 'overdue');
    await rig.pass(2 * HOUR);
    assert.equal(window.standing('a.vhd'), 'overdue');
    rig.service.interceptor = undefined;
    await rig.pass(2 * HOUR);
    assert.equal(window.standing('a.vhd'), 'good');
  });

  it('that their user stops are left alone until the next window', async () => {
    const window = await opened('a.vhd');
    window.start();
    await rig.pass(10 * MINUTE);
    rig.write('a.vhd', 1, 1);
    rig.service.interceptor = ({ operation }) => {
      const [run] = window.runs.all();
      if (operation === 'createSnapshot' && run?.state === 'running') window.runs.cancel(run.id);
      return undefined;
    };
    await nextWindow();
    assert.equal(await rig.points('a.vhd'), 1);
    assert.deepEqual(window.told, ['stopped backup']);
    await rig.pass(6 * HOUR);
    assert.equal(await rig.points('a.vhd'), 1);
    rig.service.interceptor = undefined;
    await nextWindow();
    assert.equal(await rig.points('a.vhd'), 2);
    assert.equal(window.runs.all().filter(({ state }) => state !== 'done').length, 0, 'the interrupted run was gone on with');
  });

  it('keep off a blob that a run of this machine has', async () => {
    const window = await opened('a.vhd');
    const { chain } = window.row('a.vhd');
    const own = { job: 'verify', backup: chain.backup, source: undefined, number: undefined } as const;
    rig.files.save({ id: 'x', spec: own, state: 'running', owner: 'here/1/other', heardAt: rig.world.now() + HOUR } as never);
    window.runs.reload();
    window.start();
    await rig.pass(20 * MINUTE);
    assert.equal(await rig.points('a.vhd'), 0);
    rig.files.remove('x');
    window.runs.reload();
    await rig.pass(5 * MINUTE);
    assert.equal(await rig.points('a.vhd'), 1);
    rig.files.save({ id: 'x', spec: own, state: 'running', owner: 'here/1/other', heardAt: rig.world.now() + 100 * HOUR } as never);
    window.runs.reload();
    await rig.pass(30 * HOUR);
    for (let minute = 0; minute < 10; minute++) {
      await rig.pass(MINUTE);
      assert.match(window.standing('a.vhd'), /^(due|running)$/, 'somebody is at it: that is no trouble');
    }
  });

  it('run now when told so, paused or not, and only what is due', async () => {
    const window = await opened('a.vhd');
    await window.switches.setPaused(true);
    await window.scheduler.runNow(window.closing.signal);
    await rig.pass(MINUTE);
    assert.equal(await rig.points('a.vhd'), 1);
    rig.write('a.vhd', 1, 1);
    await window.scheduler.runNow(window.closing.signal);
    await rig.pass(MINUTE);
    assert.equal(await rig.points('a.vhd'), 1, 'its window was served');
  });

  it('follow the file: a shorter window counts at once', async () => {
    const window = await opened('a.vhd');
    window.start();
    await rig.pass(10 * MINUTE);
    rig.write('a.vhd', 1, 1);
    await window.load(policyOf('1h'));
    await nextWindow(1);
    assert.equal(await rig.points('a.vhd'), 2);
  });

  it('wait while paused, which shows as overdue', async () => {
    const window = await opened('a.vhd');
    window.start();
    await rig.pass(10 * MINUTE);
    await window.switches.setPaused(true);
    await rig.pass(30 * HOUR);
    assert.equal(window.standing('a.vhd'), 'overdue');
    await window.switches.setPaused(false);
    await rig.pass(10 * MINUTE);
    assert.equal(window.standing('a.vhd'), 'good');
  });

  describe('verify what the policy wants verified', () => {
    const text = `${policyOf()}\n    verify: { every: 7d, proof: full }`;
    const proofs = async (disk: string): Promise<number> =>
      (await rig.records(disk)).filter((name) => name.includes('.proof-passed-')).length;

    it('once when it is due, between three windows of VS Code, and make up for missed weeks by one', async () => {
      rig = new ScheduleRig(['a.vhd', 'b.vhd']);
      const windows = await Promise.all(['one', 'two', 'three'].map((name) => rig.window(name, { text })));
      for (const window of windows) window.start();
      await rig.pass(HOUR);
      assert.deepEqual([await proofs('a.vhd'), await proofs('b.vhd')], [1, 1]);
      await rig.pass(6 * 24 * HOUR);
      assert.equal(await proofs('a.vhd'), 1);
      await rig.pass(25 * HOUR);
      assert.deepEqual([await proofs('a.vhd'), await proofs('b.vhd')], [2, 2]);
      rig.world.jump(40 * 24 * HOUR);
      await rig.pass(2 * HOUR);
      assert.deepEqual([await proofs('a.vhd'), await proofs('b.vhd')], [3, 3]);
      for (const window of windows) {
        assert.deepEqual(window.told, []);
        assert.ok(
          window.runs.all().every(({ state }) => state === 'done'),
          JSON.stringify(window.runs.all()),
        );
      }
    });

    it('a point that is wrong makes its chain trouble that says what to do, and the next backup mends it', async () => {
      rig = new ScheduleRig(['a.vhd']);
      rig.write('a.vhd', 1, 1);
      const window = await rig.window('one', { text });
      window.start();
      await rig.pass(HOUR);
      const { facts, chain } = window.row('a.vhd');
      const { pages } = rig.service.ledger.content(chain.backup, facts!.newest!.backup.snapshot);
      pages.put({ start: 512, end: 1024 }, 0, new Uint8Array(512).fill(9));
      await rig.pass(7 * 24 * HOUR);
      assert.equal(window.standing('a.vhd'), 'wrong');
      const failed = window.runs.all().filter(({ state }) => state === 'failed');
      assert.deepEqual(
        failed.map(({ spec, errorCode }) => [spec.job, errorCode]),
        [['verify', 'integrity']],
      );
      assert.match(failed[0]!.outcome!, /Back up now: that compares the whole disk, and makes a right point\.$/);
      const { troubleText } = await import('../../../src/extension/fleet/fleetWords.ts');
      const { englishVoice } = await import('../../support/tree/voice.ts');
      const about = { standing: 'wrong', doing: { state: 'idle' } } as const;
      assert.match(
        troubleText(
          window.row('a.vhd'),
          about,
          englishVoice(() => rig.world.now()),
        ),
        /^a\.vhd: a verification found the newest recovery point wrong\. Do not restore it; .* compares the whole disk/,
      );
      rig.write('a.vhd', 2, 2);
      await nextWindow();
      assert.equal(window.standing('a.vhd'), 'good');
      assert.equal(window.row('a.vhd').facts!.newest!.kind, 'rebase');
    });

    const refused = (code: 'accessDenied' | 'network') => {
      const error = new BackupError(code, code === 'network' ? 'No network.' : 'No right to write records.', {
        retryable: code === 'network',
        effect: 'none',
      });
      rig.service.interceptor = ({ operation, args }) =>
        operation === 'recordCreate' && args.name?.includes('.verifying-') ? { kind: 'throw', error } : undefined;
    };
    const rowWords = async (window: ScheduleWindow) => {
      const { describeFleetRow, fleetCard } = await import('../../../src/extension/fleet/fleetWords.ts');
      const row = window.row('a.vhd');
      const doing = window.scheduler.doing(`${FILE} ${row.chain.key}`);
      const about = { standing: window.scheduler.standing(row), doing };
      const voice = englishVoice(() => rig.world.now());
      return { ...describeFleetRow(row, about, voice), card: fleetCard(row, about, voice) };
    };

    it('what cannot be verified is trouble that says why, however often it is tried, until it goes well', async () => {
      rig = new ScheduleRig(['a.vhd']);
      const window = await rig.window('one', { text });
      refused('accessDenied');
      window.start();
      await rig.pass(HOUR);
      const { description, icon, card } = await rowWords(window);
      assert.match(description, /^verification fails: No right to write records\. · /);
      assert.deepEqual([icon.id, icon.color], ['unverified', 'list.warningForeground']);
      assert.match(card, /Last verification\W+never\W/);
      const seen = new Set<string>();
      for (let i = 0; i < 50; i++) {
        if (i === 20) refused('network');
        await rig.pass(10 * MINUTE);
        seen.add(window.standing('a.vhd'));
      }
      assert.deepEqual([...seen], ['unverified'], 'neither a try nor a network that is away ends it');
      rig.service.interceptor = undefined;
      await rig.pass(2 * HOUR);
      assert.equal(await proofs('a.vhd'), 1);
      assert.equal(window.standing('a.vhd'), 'good');
      await rig.pass(7 * 24 * HOUR);
      assert.deepEqual([await proofs('a.vhd'), window.standing('a.vhd')], [2, 'good'], 'the next one begins without a failure');
      assert.deepEqual(window.told, []);
    });

    it('what somebody else has verified meanwhile is no trouble', async () => {
      rig = new ScheduleRig(['a.vhd']);
      const window = await rig.window('one', { text });
      refused('accessDenied');
      window.start();
      await rig.pass(HOUR);
      assert.equal(window.standing('a.vhd'), 'unverified');
      const { chain, facts } = window.row('a.vhd');
      const { source, backup } = chain;
      const spec = { job: 'verify', source, backup, number: facts!.newest!.number, proof: 'full' } as const;
      assert.deepEqual(window.scheduler.verificationOf(window.row('a.vhd')), spec, 'what pressing the button does');
      assert.equal((await window.runs.start(spec)).state, 'done');
      await window.fleet.look([`${FILE} ${chain.key}`]);
      assert.equal(window.standing('a.vhd'), 'good');
      assert.equal(window.scheduler.verificationOf(window.row('a.vhd')), undefined);
      const tries = (): number => window.runs.all().filter(({ spec: { job } }) => job === 'verify').length;
      const before = tries();
      await rig.pass(6 * 24 * HOUR);
      assert.equal(tries(), before);
      refused('network');
      await rig.pass(2 * 24 * HOUR);
      assert.ok(window.runs.all().some(({ errorCode }) => errorCode === 'network'));
      assert.equal(window.standing('a.vhd'), 'good', 'what failed before is past');
    });

    it('without a network is no trouble until the proof is twice as old as the policy asks', async () => {
      rig = new ScheduleRig(['a.vhd']);
      const window = await rig.window('one', { text });
      window.start();
      await rig.pass(HOUR);
      refused('network');
      await rig.pass(13 * 24 * HOUR);
      assert.equal(window.standing('a.vhd'), 'good');
      await rig.pass(30 * HOUR);
      assert.equal(window.standing('a.vhd'), 'unverified');
      assert.match((await rowWords(window)).description, /^verification fails: No network\. · /);
      rig.service.interceptor = undefined;
      await rig.pass(2 * HOUR);
      assert.equal(window.standing('a.vhd'), 'good');
    });

    it('of a laptop that was away for weeks is no trouble: it is about to be done', async () => {
      rig = new ScheduleRig(['a.vhd']);
      const window = await rig.window('one', { text });
      window.start();
      await rig.pass(HOUR);
      rig.world.jump(40 * 24 * HOUR);
      const seen = new Set<string>();
      for (let i = 0; i < 120; i++) {
        await rig.pass(MINUTE);
        seen.add(window.standing('a.vhd'));
      }
      assert.equal(await proofs('a.vhd'), 2);
      assert.ok(!seen.has('unverified'), [...seen].join());
    });

    it('and keep no backup waiting: one that is under way reads, and changes nothing', async () => {
      rig = new ScheduleRig(['a.vhd']);
      const window = await rig.window('one', { text });
      const { chain, policy } = window.row('a.vhd');
      const spec = { job: 'verify', backup: chain.backup, source: chain.source, number: 1, schedule: { policy } } as const;
      rig.files.save({ id: 'x', spec, state: 'running', owner: 'here/1/other', heardAt: rig.world.now() + 100 * HOUR } as never);
      window.runs.reload();
      window.start();
      await rig.pass(20 * MINUTE);
      assert.equal(await rig.points('a.vhd'), 1);
      assert.equal(await proofs('a.vhd'), 0, 'nor is it begun a second time');
    });

    it('not while they are paused', async () => {
      rig = new ScheduleRig(['a.vhd']);
      const window = await rig.window('one', { text });
      await window.scheduler.runNow(window.closing.signal);
      await rig.pass(MINUTE);
      await window.switches.setPaused(true);
      window.start();
      await rig.pass(9 * 24 * HOUR);
      assert.equal(await proofs('a.vhd'), 0);
      // Backed up by somebody else meanwhile.
      await rig.window('two').then((two) => two.scheduler.runNow(two.closing.signal));
      await rig.pass(MINUTE);
      await window.fleet.look([`${FILE} ${window.row('a.vhd').chain.key}`]);
      assert.equal(window.standing('a.vhd'), 'good', 'a chain that was never verified waits since its newest point at least');
      await rig.pass(15 * 24 * HOUR);
      const row = window.row('a.vhd');
      const asOfNow = { ...row, facts: { ...row.facts!, lookedOn: rig.world.now() } };
      assert.equal(window.scheduler.standing(asOfNow), 'unverified');
      await window.switches.setPaused(false);
      await rig.pass(HOUR);
      assert.equal(await proofs('a.vhd'), 1);
    });
  });
});
