import { setTimeout as wait } from 'node:timers/promises';
import type { Emulator, Fault, RequestInfo } from '../emulator/emulator.ts';
import { ServiceLimit, type ServiceLimits } from './serviceLimit.ts';

export interface Shape {
  readonly limits: ServiceLimits;
  /** Milliseconds that every request takes at least. */
  readonly roundTrip: number;
}

/** One request for pages of one blob as the service saw it; `at` in milliseconds. */
export interface Seen {
  readonly at: number;
  readonly account: string;
  readonly blob: string;
  readonly bytes: number;
  readonly write: boolean;
  readonly taken: boolean;
}

const WRITES: readonly string[] = ['PutPage', 'PutPageFromURL', 'ClearPages'];

/**
 * Puts a service's limits and a line's round trip before an emulator: requests for pages beyond the limits are refused as ServerBusy (503) with
 * Retry-After, without effect, as the service does. @returns what was seen, which grows, and what takes it off again
 */
export function shape(emulator: Emulator, { limits, roundTrip }: Shape, now: () => number = performance.now.bind(performance)) {
  const limit = new ServiceLimit(limits);
  const seen: Seen[] = [];
  const hook = async (info: RequestInfo): Promise<Fault | undefined> => {
    await wait(roundTrip / 2);
    const write = WRITES.includes(info.operation);
    const bytes = write || info.operation === 'GetBlob' ? bytesOf(info) : undefined;
    let taken = true;
    if (bytes !== undefined && info.blob !== undefined && !info.blob.endsWith('.json')) {
      const [at, blob] = [now(), `${info.container}/${info.blob}`];
      taken = limit.admit(at, info.account, blob, bytes);
      seen.push({ at, account: info.account, blob, bytes, write, taken });
    }
    await wait(roundTrip / 2);
    return taken ? undefined : { kind: 'status', status: 503, code: 'ServerBusy', headers: { 'retry-after': '1' } };
  };
  const remove = emulator.onRequest(hook);
  return { seen, remove };
}

/** Bytes of pages that a request moves; a clear moves none. */
function bytesOf({ operation, headers }: RequestInfo): number {
  if (operation === 'ClearPages') return 0;
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(headers['x-ms-range'] ?? headers['range'] ?? '') ?? [];
  return start === undefined || end === undefined ? 0 : Number(end) - Number(start) + 1;
}

/** What a blob's writes came to, of an allowance, after the warm-up. */
export interface Reached {
  /** 1 is all of what the service allows. */
  readonly share: number;
  readonly refusedShare: number;
  readonly refused: number;
  readonly seconds: number;
  readonly bytes: number;
}

/** @param blob all blobs of the account when left out */
export function reached(seen: readonly Seen[], allowed: { bytes: number; requests: number }, warmUpMs = 2000, blob?: string): Reached {
  const writes = seen.filter((each) => each.write && (blob === undefined || each.blob === blob));
  const from = (writes[0]?.at ?? 0) + warmUpMs;
  const to = writes.at(-1)?.at ?? 0;
  const warm = writes.filter(({ at }) => at >= from);
  const taken = warm.filter((each) => each.taken);
  const seconds = (to - from) / 1000;
  const bytes = taken.reduce((sum, each) => sum + each.bytes, 0);
  return {
    share: Math.max(bytes / seconds / allowed.bytes, taken.length / seconds / allowed.requests),
    refusedShare: (warm.length - taken.length) / warm.length,
    refused: writes.filter((each) => !each.taken).length,
    seconds,
    bytes,
  };
}
