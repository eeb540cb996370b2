import { BackupError } from '../../../src/engine/errors.ts';
import type { Limiter } from '../../../src/engine/transfer/limiter/limiter.ts';
import { forEachBounded } from '../../../src/engine/transfer/concurrency.ts';
import type { World } from '../../../src/engine/world.ts';
import { ServiceLimit, type ServiceLimits } from './serviceLimit.ts';

export interface LimitedRun {
  readonly blob: string;
  /** Bytes of each request. */
  readonly size: number;
  /** Requests under way at once. */
  readonly calls: number;
}

export interface LimitedRuns {
  readonly limits: ServiceLimits;
  /** Milliseconds from sending to the answer. */
  readonly roundTrip: number;
  /** Milliseconds by which a request may be late at the service: lines and machines are not even. */
  readonly jitter?: number;
  readonly seconds: number;
  readonly warmUp?: number;
  readonly retryAfter?: number;
}

/** What a run had after the warm-up; `refusedInAll` counts from the start. */
export interface Outcome {
  readonly bytesPerSecond: number;
  readonly requestsPerSecond: number;
  readonly sent: number;
  readonly refused: number;
  readonly refusedShare: number;
  readonly refusedInAll: number;
}

/** Runs against a service that refuses what goes beyond its limits, for so many seconds, all through one limiter. */
export async function limitedRuns(world: World, limiter: Limiter, runs: readonly LimitedRun[], options: LimitedRuns): Promise<Outcome[]> {
  const { limits, roundTrip, jitter = 0, seconds, warmUp = 2, retryAfter = 1000 } = options;
  const service = new ServiceLimit(limits);
  const begun = world.now();
  const isOver = () => world.now() - begun >= seconds * 1000;
  return Promise.all(
    runs.map(async ({ blob, size, calls }) => {
      const lane = {};
      const count = { bytes: 0, requests: 0, sent: 0, refused: 0, refusedInAll: 0 };
      const isWarm = () => world.now() - begun >= warmUp * 1000;
      const request = async () => {
        if (isWarm()) count.sent++;
        await world.sleep(roundTrip / 2 + jitter * world.random());
        const taken = service.admit(world.now(), 'account', blob, size);
        await world.sleep(roundTrip / 2);
        if (!taken) {
          count.refusedInAll++;
          if (isWarm()) count.refused++;
          throw new BackupError('throttled', 'The service is busy.', { retryable: true, retryAfter });
        }
        if (!isWarm() || isOver()) return;
        count.bytes += size;
        count.requests++;
      };
      function* items() {
        while (!isOver()) yield size;
      }
      await forEachBounded(
        items(),
        { calls, bytes: Infinity },
        () => 0,
        async () => {
          for (;;) {
            try {
              const turn = await limiter.turn(lane, { account: 'account', blob }, size);
              return await turn(request);
            } catch {
              await world.sleep(retryAfter + 200 * world.random());
            }
            if (isOver()) return;
          }
        },
      );
      const span = seconds - warmUp;
      return {
        bytesPerSecond: count.bytes / span,
        requestsPerSecond: count.requests / span,
        sent: count.sent,
        refused: count.refused,
        refusedShare: count.refused / count.sent,
        refusedInAll: count.refusedInAll,
      };
    }),
  );
}
