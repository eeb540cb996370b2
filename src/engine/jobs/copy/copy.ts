import { BackupError, cancelledError, isBackupError, throwIfCancelled } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import type { BlobImage, BlobProperties, CopyOptions, CopyState, PageBlob } from '../../pageBlob.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';

const FIRST_POLL_MS = 200;
const LONGEST_POLL_MS = 10_000;

/** A full copy by the service itself (REST: Copy Blob). */
export interface CopyRequest {
  readonly source: BlobImage;
  /** Must not exist. */
  readonly target: PageBlob;
  readonly tier?: string | undefined;
}

export interface CopyPlan {
  readonly job: 'copy';
  readonly source: string;
  readonly target: string;
  /** Bytes. */
  readonly length: number;
  /** ETag of the empty blob that an aborted copy left there, which is used again. */
  readonly replacing: string | undefined;
  readonly warnings: readonly string[];
}

export interface CopyResult {
  readonly job: 'copy';
  readonly source: string;
  readonly target: string;
  readonly copied: number;
}

/** @throws alreadyExists, and what reading the source's properties throws */
export async function planCopy({ source, target }: CopyRequest, options: JobOptions): Promise<CopyPlan> {
  const { retrier, signal } = toolsFor(options);
  const { length } = await retrier.repeat('properties', () => source.properties({ signal }), signal);
  const there = await retrier.repeat('properties', () => propertiesIfThere(target, signal), signal);
  if (there?.copy?.status === 'pending') {
    throw new BackupError('copyPending', `A copy into ${target.url} is under way already.`, { unharmed: 'Nothing was changed.' });
  }
  if (there && !isLeftover(there)) {
    throw new BackupError('alreadyExists', `${target.url} exists already.`, {
      unharmed: 'Nothing was changed.',
      hint: 'Name a blob that does not exist: a copy never writes over one.',
    });
  }
  const warnings =
    source.snapshot === undefined
      ? ['The source is the live blob: the copy fails if it is written meanwhile. Copy a snapshot instead.']
      : [];
  return { job: 'copy', source: source.label, target: target.url, length, replacing: there?.etag, warnings };
}

/** Starts the copy, follows it, and aborts it when the signal does; the same request then begins anew in the place of the empty blob that is left. */
export function runCopy(plan: CopyPlan, request: CopyRequest, options: JobOptions): AsyncIterable<RunEvent<CopyResult>> {
  return runEvents((emit) => copyJob(plan, request, options, emit));
}

async function copyJob(plan: CopyPlan, { source, target, tier }: CopyRequest, options: JobOptions, emit: Emit): Promise<CopyResult> {
  const tools = toolsFor(options, emit);
  for (const text of plan.warnings) emit({ type: 'warning', code: 'plan', text });
  emit({ type: 'phase', phase: 'copying', text: 'The service copies the blob; no byte passes through this machine.' });
  let state = await start(source, target, { tier, replacing: plan.replacing }, tools);
  let waitMs = FIRST_POLL_MS;
  while (state.status === 'pending') {
    emit({ type: 'progress', phase: 'copying', done: state.copied, total: state.total });
    try {
      await tools.world.sleep(waitMs, tools.signal);
      state = await copyStateOf(target, state, tools);
    } catch (error) {
      if (!isBackupError(error, 'cancelled')) throw error;
      return await abort(target, state.id, { ...tools, signal: undefined });
    }
    waitMs = Math.min(LONGEST_POLL_MS, waitMs * 1.5);
  }
  if (state.status !== 'success') {
    throw new BackupError(
      'copyFailed',
      `The service ended the copy: ${state.status}${state.description ? ` (${state.description})` : ''}.`,
      {
        unharmed: 'The source is as it was.',
        hint: 'Run the same command again: it takes the place of the empty blob that was left.',
      },
    );
  }
  emit({ type: 'progress', phase: 'copying', done: state.total, total: state.total });
  return { job: 'copy', source: plan.source, target: plan.target, copied: state.copied };
}

/** An answer that was lost is looked up: when the target has a copy state, the copy was started. */
async function start(source: BlobImage, target: PageBlob, how: CopyOptions, tools: Tools): Promise<CopyState> {
  const { retrier, signal } = tools;
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    try {
      return await target.startCopy(source, {}, { ...how, signal });
    } catch (error) {
      if (isBackupError(error, 'cancelled')) return await abandon(target, tools);
      if (isBackupError(error) && error.effect === 'unknown') {
        const there = await retrier.repeat('properties', () => propertiesIfThere(target, signal), signal);
        if (there?.copy && there.etag !== how.replacing) return there.copy;
      }
      await retrier.pause('copy', attempt, error, signal);
    }
  }
}

/** What an aborted or failed copy leaves: an empty blob that says so (REST: Abort Copy Blob). */
function isLeftover({ length, copy }: BlobProperties): boolean {
  return length === 0 && (copy?.status === 'aborted' || copy?.status === 'failed');
}

async function copyStateOf(target: PageBlob, last: CopyState, { retrier, signal }: Tools): Promise<CopyState> {
  const { copy } = await retrier.repeat('copy state', () => target.image().properties({ signal }), signal);
  return copy ?? { ...last, status: 'failed', description: 'the target was replaced meanwhile' };
}

/** Stopped while the copy was being started: if it was, it runs on at the service. */
async function abandon(target: PageBlob, { retrier, ...tools }: Tools): Promise<never> {
  const there = await retrier.repeat('copy state', () => propertiesIfThere(target, undefined));
  if (there?.copy?.status === 'pending') return abort(target, there.copy.id, { retrier, ...tools });
  throw cancelledError(tools.signal);
}

async function abort(target: PageBlob, copyId: string, { retrier }: Tools): Promise<never> {
  await retrier.repeat('abort', async () => {
    try {
      await target.abortCopy(copyId);
    } catch (error) {
      // A copy that has just ended has nothing to abort.
      if (!isBackupError(error) || error.retryable) throw error;
    }
  });
  throw cancelledError();
}
