import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stableHash } from '../../../src/policy/stableHash.ts';
import { dueOf, jitterOf } from '../../../src/policy/windows/due.ts';
import { premiumRefusal } from '../../../src/policy/windows/premium.ts';
import { WindowClock } from '../../../src/policy/windows/windowClock.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const iso = (time: number | undefined): string | undefined => (time === undefined ? undefined : new Date(time).toISOString());
const berlin = (cron: string) => new WindowClock({ kind: 'cron', cron, timeZone: 'Europe/Berlin' });
const due = (clock: WindowClock, lookedOn: string | undefined, now: string, jitter = 0) =>
  dueOf({ clock, jitter, chain: 'a chain', lookedOn: lookedOn === undefined ? undefined : at(lookedOn), now: at(now) });

describe('windows', () => {
  it('of an interval begin at its multiples, of a cron pattern by the clock of its zone', () => {
    const half = new WindowClock({ kind: 'every', ms: 12 * HOUR });
    assert.equal(iso(half.latest(at('2026-03-29T11:59:00Z'))), '2026-03-29T00:00:00.000Z');
    assert.equal(iso(half.latest(at('2026-03-29T12:00:00Z'))), '2026-03-29T12:00:00.000Z');
    assert.equal(iso(half.next(at('2026-03-29T12:00:00Z'))), '2026-03-30T00:00:00.000Z');
    assert.deepEqual(berlin('0 */12 * * *').upcoming(at('2026-03-28T12:00:00Z'), 4).map(iso), [
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T10:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      '2026-03-30T10:00:00.000Z',
    ]);
  });

  it('that begin when clocks are changed come once a day', () => {
    for (const [from, zone] of [
      ['2026-03-20', 'Europe/Berlin'],
      ['2026-10-18', 'Europe/Berlin'],
      ['2026-03-01', 'America/New_York'],
      ['2026-10-25', 'America/New_York'],
    ] as const) {
      const clock = new WindowClock({ kind: 'cron', cron: '30 2 * * *', timeZone: zone });
      const starts = clock.upcoming(at(`${from}T12:00:00Z`), 14);
      const days = starts.map((start) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(start));
      assert.equal(new Set(days).size, 14, `${zone}: ${days.join(' ')}`);
      for (const [i, start] of starts.entries()) {
        assert.equal(clock.latest(start), start);
        assert.equal(clock.latest(start - 1), i === 0 ? clock.latest(start - HOUR) : starts[i - 1]);
      }
    }
  });

  it('are served once; the first run is due at once; missed ones are caught up by one run', () => {
    const clock = berlin('0 0,12 * * *');
    assert.deepEqual(
      [due(clock, undefined, '2026-06-01T08:00:00Z').isDue, due(clock, undefined, '2026-06-01T08:00:00Z').missed],
      [true, false],
    );
    const served = due(clock, '2026-05-31T22:00:00Z', '2026-06-01T09:59:59Z');
    assert.deepEqual([served.isDue, iso(served.next)], [false, '2026-06-01T10:00:00.000Z']);
    const begun = due(clock, '2026-05-31T22:00:00Z', '2026-06-01T10:00:00Z');
    assert.deepEqual([begun.isDue, begun.missed], [true, false]);
    const late = due(clock, '2026-05-20T22:00:00Z', '2026-06-01T15:00:00Z');
    assert.deepEqual([late.isDue, late.missed, iso(late.window)], [true, true, '2026-06-01T10:00:00.000Z']);
    assert.equal(due(clock, '2026-06-01T15:00:00Z', '2026-06-01T15:00:01Z').isDue, false);
  });

  it('do not believe a time that is still to come, but do between clocks that differ a little', () => {
    const clock = berlin('0 0,12 * * *');
    assert.equal(due(clock, '2030-01-01T00:00:00Z', '2026-06-01T10:00:00Z').isDue, true);
    assert.equal(due(clock, '2026-06-01T10:05:00Z', '2026-06-01T10:00:00Z').isDue, false);
  });

  it('are spread by a jitter that is the same for a chain every time', () => {
    const clock = new WindowClock({ kind: 'every', ms: 12 * HOUR });
    const delay = jitterOf('a chain', HOUR);
    assert.ok(delay > 0 && delay < HOUR, String(delay));
    const start = at('2026-06-01T12:00:00Z');
    const ask = (now: number) => dueOf({ clock, jitter: HOUR, chain: 'a chain', lookedOn: start - 12 * HOUR + delay, now });
    assert.equal(ask(start + delay - 1).isDue, false);
    assert.equal(ask(start + delay - 1).next, start + delay);
    assert.equal(ask(start + delay).isDue, true);
    const delays = Array.from({ length: 1000 }, (_, i) => jitterOf(`https://x/${i}`, 1000));
    const mean = delays.reduce((sum, each) => sum + each, 0) / delays.length;
    assert.ok(mean > 450 && mean < 550, `mean ${mean}`);
  });

  it('rest on a hash that stays the same for ever', () => {
    assert.deepEqual([stableHash(''), stableHash('a'), stableHash('https://x/vhds/web.vhd')], [2_872_998_923, 444_641_715, 542_030_482]);
    const shards = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) shards[stableHash(`https://x/vhds/disk-${i}.vhd`) % 4]!++;
    assert.ok(
      shards.every((count) => count > 900 && count < 1100),
      shards.join(),
    );
  });

  it('never ask a premium disk for more than it takes', () => {
    const now = at('2026-06-01T10:00:00Z');
    const ask = (part: object) => premiumRefusal({ tier: 'P10', snapshots: 3, lookedOn: undefined, now, ...part })?.code;
    assert.equal(ask({}), undefined);
    assert.equal(ask({ snapshots: 99 }), undefined);
    assert.equal(ask({ snapshots: 100 }), 'tooMany');
    assert.equal(ask({ lookedOn: now - 10 * 60_000 + 1 }), 'tooSoon');
    assert.equal(ask({ lookedOn: now - 10 * 60_000 }), undefined);
    assert.equal(ask({ tier: 'Hot', snapshots: 500 }), undefined);
    assert.equal(ask({ tier: undefined, snapshots: 500 }), undefined);
  });
});
