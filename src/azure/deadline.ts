/** How long a request may take before it is given up. */
export interface Deadline {
  /** Seconds that every request has. */
  readonly seconds: number;
  /** Bytes a second that the slowest line still worth waiting for carries; a body gets its time on top. */
  readonly bytesPerSecond: number;
}

/**
 * The service itself would wait ten minutes for each MB of a write (REST: Setting timeouts for Blob service operations), and the SDK has no
 * deadline of its own: a laptop that slept would wait on a dead socket for ever.
 */
export const DEFAULT_DEADLINE: Deadline = { seconds: 30, bytesPerSecond: 100 * 1024 };

/** Seconds for a request that moves `bytes`. */
export function secondsFor(deadline: Deadline, bytes: number): number {
  return deadline.seconds + bytes / deadline.bytesPerSecond;
}

/** Runs `send` with a signal that aborts when the user's does or when the time is over. `isOver` tells which it was. */
export async function withDeadline<T>(
  seconds: number,
  user: AbortSignal | undefined,
  send: (signal: AbortSignal, isOver: () => boolean) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    controller.abort();
  }, seconds * 1000);
  const onAbort = (): void => controller.abort();
  user?.addEventListener('abort', onAbort, { once: true });
  if (user?.aborted) controller.abort();
  try {
    return await send(controller.signal, () => over);
  } finally {
    clearTimeout(timer);
    user?.removeEventListener('abort', onAbort);
  }
}
