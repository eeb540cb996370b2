import { toolsFor, type JobOptions } from '../../engine/tools.ts';

/** Asks the service for something to show: repeats what may succeed on another try, but not for long. */
export function ask<T>(what: string, call: () => Promise<T>, job: JobOptions, signal: AbortSignal): Promise<T> {
  return toolsFor(job).retrier.repeat(what, call, signal);
}
