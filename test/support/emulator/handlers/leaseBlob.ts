import { checkWrite } from '../conditions.ts';
import { invalidHeader } from '../errors.ts';
import { leaseId } from '../leases.ts';
import type { Answer, Call } from '../service.ts';
import { named, refuseSnapshot, stamp } from './common.ts';

/** Lease Blob: acquire, renew, change, release, break. Never changes the ETag. */
export function leaseBlob(call: Call): Answer {
  const { request, service } = call;
  const { headers } = request;
  refuseSnapshot(call);
  const { entry, state } = named(call);
  checkWrite(headers, state);
  const now = service.ticker.now();
  const { lease } = entry;
  const id = (): string => leaseId('x-ms-lease-id', headers['x-ms-lease-id']);
  const answer = (status: number, own: Record<string, string>): Answer => ({ status, headers: { ...stamp(state), ...own } });
  const proposedText = headers['x-ms-proposed-lease-id'];
  const proposed = proposedText === undefined ? undefined : leaseId('x-ms-proposed-lease-id', proposedText);
  switch (headers['x-ms-lease-action']?.toLowerCase()) {
    case 'acquire':
      return answer(201, { 'x-ms-lease-id': lease.acquire(now, duration(headers['x-ms-lease-duration']), proposed) });
    case 'renew':
      return answer(200, { 'x-ms-lease-id': lease.renew(now, id()) });
    case 'change':
      if (proposed === undefined) throw invalidHeader('x-ms-proposed-lease-id', undefined);
      return answer(200, { 'x-ms-lease-id': lease.change(now, id(), proposed) });
    case 'release':
      lease.release(now, id());
      return answer(200, {});
    case 'break':
      return answer(202, { 'x-ms-lease-time': String(lease.break(now, period(headers['x-ms-lease-break-period']))) });
    default:
      throw invalidHeader('x-ms-lease-action', headers['x-ms-lease-action']);
  }
}

/** Milliseconds: 15 to 60 seconds, or -1 for ever. */
function duration(text: string | undefined): number {
  const seconds = Number(text);
  if (text === undefined || !Number.isInteger(seconds) || (seconds !== -1 && (seconds < 15 || seconds > 60)))
    throw invalidHeader('x-ms-lease-duration', text);
  return seconds === -1 ? Infinity : seconds * 1000;
}

function period(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 60) throw invalidHeader('x-ms-lease-break-period', text);
  return seconds * 1000;
}
