import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RewindPlan } from '../../../src/engine/jobs/restore/rewind.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import type { RestoreSpec, RunRecord } from '../../../src/extension/runs/run.ts';
import { changedBy, productOf, subjectOf, targetsOf } from '../../../src/extension/runs/runTarget.ts';
import { failureOf } from '../../../src/extension/words/failure.ts';
import { outcomeOf } from '../../../src/extension/words/outcome.ts';
import { planText, planWords } from '../../../src/extension/words/restorePlan.ts';
import { afterStopText, endedTitle, progressText, runCard, runningTitle } from '../../../src/extension/words/run.ts';
import { englishVoice } from '../../support/tree/voice.ts';

const voice = englishVoice(() => Date.parse('2026-11-21T12:00:00Z'));
const from = {
  source: 'https://prod.example/vhds/disk.vhd',
  backup: 'https://vault.example/backups/disk.vhd',
  point: '2026-11-20T02:00:00.0000000Z',
  number: 7,
  evenIfFailed: false,
};
const target = 'https://prod.example/vhds/diskrestored.vhd';
const newBackup = 'https://vault.example/backups/diskrestored.vhd';
const specs: Record<RestoreSpec['job'], RestoreSpec> = {
  restore: { ...from, job: 'restore', target, tier: undefined },
  restoreChain: { ...from, job: 'restoreChain', target, tier: undefined, newBackup },
  restoreFile: { ...from, job: 'restoreFile', path: 'C:\\disks\\x.vhd' },
  rewind: { ...from, job: 'rewind' },
};
const proof = { level: 'changed', changed: 512, changedCompared: 512, rest: 0, restCompared: 0 } as const;

describe('runs of restores', () => {
  const titles: [RestoreSpec, running: string, ended: string][] = [
    [specs.restore, 'Restoring disk.vhd to diskrestored.vhd', 'Restore of disk.vhd to diskrestored.vhd'],
    [specs.restoreChain, 'Restoring disk.vhd to diskrestored.vhd', 'Restore of disk.vhd to diskrestored.vhd'],
    [specs.restoreFile, 'Restoring disk.vhd to x.vhd', 'Restore of disk.vhd to x.vhd'],
    [specs.rewind, 'Rewinding disk.vhd', 'Rewind of disk.vhd'],
  ];
  for (const [spec, running, ended] of titles) {
    it(`say what they are: ${spec.job}`, () => {
      assert.deepEqual([runningTitle(spec, voice), endedTitle(spec, voice)], [running, ended]);
      const record = { spec, state: 'running', phase: 'copying', done: 1, total: 2, bytesPerSecond: 0, startedAt: 0 } as RunRecord;
      assert.match(
        progressText(record, voice),
        spec.job === 'rewind' ? /^writing back what differs: 50 %/ : /^copying the recovery point: 50 %/,
      );
      assert.ok(runCard(record, voice).replaceAll('\\', '').includes(from.point));
      assert.match(afterStopText(spec, voice), /resumed/);
    });
  }

  it('have what they write to themselves, and a rewind its chain too', () => {
    assert.deepEqual(targetsOf(specs.restore), [target]);
    assert.deepEqual(targetsOf(specs.restoreChain), [target, newBackup]);
    assert.deepEqual(targetsOf(specs.restoreFile), ['C:\\disks\\x.vhd']);
    assert.deepEqual(targetsOf(specs.rewind), [from.source, from.backup]);
    assert.deepEqual(Object.values(specs).map(productOf), [target, target, undefined, from.source]);
    assert.deepEqual(changedBy(specs.restoreFile), []);
    assert.deepEqual(Object.values(specs).map(subjectOf), Array(4).fill(from.source));
  });

  it('say that a stopped rewind leaves a disk that must not be used', () => {
    assert.match(afterStopText(specs.rewind, voice), /half way back: do not use it before/);
  });

  it('tell what they came to', () => {
    const common = {
      number: 7,
      recoveryPoint: from.point,
      length: 8192,
      written: 2048,
      transferred: 2048,
      transfer: 'server',
      proof,
    } as const;
    const text = (result: Parameters<typeof outcomeOf>[0]): string => outcomeOf(result, from.source, 1000, voice).text;
    assert.equal(
      text({ ...common, job: 'restore', target: '/disks/x.vhd' }),
      'Restored point 7 of disk.vhd to /disks/x.vhd: 2 KiB, 1 s. Every changed page was read back and matches.',
    );
    assert.match(
      text({ ...common, job: 'restoreChain', target, newBackup, diskSnapshot: 'a', newPoint: 'b' }),
      /^Restored point 7 of disk\.vhd to prod \/ vhds\/diskrestored\.vhd: .* Its backups go on in backups\/diskrestored\.vhd/,
    );
    assert.match(
      text({ ...common, job: 'rewind', disk: from.source, safetySnapshot: '2026-11-21T11:00:00Z', cleared: 512 }),
      /^Rewound disk\.vhd to point 7: 2\.5 KiB written back, 1 s\. .* The snapshot 21 Nov 11:00 holds the disk as it was before\.$/,
    );
  });
});

describe('plans of restores', () => {
  const plan: RewindPlan = {
    job: 'rewind',
    number: 7,
    point: from.point,
    disk: from.source,
    length: 1024 ** 4,
    lengthNow: 1024 ** 4,
    by: 'compare',
    reason: 'why',
    estimate: undefined,
    resumes: true,
    warnings: ['It takes long.'],
  };

  it('promise nothing that nobody knows', () => {
    const words = planWords({ ...specs.rewind, evenIfFailed: true }, { to: 'disk', plan }, 12, voice);
    assert.equal(words.button, 'Go On');
    assert.equal(words.steps[1]!.detail, 'known only when the whole disk, 1 TiB, has been compared');
    assert.deepEqual(words.facts, [
      { label: 'Size of the disk', value: '1 TiB' },
      { label: 'To move', value: 'known only when the whole disk has been compared' },
    ]);
    assert.equal(words.stays[0], 'The chain of disk.vhd, all 12 points.');
    assert.deepEqual(words.warnings.slice(0, 3), [
      'It goes on with a restore that was begun before.',
      'A verification found this point wrong. It is restored as it is.',
      'It takes long.',
    ]);
  });

  it('tell bytes, requests, and the time at the limits of the service', () => {
    const estimate = { written: 212 * 1024 ** 3, cleared: 0, writes: 54_300, clears: 0, ranges: 9, secondsAtLimit: 3618 };
    const { steps } = planWords(specs.rewind, { to: 'disk', plan: { ...plan, estimate } }, undefined, voice);
    assert.equal(steps[1]!.detail, '212 GiB · 54,300 requests · about 1 h at 60 MiB/s');
  });

  it('leave out what is not needed, and say why', () => {
    const step = { step: 'promote', target: newBackup, by: 'serviceCopy', estimate: undefined, skipped: 'It is there already.' } as const;
    const chain = { job: 'restoreChain', steps: [step], warnings: [], resumes: false, length: 1, number: 7 } as never;
    const words = planWords(specs.restoreChain, { to: 'chain', plan: chain }, undefined, voice);
    assert.equal(words.steps[0]!.skipped, 'It is there already.');
    assert.match(planText(words, voice), /^1\. Promote the recovery point .*diskrestored\.vhd \(It is there already\.\)/);
  });
});

describe('failures of restores', () => {
  const cases: [what: string, error: BackupError, rest: string][] = [
    [
      'an unknown point',
      new BackupError('notOurs', 'No.', { hint: 'List the recovery points with "points" and name one of them.' }),
      'Refresh the tree',
    ],
    [
      'a wrong point',
      new BackupError('integrity', 'No.', { hint: 'Restore another one. --even-if-failed restores this one.' }),
      'Restore another point.',
    ],
    [
      'a short point',
      new BackupError('integrity', 'No.', { hint: 'Restore another point, and run "verify".' }),
      'Restore another point, and verify',
    ],
    [
      'a full disk',
      new BackupError('noSpace', 'No.', { hint: 'Make room and run the same command again: it goes on.' }),
      'Make room and resume',
    ],
  ];
  for (const [what, error, rest] of cases) {
    it(`speak of no command line: ${what}`, () => {
      const { text, remedies } = failureOf(error, voice);
      assert.ok(text.startsWith(`No. ${rest}`), text);
      assert.doesNotMatch(text, /--|"points"|command/);
      assert.ok(!remedies.includes('takeOver'));
    });
  }
});
