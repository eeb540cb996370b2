import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cron } from 'croner';
import fc from 'fast-check';
import { callTimes, quietTime, zonesOf } from '../../../../src/policy/generate/callTimes.ts';
import { calendarText, cronText } from '../../../../src/policy/generate/cronTimes.ts';
import type { Policy, Window } from '../../../../src/policy/policy.ts';
import { WindowClock } from '../../../../src/policy/windows/windowClock.ts';
import { requestOf } from './requests.ts';

const { policy } = requestOf();
const MINUTE = 60_000;

function policyWith(...windows: { readonly window: Window; readonly jitter?: number }[]): Policy {
  return { rules: windows.map(({ window, jitter = 0 }) => Object.assign({}, policy.rules[0], { window, jitter })) };
}

const cron = (pattern: string, timeZone = 'UTC') => ({ window: { kind: 'cron', cron: pattern, timeZone } as const });
const every = (minutes: number, jitter = 0) => ({ window: { kind: 'every', ms: minutes * MINUTE } as const, jitter: jitter * MINUTE });

describe('the times of the calls', () => {
  const samples: [what: string, policy: Policy, utc: string, best?: string][] = [
    ['an interval', policyWith(every(720)), '0 0,12 * * *'],
    ['an hour', policyWith(every(60)), '0 * * * *'],
    ['hours that fit no day', policyWith(every(7 * 60)), '0 * * * *'],
    ['a quarter of an hour', policyWith(every(15)), '*/15 * * * *'],
    ['the shortest window', policyWith(every(10)), '*/10 * * * *'],
    ['minutes that fit no hour', policyWith(every(11)), '*/10 * * * *'],
    ['every minute', policyWith(cron('* * * * 1')), '*/10 * * * *'],
    ['a pattern in UTC', policyWith(cron('30 3 * * 1-5')), '30 3 * * 1,2,3,4,5'],
    ['a zone with two times of the year', policyWith(cron('0 3 * * *', 'Europe/Berlin')), '0 1,2 * * *', '0 3 * * * Europe/Berlin'],
    ['a weekday that begins the day before', policyWith(cron('0 0 * * 1', 'Europe/Berlin')), '0 22,23 * * 0', '0 0 * * 1 Europe/Berlin'],
    ['half hours', policyWith(cron('0 6 * * *', 'Asia/Kolkata')), '30 0 * * *', '30 0 * * * UTC'],
    ['the first of a month', policyWith(cron('0 4 1 * *')), '0 4 1 * *'],
    ['29 February', policyWith(cron('0 4 29 2 *')), '0 4 29 * *'],
    ['a spread', policyWith(every(1440, 60)), '*/15 0,1 * * *'],
    ['two windows', policyWith(cron('0 3 * * *'), cron('30 15 * * *')), '0,30 3,15 * * *'],
  ];
  for (const [what, policy, utc, best] of samples) {
    it(`serve ${what}`, () => {
      assert.equal(cronText(callTimes(policy, ['UTC'])), utc);
      const times = callTimes(policy, zonesOf(policy));
      if (best !== undefined) assert.equal(`${cronText(times)} ${times.timeZone}`, best);
    });
  }

  it('serve every window of any policy, in time', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const some = (least: number, most: number) => fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 3 });
    const pattern = fc
      .record({ minutes: some(0, 59), hours: some(0, 23), weekdays: fc.option(some(0, 6)), timeZone: zone })
      .map((each) => cron(`${each.minutes.join(',')} ${each.hours.join(',')} * * ${each.weekdays?.join(',') ?? '*'}`, each.timeZone));
    const interval = fc.integer({ min: 10, max: 3000 }).map((minutes) => every(minutes));
    const windows = fc.array(fc.oneof(pattern, interval), { minLength: 1, maxLength: 3 });
    const when = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 11, 1) });
    fc.assert(
      fc.property(windows, when, fc.boolean(), (windows, from, anyZone) => {
        const policy = policyWith(...windows);
        const times = callTimes(policy, anyZone ? zonesOf(policy) : ['UTC']);
        const calls = new Cron(cronText(times), { timezone: times.timeZone, paused: true });
        for (const { window } of windows) {
          for (const start of new WindowClock(window).upcoming(from, 20)) {
            const call = calls.nextRun(new Date(start - 1))!.getTime();
            assert.ok(
              call - start < 10 * MINUTE,
              `${JSON.stringify(window)} at ${new Date(start).toISOString()}: ${cronText(times)} ${times.timeZone}`,
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of a prune are as far from the backups as can be', () => {
    assert.equal(cronText(quietTime(callTimes(policyWith(every(720)), ['UTC']))), '30 6 * * *');
    assert.equal(cronText(quietTime(callTimes(policyWith(cron('0 23 * * *')), ['UTC']))), '30 11 * * *');
    assert.equal(cronText(quietTime(callTimes(policyWith(every(60)), ['UTC']))), '30 0 * * *');
  });

  it('are told to systemd in its own way', () => {
    assert.equal(
      calendarText(callTimes(policyWith(cron('30 3 * * 1,5', 'Europe/Berlin')), ['Europe/Berlin'])),
      'Mon,Fri *-*-* 03:30:00 Europe/Berlin',
    );
    assert.equal(calendarText(callTimes(policyWith(cron('0 4 1 * *')), ['UTC'])), '*-*-01 04:00:00 UTC');
    assert.equal(calendarText(callTimes(policyWith(every(60)), ['UTC'])), '*-*-* *:00:00 UTC');
  });
});
