import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError } from '../../../../src/engine/errors.ts';
import { Limiter } from '../../../../src/engine/transfer/limiter/limiter.ts';
import { VirtualWorld } from '../../../support/memory/virtualWorld.ts';
import { limitedRuns, type LimitedRun } from '../../../support/shaping/limitedRuns.ts';
import { PAGE_BLOB_LIMITS, type ServiceLimits } from '../../../support/shaping/serviceLimit.ts';

const MiB = 1024 ** 2;
const LARGE = { blob: 'a', size: 4 * MiB, calls: 16 };
const SMALL = { blob: 'a', size: 4096, calls: 128 };
const MIDDLE = { blob: 'a', size: 128 * 1024, calls: 128 };

function scene(seed = 1) {
  const world = new VirtualWorld({ seed });
  const limiter = new Limiter(world);
  const run = (runs: readonly LimitedRun[], roundTrip: number, limits: Partial<ServiceLimits> = {}, seconds = 30, jitter = 0) =>
    limitedRuns(world, limiter, runs, { limits: { ...PAGE_BLOB_LIMITS, ...limits }, roundTrip, jitter, seconds });
  return { world, limiter, run };
}

describe('Limiter', () => {
  for (const roundTrip of [10, 50]) {
    for (const [name, shape, share] of [
      ['large', LARGE, (each: { bytesPerSecond: number }) => each.bytesPerSecond / PAGE_BLOB_LIMITS.blob.bytes],
      ['small', SMALL, (each: { requestsPerSecond: number }) => each.requestsPerSecond / PAGE_BLOB_LIMITS.blob.requests],
    ] as const) {
      for (const burstMs of [100, 1000]) {
        it(`${name} requests reach 95 % of the limit after 2 s with < 1 % refused: round trip ${roundTrip} ms, burst ${burstMs} ms`, async () => {
          const { run } = scene();
          const [result] = await run([shape], roundTrip, { burstMs }, shape === LARGE ? 30 : 15);
          assert.ok(share(result as never) >= 0.95, `${share(result as never)} of the limit`);
          assert.ok(result!.refusedShare < 0.01, `${result!.refused} of ${result!.sent} refused`);
        });
      }
    }

    it(`two runs on one account share its limit within 10 %: round trip ${roundTrip} ms`, async () => {
      for (const shape of [LARGE, MIDDLE]) {
        const { run } = scene();
        const account = { bytes: 80 * MiB, requests: 700 };
        const [a, b] = await run([shape, { ...shape, blob: 'b' }], roundTrip, { account });
        const both = a!.requestsPerSecond + b!.requestsPerSecond;
        assert.ok(Math.abs(a!.requestsPerSecond - b!.requestsPerSecond) <= 0.1 * (both / 2));
        assert.ok(both / Math.min(account.requests, account.bytes / shape.size) >= 0.95, `${both} requests a second`);
        assert.ok((a!.refused + b!.refused) / (a!.sent + b!.sent) < 0.01);
      }
    });
  }

  it('two runs on one blob share it, though one has many more requests waiting', async () => {
    const { run } = scene();
    const [a, b] = await run([SMALL, { ...SMALL, calls: 32 }], 10);
    assert.ok(Math.abs(a!.requestsPerSecond - b!.requestsPerSecond) < 0.1 * a!.requestsPerSecond);
  });

  it('requests that come unevenly are no reason to go far below the limit', async () => {
    for (const shape of [LARGE, MIDDLE]) {
      const { run } = scene();
      const [result] = await run([shape], 50, { burstMs: 1000 }, 20, 50);
      assert.ok(result!.bytesPerSecond >= 0.95 * PAGE_BLOB_LIMITS.blob.bytes, `${result!.bytesPerSecond / MiB} MiB/s`);
      assert.ok(result!.refusedShare < 0.015, `${result!.refused} of ${result!.sent} refused`);
    }
  });

  it('finds limits far from those of a standard page blob', async () => {
    for (const bytes of [24 * MiB, 900 * MiB]) {
      const { run } = scene();
      const [result] = await run([{ ...LARGE, calls: 64 }], 10, { blob: { bytes, requests: 7500 } }, 60);
      assert.ok(result!.bytesPerSecond >= 0.85 * bytes, `${result!.bytesPerSecond / MiB} MiB/s of ${bytes / MiB}`);
      assert.ok(result!.refusedShare < 0.03, `${result!.refused} of ${result!.sent} refused`);
    }
  });

  it('sends nothing more for as long as the service asks, once it takes nothing at all', async () => {
    const { world, limiter } = scene();
    const limited = { account: 'x', blob: 'x/y' };
    const sentAt: number[] = [];
    const refuse = async () => {
      sentAt.push(world.now());
      await world.sleep(10);
      throw new BackupError('throttled', 'busy', { retryable: true, retryAfter: 5000 });
    };
    const one = async () => (await limiter.turn({}, limited, 4096))(refuse).catch(() => undefined);
    for (let i = 0; i < 4; i++) await one();
    const shutAt = world.now();
    await one();
    assert.ok(sentAt.at(-1)! - shutAt >= 5000 - 10, `waited ${sentAt.at(-1)! - shutAt} ms`);
    assert.equal(sentAt.length, 5);
  });

  it('goes slower when answers take longer and longer, and not to a standstill', async () => {
    const { world, limiter } = scene();
    const limited = { account: 'x', blob: 'x/y' };
    const { blob } = limiter.gatesOf(limited);
    let ms = 20;
    const one = async () => (await limiter.turn({}, limited, 4 * MiB))(() => world.sleep(ms));
    for (let i = 0; i < 20; i++) await one();
    const before = blob.bytes.rate;
    ms = 6000;
    for (let i = 0; i < 20; i++) await Promise.all([one(), one()]);
    assert.ok(blob.bytes.rate < before);
    assert.ok(blob.bytes.rate > 4 * MiB, `${blob.bytes.rate / MiB} MiB/s are left`);
  });

  it('other failures than refusals say nothing about the pace', async () => {
    const { world, limiter } = scene();
    const limited = { account: 'x', blob: 'x/y' };
    const { rate } = limiter.gatesOf(limited).blob.requests;
    for (let i = 0; i < 50; i++) {
      const turn = await limiter.turn({}, limited, 4096);
      await turn(() => world.sleep(1).then(() => Promise.reject(new BackupError('network', 'gone', { retryable: true })))).catch(
        () => undefined,
      );
    }
    assert.equal(limiter.gatesOf(limited).blob.requests.rate, rate);
  });

  it('a request that waits for its turn is given up when its run is stopped, and others get on', async () => {
    const { limiter } = scene();
    const limited = { account: 'x', blob: 'x/y' };
    const stop = new AbortController();
    const sent: number[] = [];
    const one = async (i: number, signal?: AbortSignal) => {
      const turn = await limiter.turn({}, limited, 4 * MiB, signal);
      await turn(async () => void sent.push(i));
    };
    const all = Array.from({ length: 9 }, (_, i) => one(i, i % 2 === 1 ? stop.signal : undefined));
    stop.abort();
    const ends = await Promise.allSettled(all);
    for (const [i, end] of ends.entries()) {
      if (end.status === 'rejected') assert.ok(i % 2 === 1 && isBackupError(end.reason, 'cancelled'));
    }
    assert.deepEqual(
      [0, 2, 4, 6, 8].filter((i) => !sent.includes(i)),
      [],
    );
  });
});
