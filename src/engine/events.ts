/** Steps of a run, in the words people see. `waiting`: for the lease of an interrupted run to end. */
export type Phase = 'waiting' | 'preparing' | 'listing' | 'comparing' | 'copying' | 'proving' | 'committing' | 'cleaning';

/** What a run tells while it works. The last event of a run that succeeds is its `result`; a run that fails throws a BackupError. */
export type RunEvent<Result = unknown> =
  | { readonly type: 'phase'; readonly phase: Phase; readonly text: string }
  /** Bytes done of bytes in all, in the phase that was told last. */
  | { readonly type: 'progress'; readonly phase: Phase; readonly done: number; readonly total: number }
  /** The source snapshot that the run works from. */
  | { readonly type: 'snapshot'; readonly snapshot: string; readonly resumed: boolean }
  /** What has to be copied, as soon as it is known; bytes. `since`: the earlier source snapshot. */
  | {
      readonly type: 'changes';
      readonly written: number;
      readonly cleared: number;
      readonly ranges: number;
      readonly since: string | undefined;
    }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly code: string; readonly text: string }
  /** A call is tried again after `waitMs`; `left`: how many more retries the run has. */
  | {
      readonly type: 'retry';
      readonly what: string;
      readonly attempt: number;
      readonly waitMs: number;
      readonly reason: string;
      readonly left: number;
    }
  | { readonly type: 'result'; readonly result: Result };

export type Emit = (event: Exclude<RunEvent<never>, { type: 'result' }>) => void;

/**
 * Runs `job` and hands on what it emits as one async iterable that ends with the result. A slow listener costs no memory: only the newest
 * progress of a phase waits for it. Leaving the loop early does not stop the job; abort its signal for that.
 */
export async function* runEvents<Result>(job: (emit: Emit) => Promise<Result>): AsyncGenerator<RunEvent<Result>> {
  const waiting: RunEvent<Result>[] = [];
  let wake: () => void = () => undefined;
  const outcome: { settled: boolean; error?: unknown; result?: Result } = { settled: false };

  const emit: Emit = (event) => {
    const last = waiting.at(-1);
    if (event.type === 'progress' && last?.type === 'progress' && last.phase === event.phase) waiting.pop();
    waiting.push(event);
    wake();
  };
  const settled = job(emit).then(
    (result) => Object.assign(outcome, { settled: true, result }),
    (error: unknown) => Object.assign(outcome, { settled: true, error, failed: true }),
  );
  void settled.then(() => wake());

  for (;;) {
    for (let event = waiting.shift(); event; event = waiting.shift()) yield event;
    if (outcome.settled) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  if ('failed' in outcome) throw outcome.error;
  yield { type: 'result', result: outcome.result as Result };
}

/** Waits for a run's result; `listen` hears everything before it. */
export async function resultOf<Result>(
  events: AsyncIterable<RunEvent<Result>>,
  listen: (event: RunEvent<Result>) => void = () => undefined,
): Promise<Result> {
  let result: { value: Result } | undefined;
  for await (const event of events) {
    listen(event);
    if (event.type === 'result') result = { value: event.result };
  }
  return result!.value;
}
