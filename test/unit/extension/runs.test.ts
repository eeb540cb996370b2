import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { Limiter } from '../../../src/engine/transfer/limiter/limiter.ts';
import { COMMANDS, CONTEXT_KEYS } from '../../../src/extension/names.ts';
import type { RunNotifications } from '../../../src/extension/runs/notifications.ts';
import type { RunFiles } from '../../../src/extension/runs/runFiles.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { CommandRig } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';
import { progresses } from '../../support/vscode/window.ts';

const spec = { job: 'backup', source: SOURCE, backup: BACKUP, full: false, adopt: false } as const;
const PAGES = 64;
let rigs: CommandRig[] = [];

async function open(...args: Parameters<typeof CommandRig.open>): Promise<CommandRig> {
  const rig = await CommandRig.open(...args);
  rigs.push(rig);
  return rig;
}

afterEach(() => {
  for (const rig of rigs) rig.close();
  rigs = [];
});

/** A rig whose disk is copied page by page, and what is done at the nth page write. */
async function paged(nth: number, act: (rig: CommandRig) => void): Promise<CommandRig> {
  const rig = await open({ pages: PAGES });
  for (let page = 0; page < PAGES; page += 2) rig.chain.write(page, page + 1);
  let count = 0;
  rig.chain.service.interceptor = ({ operation }) => {
    if (operation.startsWith('writePages') && count++ === nth) act(rig);
    return undefined;
  };
  return rig;
}

describe('runs', () => {
  it('show themselves while they run, in one notification with Cancel', async () => {
    const shown: string[] = [];
    const rig = await paged(3, () => shown.push(progresses[0]!.title, ...progresses[0]!.messages));
    const record = await rig.runs.start(spec);
    assert.equal(record.state, 'done');
    assert.deepEqual(shown, ['Backing up disk.vhd', `getting ready ([Show log](command:${COMMANDS.showLog}))`]);
    assert.deepEqual(progresses, []);
    assert.deepEqual(rig.files.load(), [JSON.parse(JSON.stringify(record))]);
    assert.ok(rig.logged.some((line) => line.startsWith('info Backup of disk.vhd: took snapshot ')));
    assert.ok(rig.logged.some((line) => line.startsWith('info Backed up disk.vhd')));
  });

  it('stop when they are cancelled, and go on from there', async () => {
    const rig = await paged(10, () => progresses[0]!.cancel());
    user.answers(/was stopped/, 'Resume');
    const stopped = await rig.runs.start(spec);
    assert.equal(stopped.state, 'resumable');
    await rig.settle();
    await rig.idle();
    const [told] = user.seen;
    assert.match(
      told!.text,
      /^Backup of disk\.vhd was stopped(?: at \d+ %)?\. The disk and all recovery points are as they were\. It can be resumed at any time\.$/,
    );
    const [record, ...more] = rig.runs.all();
    assert.deepEqual(more, []);
    assert.equal(record!.id, stopped.id);
    assert.equal(record!.state, 'done');
    assert.match(record!.outcome!, /The run had been interrupted: the point shows the disk as it was when it began\.$/);
    assert.deepEqual(await rig.chain.faults(), []);
  });

  it('on one blob are refused, and the one that runs is told', async () => {
    const rig = await open();
    const [first, second] = await Promise.all([rig.runs.start(spec), rig.runs.start({ ...spec, full: true })]);
    assert.equal(first.id, second.id);
    assert.equal(rig.runs.all().length, 1);
    assert.match(user.seen[0]!.text, /^This blob is in use: Backup of disk\.vhd is under way\. Nothing was started\.$/);
  });

  it('at once keep to the pace of the service together', async (test) => {
    const rig = await open();
    rig.chain.write(0, 1, 16);
    const turns = test.mock.method(Limiter.prototype, 'turn');
    const ends = await Promise.all([spec, { ...spec, backup: `${BACKUP}-2` }].map((each) => rig.runs.start(each)));
    assert.deepEqual(
      ends.map(({ state }) => state),
      ['done', 'done'],
    );
    const calls = turns.mock.calls.map((call) => ({ limiter: call.this, lane: call.arguments[0] }));
    assert.equal(new Set(calls.map(({ limiter }) => limiter)).size, 1, 'one limiter');
    assert.equal(new Set(calls.map(({ lane }) => lane)).size, 2, 'in which each has its own lane');
  });

  it('tell VS Code that some have finished once, not with each piece', async () => {
    const rig = await open({ pages: PAGES });
    for (let page = 0; page < PAGES; page += 2) rig.chain.write(page, page + 1);
    const { showRuns } = await import('../../../src/extension/runs/showRuns.ts');
    const files = { watch: () => () => undefined } as unknown as RunFiles;
    const notifications = { tellInterrupted: () => undefined } as unknown as RunNotifications;
    const shown = showRuns(rig.runs, files, notifications, rig.voice);
    await rig.runs.start(spec);
    shown.dispose();
    const told = user.executed.filter(([, key]) => key === CONTEXT_KEYS.hasFinishedRuns).map(([, , value]) => value);
    assert.deepEqual(told, [false, true]);
  });

  it('that another machine is busy with are told calmly', async () => {
    const rig = await open();
    await rig.chain.backup();
    await rig.chain.service.pageBlob(BACKUP).acquireLease('00000000-0000-4000-8000-000000000001', 60);
    const record = await rig.runs.start(spec);
    assert.deepEqual([record.state, record.errorCode], ['failed', 'busy']);
    const [told] = user.seen;
    assert.equal(told!.kind, 'info');
    assert.match(told!.text, /is leased.*Nothing was changed\./);
    assert.deepEqual(told!.choices, ['Try Again']);
  });

  it('that the network broke can be resumed', async () => {
    const rig = await paged(5, () => undefined);
    const before = rig.chain.service.interceptor!;
    let broken = true;
    rig.chain.service.interceptor = (call) =>
      broken && call.operation.startsWith('writePages')
        ? { kind: 'throw', error: new BackupError('network', 'No answer.', { retryable: true }) }
        : before(call);
    const record = await rig.runs.start(spec);
    assert.deepEqual([record.state, record.errorCode], ['resumable', 'network']);
    assert.deepEqual(user.seen[0]!.choices, ['Resume', 'Show Log']);
    broken = false;
    await rig.run(COMMANDS.resumeRun, record.id);
    await rig.idle();
    assert.equal(rig.runs.all()[0]!.state, 'done');
    assert.deepEqual(await rig.chain.faults(), []);
  });

  it('that fail keep their words and their code, and can be tried again', async () => {
    const rig = await open();
    rig.chain.service.interceptor = () => ({
      kind: 'throw',
      error: new BackupError('accessDenied', 'No access.', { hint: 'Ask for a role.' }),
    });
    const record = await rig.runs.start(spec);
    assert.deepEqual([record.state, record.errorCode, record.outcome], ['failed', 'accessDenied', 'No access. Ask for a role.']);
    rig.chain.service.interceptor = undefined;
    await rig.run(COMMANDS.resumeRun, record.id);
    assert.equal(rig.runs.all()[0]!.state, 'done');
  });
});

describe('a window that closes', () => {
  it('leaves its run resumable at once, and the next window goes on with it', async () => {
    let closed: Promise<void> | undefined;
    const rig = await paged(10, (it) => {
      closed ??= it.runs.close();
    });
    await rig.runs.start(spec);
    await closed;
    assert.deepEqual(user.seen, [], 'nobody is there to be told');
    const [left] = rig.files.load();
    assert.equal(left!.state, 'resumable');

    const next = await open({ like: rig, owner: 'here/2/one' });
    assert.equal(next.runs.all()[0]!.state, 'resumable');
    await next.run(COMMANDS.resumeRun, left!.id);
    await next.idle();
    assert.equal(next.runs.all()[0]!.state, 'done');
    assert.deepEqual(await rig.chain.faults(), []);
    assert.equal((await rig.chain.entries()).length, 1);
  });

  it('without a word leaves a run that another window finds by its process, and waits its lease out', async () => {
    const rig = await paged(10, (it) => {
      // Its last record stays as it is, and so does its lease.
      it.files.isFrozen = true;
      it.client.crash();
    });
    await rig.runs.start(spec);
    rig.files.isFrozen = false;
    const next = await open({ like: rig, owner: 'here/2/one', isAlive: false });
    assert.equal(next.runs.all()[0]!.state, 'resumable');
    await next.run(COMMANDS.resumeRun, next.runs.all()[0]!.id);
    await next.idle();
    assert.equal(next.runs.all()[0]!.state, 'done');
    assert.ok(next.logged.some((line) => line.includes('Waiting until the lease of the interrupted run has ended')));
    assert.deepEqual(await rig.chain.faults(), []);
  });
});

describe('records', () => {
  it('of runs in another window cannot be cancelled here, which is said', async () => {
    const rig = await open();
    await rig.runs.start(spec);
    const [record] = rig.files.load();
    rig.files.save({ ...record!, state: 'running', owner: 'here/9/nine' });
    rig.runs.reload();
    user.reset();
    await rig.run(COMMANDS.cancelRun, record!.id);
    assert.deepEqual(user.take(), ['info: This run is under way in another window. Cancel it there.']);
  });

  it('of other windows are seen, and forgetting one takes it away everywhere', async () => {
    const rig = await open();
    await rig.runs.start(spec);
    const other = await open({ like: rig, owner: 'here/2/two' });
    assert.equal(other.runs.all().length, 1);
    await other.run(COMMANDS.forgetFinishedRuns);
    rig.runs.reload();
    assert.deepEqual(rig.runs.all(), []);
  });

  it('that cannot be written cost a line in the log, not the run', async () => {
    const rig = await open();
    rig.files.save = () => {
      throw new Error('disk full');
    };
    assert.equal((await rig.runs.start(spec)).state, 'done');
    assert.ok(rig.logged.some((line) => line.startsWith('warn The record of a run could not be written')));
  });
});
