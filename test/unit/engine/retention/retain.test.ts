import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { Calendar } from '../../../../src/engine/retention/calendar.ts';
import { policyText, type RetentionPolicy } from '../../../../src/engine/retention/policy.ts';
import { retain, type RetentionPoint } from '../../../../src/engine/retention/retain.ts';
import { keptByModel } from '../../../support/retentionModel.ts';

const HOUR = 3_600_000;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];

/** Points that are so many hours after one another. */
function pointsEvery(hours: number, count: number, from = '2026-01-01T00:30:00Z'): RetentionPoint[] {
  return Array.from({ length: count }, (_, i) => ({ number: i + 1, time: Date.parse(from) + i * hours * HOUR, state: 'good' }));
}

/** The points, of which `change` says what is different with one of them. */
function altered(points: readonly RetentionPoint[], change: (number: number) => Partial<RetentionPoint>): RetentionPoint[] {
  return points.map((point) => Object.assign({}, point, change(point.number)));
}

const told = (points: readonly RetentionPoint[], policy: RetentionPolicy) =>
  retain(points, policy).map(({ number, keep, reasons }) => `${number} ${keep ? 'kept' : 'deleted'}: ${reasons.join('; ')}`);

describe('retention', () => {
  it('says of every point in plain words why it stays or goes', () => {
    assert.deepEqual(told(pointsEvery(12, 5), { last: 1, daily: 2 }), [
      '5 kept: newest point, on which the next run builds; one of the last 1; newest of day 2026-01-03',
      '4 kept: newest of day 2026-01-02',
      '3 deleted: one newer point is kept; point 4 stands for day 2026-01-02',
      '2 deleted: one newer point is kept; 2 newer days are kept',
      '1 deleted: one newer point is kept; 2 newer days are kept',
    ]);
  });

  it('keeps the oldest point while a rule has room, as restic does', () => {
    assert.deepEqual(told(pointsEvery(1, 3), { yearly: 3 }), [
      '3 kept: newest point, on which the next run builds; newest of year 2026',
      '2 deleted: point 3 stands for year 2026',
      '1 kept: oldest point, and not all 3 years are there yet',
    ]);
  });

  it('never gives up the newest point, the newest good one, held ones, and those that unfinished work needs', () => {
    const points = altered(pointsEvery(1, 6), (number) => {
      if (number === 6) return { state: 'failed' };
      if (number === 2) return { isHeld: true };
      return number === 3 ? { neededFor: 'a restore that is not finished reads it' } : {};
    });
    const kept = retain(points, { yearly: 1 }).filter(({ keep }) => keep);
    assert.deepEqual(
      kept.map(({ number }) => number),
      [6, 5, 3, 2],
    );
    assert.match(kept[0]!.reasons.join(), /newest point.*no good point is newer/);
    assert.match(kept[1]!.reasons.join(), /newest good point/);
  });

  it('gives no place to a point that was found wrong, and lets it go once a good one is newer', () => {
    const points = altered(pointsEvery(24, 4), (number) => (number === 3 ? { state: 'failed' } : {}));
    assert.deepEqual(
      retain(points, { last: 2 }).map(({ keep }) => keep),
      [true, false, true, false],
    );
    const allWrong = altered(points, () => ({ state: 'failed' }));
    assert.ok(retain(allWrong, { last: 1 }).every(({ keep }) => keep));
  });

  it('keeps everything where there are no rules, and a point whose time nobody can tell', () => {
    assert.ok(retain(pointsEvery(1, 4), { last: 0 }).every(({ keep }) => keep));
    const odd = altered(pointsEvery(1, 4), (number) => (number === 2 ? { time: NaN } : {}));
    assert.deepEqual(
      retain(odd, { last: 1, daily: 1 }).map(({ keep }) => keep),
      [true, false, true, false],
    );
  });

  it('counts the days of its zone, weeks from Monday on, and an hour that comes twice as two', () => {
    const berlin = new Calendar('Europe/Berlin');
    assert.equal(berlin.bucketsOf(Date.parse('2026-03-28T23:30:00Z')).daily, '2026-03-29');
    assert.equal(berlin.bucketsOf(Date.parse('2027-01-03T12:00:00Z')).weekly, '2026-W53');
    assert.equal(berlin.bucketsOf(Date.parse('2026-12-31T23:30:00Z')).yearly, '2027');
    const [first, second] = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((time) => berlin.bucketsOf(Date.parse(time)).hourly);
    assert.match(first!, /^2026-10-25 02h/);
    assert.match(second!, /^2026-10-25 02h/);
    assert.notEqual(first, second);
    assert.throws(
      () => new Calendar('Mars/Olympus'),
      (error) => isBackupError(error, 'badInput'),
    );
    assert.equal(policyText({ last: 3, weekly: Infinity, timeZone: 'Europe/Berlin' }), 'last 3, weekly all (Europe/Berlin)');
  });

  it('agrees with an independent model on any points, policies and zones', () => {
    const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 }), fc.constant(Infinity));
    const policy = fc.record({
      last: count,
      hourly: count,
      daily: count,
      weekly: count,
      monthly: count,
      yearly: count,
      timeZone: fc.constantFrom(...ZONES),
    });
    const step = fc.record({
      // From minutes to months between two points.
      minutes: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 200_000 })),
      isWrong: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
      isHeld: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
    });
    const start = fc.integer({ min: Date.UTC(2011, 11, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 60 }), policy, (from, steps, policy) => {
        let time = from;
        const points = steps.map(({ minutes, isWrong, isHeld }, i): RetentionPoint => {
          time += minutes * 60_000;
          return { number: i + 1, time, state: isWrong ? 'failed' : 'good', isHeld };
        });
        const decisions = retain(points, policy);
        assert.equal(decisions.length, points.length);
        assert.ok(decisions.every(({ reasons }) => reasons.length > 0 && reasons.every(Boolean)));
        const kept = decisions.filter(({ keep }) => keep).map(({ number }) => number);
        assert.deepEqual(new Set(kept), keptByModel(points, policy));
      }),
      { numRuns: 400 },
    );
  });
});
