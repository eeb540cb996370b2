import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RetentionPolicy } from '../../../src/engine/retention/policy.ts';
import type { RetentionPoint } from '../../../src/engine/retention/retain.ts';
import type { Window } from '../../../src/policy/policy.ts';
import { Simulation, type Outcome } from '../../../src/policy/simulate.ts';
import { WindowClock } from '../../../src/policy/windows/windowClock.ts';
import { keptByModel } from '../../support/retentionModel.ts';

const HOUR = 3_600_000;
const CHAINS = 50;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Sydney'];

/** The starts of the windows in a year, found hour by hour: the model of a clock. */
function startsByModel(zone: string | undefined, from: number, to: number): Set<number> {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone ?? 'UTC', hour: '2-digit', hourCycle: 'h23' });
  const starts = new Set<number>();
  for (let time = from; time <= to; time += HOUR) if (Number(format.format(time)) % 12 === 0) starts.add(time);
  return starts;
}

const count = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) });
const retention: fc.Arbitrary<RetentionPolicy> = fc.record({
  last: fc.integer({ min: 1, max: 4 }),
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  timeZone: fc.constantFrom(...ZONES),
});
const life = fc.record({
  retention,
  zone: fc.option(fc.constantFrom(...ZONES), { nil: undefined }),
  /** Hours of the year in which nobody runs anything: [first, length]. */
  outages: fc.array(fc.tuple(fc.integer({ min: 0, max: 8700 }), fc.integer({ min: 1, max: 24 * 24 })), { maxLength: 3 }),
  dice: fc.infiniteStream(fc.integer({ min: 0, max: 19 })),
});

describe('a year of 12-hour windows over 50 chains', () => {
  it('keeps what the independent model keeps at every step; each window is served once, and what was missed is caught up once', () => {
    const from = Date.UTC(2026, 0, 1, 5);
    const to = from + 8766 * HOUR;
    const models = new Map([undefined, ...ZONES].map((zone) => [zone, startsByModel(zone, from, to)]));
    const clocks = new Map(
      [undefined, ...ZONES].map((zone) => {
        const window: Window =
          zone === undefined ? { kind: 'every', ms: 12 * HOUR } : { kind: 'cron', cron: '0 */12 * * *', timeZone: zone };
        return [zone, new WindowClock(window)];
      }),
    );
    let steps = 0;
    const one = fc.property(life, ({ retention, zone, outages, dice }) => {
      const simulation = new Simulation({ chain: 'c', clock: clocks.get(zone)!, jitter: 0, retention, points: [] });
      const starts = models.get(zone)!;
      let model: RetentionPoint[] = [];
      let number = 0;
      let isOpen = true;
      for (let time = from, hour = 0; time <= to; time += HOUR, hour++) {
        isOpen ||= starts.has(time);
        if (outages.some(([first, length]) => hour >= first && hour < first + length)) continue;
        const roll = dice.next().value as number;
        const outcome: Outcome = roll === 0 ? 'failed' : roll < 4 ? 'unchanged' : 'point';
        const decisions = simulation.apply(time, outcome);
        assert.equal(decisions !== undefined, isOpen, new Date(time).toISOString());
        if (!isOpen || outcome === 'failed') continue;
        // Until there is a first look at the disk, nothing was ever looked at.
        isOpen = false;
        steps++;
        if (outcome === 'point') model.push({ number: ++number, time, state: 'good' });
        const kept = keptByModel(model, retention);
        model = model.filter((point) => kept.has(point.number));
        assert.deepEqual(
          simulation.points.map((point) => point.number),
          model.map((point) => point.number),
          new Date(time).toISOString(),
        );
      }
    });
    fc.assert(one, { numRuns: CHAINS });
    assert.ok(steps > CHAINS * 600, `${steps} windows were served`);
  });

  it('previews the next runs without running anything', () => {
    const clock = new WindowClock({ kind: 'every', ms: 12 * HOUR });
    const points: RetentionPoint[] = [{ number: 7, time: Date.UTC(2026, 5, 1, 12), state: 'good' }];
    const simulation = new Simulation({ chain: 'c', clock, jitter: 0, retention: { last: 2 }, points });
    const runs: string[] = [];
    let now = Date.UTC(2026, 5, 1, 13);
    for (let i = 0; i < 3; i++) {
      now = simulation.nextDue(now)!;
      const gone = simulation.apply(now)!.filter(({ keep }) => !keep);
      runs.push(`${new Date(now).toISOString().slice(0, 13)} deletes ${gone.map(({ number }) => number).join() || 'nothing'}`);
    }
    assert.deepEqual(runs, ['2026-06-02T00 deletes nothing', '2026-06-02T12 deletes 7', '2026-06-03T00 deletes 8']);
  });
});
