import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { BackupResult } from '../../../src/engine/jobs/backup/backupRun.ts';
import { isAbandoned, ownerOf, processLives } from '../../../src/extension/runs/owner.ts';
import { beginRecord, inOrder, interrupted, RecordKeeper, resumeRecord, surplus } from '../../../src/extension/runs/records.ts';
import type { RunRecord, RunSpec } from '../../../src/extension/runs/run.ts';
import { RunFiles } from '../../../src/extension/runs/runFiles.ts';
import { targetsOf } from '../../../src/extension/runs/runTarget.ts';
import { failureOf } from '../../../src/extension/words/failure.ts';
import { outcomeOf } from '../../../src/extension/words/outcome.ts';
import { describeRun, progressText, runCard, shortProgress } from '../../../src/extension/words/run.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import { redactedLog } from '../../support/extension/redactedLog.ts';
import { englishVoice } from '../../support/tree/voice.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const NOON = Date.UTC(2026, 10, 21, 12);
const voice = englishVoice(() => NOON);
const spec: RunSpec = {
  job: 'backup',
  source: 'https://a.blob.core.windows.net/vhds/disk.vhd',
  backup: 'https://b.blob.core.windows.net/c/disk.vhd',
  full: false,
  adopt: false,
};
const begun = beginRecord(spec, { id: 'one', title: 'Backing up disk.vhd', owner: 'here/1/x', now: NOON });

function record(change: Partial<RunRecord> = {}): RunRecord {
  return { ...begun, ...change };
}

describe('the record of a run', () => {
  it('follows its events', () => {
    const keeper = new RecordKeeper(begun);
    assert.equal(progressText(keeper.record, voice), 'getting ready');
    assert.equal(keeper.hear({ type: 'note', text: 'x' }, NOON), false);
    keeper.hear({ type: 'phase', phase: 'copying', text: '' }, NOON);
    keeper.hear({ type: 'progress', phase: 'copying', done: 0, total: 1.2 * GiB }, NOON);
    keeper.hear({ type: 'progress', phase: 'copying', done: 812 * MiB, total: 1.2 * GiB }, NOON + 14_000);
    assert.equal(progressText(keeper.record, voice), 'copying changes: 66 % · 812 MiB of 1.2 GiB · 58 MiB/s · 8 s left');
    keeper.hear({ type: 'progress', phase: 'copying', done: 800 * MiB, total: 1.2 * GiB }, NOON + 14_100);
    assert.equal(keeper.record.done, 812 * MiB, 'it never goes back');
    assert.equal(keeper.record.heardAt, NOON + 14_100);
    assert.equal(shortProgress(keeper.record, voice), 'Backing up disk.vhd 66 %');
    keeper.hear({ type: 'phase', phase: 'proving', text: '' }, NOON + 15_000);
    assert.equal(progressText(keeper.record, voice), 'reading back what was written');
    keeper.hear({ type: 'progress', phase: 'proving', done: 5 * MiB, total: 0 }, NOON + 15_000);
    assert.equal(progressText(keeper.record, voice), 'reading back what was written: 5 MiB');
  });

  it('says how it stands in a row', () => {
    const rows: [RunRecord, string, string, string][] = [
      [
        record({ phase: 'copying', done: 64, total: 100, bytesPerSecond: 58 * MiB }),
        'Backing up disk.vhd',
        '64 % · 58 MiB/s · 1 s left',
        'sync~spin',
      ],
      [record({ phase: 'listing' }), 'Backing up disk.vhd', 'asking what changed', 'sync~spin'],
      [
        record({ phase: 'waiting' }),
        'Backing up disk.vhd',
        'waiting until the interrupted run has let go of the blob, a minute at most',
        'sync~spin',
      ],
      [record({ state: 'resumable', done: 41, total: 100 }), 'Backup of disk.vhd', 'interrupted at 41 %', 'debug-pause'],
      [record({ state: 'resumable' }), 'Backup of disk.vhd', 'interrupted', 'debug-pause'],
      [record({ state: 'done', endedAt: NOON + 12_000, moved: 84 * MiB }), 'Backup of disk.vhd', '12 s · 84 MiB · just now', 'pass'],
      [record({ state: 'failed', errorCode: 'accessDenied', outcome: 'No access.' }), 'Backup of disk.vhd', 'No access.', 'error'],
      [record({ state: 'failed', errorCode: 'busy', outcome: 'Busy.' }), 'Backup of disk.vhd', 'Busy.', 'watch'],
      [
        record({
          state: 'failed',
          errorCode: 'cancelled',
          outcome: 'Stopped.',
          spec: { job: 'copy', source: 'https://x/y/z?snapshot=1', target: 'https://x/y/w' },
        }),
        'Copy of z',
        'Stopped.',
        'circle-slash',
      ],
    ];
    for (const [each, label, description, icon] of rows) {
      const words = describeRun(each, voice);
      assert.deepEqual([words.label, words.description, words.icon.id], [label, description, icon]);
      assert.equal(words.speech, `${label}: ${description}.`);
      assert.match(runCard(each, voice), /^### /);
    }
  });

  it('starts afresh when it is resumed, under the same id', () => {
    const old = interrupted(record({ done: 5, total: 9, bytesPerSecond: 3, heardAt: NOON + 7 }));
    assert.deepEqual([old.state, old.endedAt, old.bytesPerSecond], ['resumable', NOON + 7, 0]);
    assert.deepEqual(resumeRecord(old, 'me', NOON + 99), { ...begun, owner: 'me', startedAt: NOON + 99, heardAt: NOON + 99 });
  });

  it('stands in order, and the oldest of those that have ended go first', () => {
    const all = [
      record({ id: 'old', state: 'done', endedAt: NOON + 1 }),
      record({ id: 'running' }),
      record({ id: 'new', state: 'failed', endedAt: NOON + 9 }),
      record({ id: 'waiting', state: 'resumable', endedAt: NOON }),
    ];
    assert.deepEqual(
      inOrder(all).map(({ id }) => id),
      ['running', 'waiting', 'new', 'old'],
    );
    assert.deepEqual(
      surplus(all, 3).map(({ id }) => id),
      ['old'],
    );
    assert.deepEqual(
      surplus(all, 1).map(({ id }) => id),
      ['new', 'old'],
    );
    assert.deepEqual(surplus(all, 4), []);
  });

  it('names what a run must have to itself, whatever the address looks like', () => {
    assert.deepEqual(
      targetsOf({ ...spec, backup: 'http://localhost:10000/a/c/d' }),
      targetsOf({ ...spec, backup: 'http://127.0.0.1:10000/a/c/d' }),
    );
    assert.notDeepEqual(targetsOf(spec), targetsOf({ ...spec, backup: `${spec.backup}2` }));
  });
});

describe('the window of a run', () => {
  const self = ownerOf('here', 1, 'me', (pid) => pid === 7);
  const cases: [what: string, change: Partial<RunRecord>, after: number, gone: boolean][] = [
    ['itself', { owner: self.id }, 999_999, false],
    ['another that lives', { owner: 'here/7/x' }, 1000, false],
    ['another that died', { owner: 'here/8/x' }, 1000, true],
    ['one of another machine', { owner: 'there/8/x' }, 1000, false],
    ['one of another machine that is silent', { owner: 'there/8/x' }, 61_000, true],
    ['one whose run has ended', { owner: 'here/8/x', state: 'done' }, 1000, false],
  ];
  for (const [what, change, after, gone] of cases) {
    it(`${what} is ${gone ? 'gone' : 'there'}`, () => assert.equal(isAbandoned(record(change), self, NOON + after), gone));
  }

  it('is found by its process', () => {
    assert.equal(processLives(process.pid), true);
    assert.equal(processLives(2 ** 30), false);
  });
});

describe('the files of records', () => {
  it('keep each record by itself, and pass over what is no record', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pbb-runs-'));
    try {
      const files = new RunFiles(join(folder, 'runs'));
      assert.deepEqual(files.load(), []);
      const changes: number[] = [];
      const end = files.watch(() => changes.push(1));
      files.save(record());
      files.save(record({ id: 'two', done: 3 }));
      writeFileSync(join(folder, 'runs', 'broken.json'), '{');
      writeFileSync(join(folder, 'runs', 'other.json'), JSON.stringify(record()));
      assert.deepEqual(
        files
          .load()
          .map(({ id }) => id)
          .sort(),
        ['one', 'two'],
      );
      files.remove('one');
      files.remove('one');
      assert.deepEqual(
        files.load().map(({ id }) => id),
        ['two'],
      );
      while (changes.length === 0) await new Promise((resolve) => void setTimeout(resolve, 10));
      end();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what a run came to', () => {
  const backup: BackupResult = {
    job: 'backup',
    kind: 'incremental',
    reason: '',
    number: 13,
    recoveryPoint: '',
    sourceSnapshot: '2026-11-21T11:00:00.0000000Z',
    length: 1024 * GiB,
    written: 1.2 * GiB,
    cleared: 0,
    transferred: 1.2 * GiB,
    transfer: 'relay',
    proof: { level: 'changed', changed: 1.2 * GiB, changedCompared: 1.2 * GiB, rest: 0, restCompared: 0 },
    resumed: false,
  };
  const text = (result: Parameters<typeof outcomeOf>[0]): string => outcomeOf(result, spec.source, 21_000, voice).text;

  it('is told in one or two sentences that say no more than what was proven', () => {
    assert.equal(text(backup), 'Backed up disk.vhd: 1.2 GiB changed of 1 TiB, 21 s. Every changed page was read back and matches.');
    assert.equal(
      text({ ...backup, kind: 'full', proof: { ...backup.proof, level: 'sample', changedCompared: GiB } }),
      'Backed up disk.vhd: 1.2 GiB of 1 TiB copied, 21 s. A sample of the pages was read back and matches.',
    );
    assert.equal(
      text({ ...backup, kind: 'rebase', reason: 'The anchor is gone.', proof: { ...backup.proof, level: 'ranges', changedCompared: 0 } }),
      'The anchor is gone. Backed up disk.vhd: 1.2 GiB changed of 1 TiB, 21 s. Its length and allocated pages match; no content was read back.',
    );
    assert.equal(text({ ...backup, kind: 'unchanged' }), 'Nothing changed in disk.vhd since 21 Nov 11:00. No new point was made.');
    assert.match(text({ ...backup, resumed: true }), /The run had been interrupted/);
  });

  it('of a verification counts what was compared and what was not', () => {
    const point = { recoveryPoint: '', proof: { level: 'changed', changed: 0, changedCompared: GiB, rest: 0, restCompared: 0 } } as const;
    const passed = { ...point, number: 2, verdict: 'passed' } as const;
    const structure = { number: 1, recoveryPoint: '', verdict: 'structure' } as const;
    const failed = { number: 3, recoveryPoint: '', verdict: 'failed', fault: 'It is short.' } as const;
    const verdict = (...verdicts: (typeof passed | typeof structure | typeof failed)[]) =>
      outcomeOf({ job: 'verify', verdicts, failed: verdicts.filter(({ verdict }) => verdict === 'failed').length }, spec.source, 1, voice);
    assert.equal(verdict(passed).text, 'Recovery point 2 of disk.vhd matches the disk: 1 GiB read from both.');
    assert.match(verdict(structure).text, /No content was compared: its snapshot of the disk is gone\.$/);
    assert.match(
      verdict(passed, structure).text,
      /^No fault was found in disk\.vhd: 1 point compared with the disk, 1 GiB read from both\. Of 1 point the length alone/,
    );
    assert.equal(verdict(failed, passed).mood, 'attention');
    assert.match(verdict(failed, failed, passed).text, /^Recovery point 3 of disk\.vhd is wrong: It is short\. 2 points failed in all\./);
  });
});

describe('failures', () => {
  it('lose the hints of the command line', () => {
    const error = new BackupError('notOurs', 'It is not ours.', { unharmed: 'Nothing was changed.', hint: 'Take it over with --adopt.' });
    const { text, remedies } = failureOf(error, voice);
    assert.equal(
      text,
      'It is not ours. Nothing was changed. Choose another name, or take the blob over: it is then made equal to the disk.',
    );
    assert.deepEqual(remedies, ['takeOver']);
  });

  it('are logged with everything but secrets', () => {
    const { log, lines } = redactedLog();
    const cause = new Error('GET https://a/b?sv=1&sig=c2VjcmV0c2VjcmV0 failed');
    log.error(
      'It failed: AccountKey=c2VjcmV0c2VjcmV0;',
      new BackupError('network', 'No answer.', { cause, service: { status: 500, code: 'X' } }),
    );
    log.info('https://a/b?sig=c2VjcmV0c2VjcmV0');
    assert.doesNotMatch(lines.join('\n'), /c2VjcmV0/);
    assert.match(lines[0]!, /code: network, service: \{ status: 500, code: 'X' \}/);
    assert.match(lines[0]!, /Error: GET https:\/\/a\/b/);
  });
});
