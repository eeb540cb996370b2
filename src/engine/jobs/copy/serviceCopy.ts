import { KEY } from '../../chain/metadata.ts';
import { BackupError, cancelledError, isBackupError, throwIfCancelled } from '../../errors.ts';
import type { BlobImage, BlobProperties, CopyOptions, CopyState, Metadata, PageBlob } from '../../pageBlob.ts';
import type { Tools } from '../../tools.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';

const FIRST_POLL_MS = 200;
const LONGEST_POLL_MS = 10_000;

/**
 * Starts Copy Blob and follows it to its end. Stopped by the signal it aborts the copy, which leaves an empty blob, and throws `cancelled`.
 * @param metadata of the target; with `{}` the service passes the source's on
 * @returns how it ended; only `success` means that the target holds the source's pages
 */
export async function copyByService(
  source: BlobImage,
  target: PageBlob,
  metadata: Metadata,
  how: CopyOptions,
  tools: Tools,
): Promise<CopyState> {
  try {
    return await followCopy(target, await startServiceCopy(source, target, metadata, how, tools), tools);
  } catch (error) {
    // Stopped while it was being started: if it was, it runs on at the service.
    if (isBackupError(error, 'cancelled')) return abandon(target, metadata, tools);
    throw error;
  }
}

/** Follows a copy that is under way already; the same otherwise. */
export async function followCopy(target: PageBlob, begun: CopyState, tools: Tools): Promise<CopyState> {
  try {
    return await untilEnded(target, begun, tools);
  } catch (error) {
    if (!isBackupError(error, 'cancelled')) throw error;
    return abort(target, begun.id, { ...tools, signal: undefined });
  }
}

/** Looks until the copy has ended. Stopped by the signal it throws `cancelled`, and the service goes on by itself. @throws copyFailed where another copy takes its place */
export async function untilEnded(target: PageBlob, begun: CopyState, tools: Tools): Promise<CopyState> {
  const { world, signal, emit } = tools;
  let state = begun;
  for (let waitMs = FIRST_POLL_MS; state.status === 'pending'; waitMs = Math.min(LONGEST_POLL_MS, waitMs * 1.5)) {
    emit({ type: 'progress', phase: 'copying', done: state.copied, total: state.total });
    await world.sleep(waitMs, signal);
    state = await copyStateOf(target, state, tools);
  }
  if (state.status === 'success') emit({ type: 'progress', phase: 'copying', done: state.total, total: state.total });
  return state;
}

/** What an aborted or failed copy leaves: an empty blob that says so (REST: Abort Copy Blob). */
export function isLeftover({ length, copy }: BlobProperties): boolean {
  return length === 0 && (copy?.status === 'aborted' || copy?.status === 'failed');
}

/**
 * Starts Copy Blob, once: an answer that was lost is looked up. The copy was started when the target has a copy state that it had not before, and
 * bears our marks: of an earlier copy, or somebody else's, the state is there too.
 */
export async function startServiceCopy(
  source: BlobImage,
  target: PageBlob,
  metadata: Metadata,
  how: CopyOptions,
  tools: Tools,
): Promise<CopyState> {
  const { retrier, signal } = tools;
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    try {
      return await target.startCopy(source, metadata, { ...how, signal });
    } catch (error) {
      if (isBackupError(error, 'cancelled')) throw error;
      if (isBackupError(error) && error.effect === 'unknown') {
        const there = await retrier.repeat('properties', () => propertiesIfThere(target, signal), signal);
        if (there?.copy && there.etag !== how.replacing && hasOurMarks(there.metadata, metadata)) return there.copy;
      }
      await retrier.pause('copy', attempt, error, signal);
    }
  }
}

function hasOurMarks(there: Metadata, given: Metadata): boolean {
  return Object.values(KEY).every((key) => given[key] === undefined || there[key] === given[key]);
}

async function copyStateOf(target: PageBlob, last: CopyState, { retrier, signal }: Tools): Promise<CopyState> {
  const { copy } = await retrier.repeat('copy state', () => target.image().properties({ signal }), signal);
  if (copy?.id === last.id) return copy;
  throw new BackupError('copyFailed', `${target.url} was replaced by somebody else while the service copied.`, {
    unharmed: 'What was copied is as it was, and so are all snapshots.',
    hint: 'Look at what is there now before you do it again.',
  });
}

/** Aborts what may be under way, unless it is somebody else's. */
async function abandon(target: PageBlob, metadata: Metadata, { retrier, ...tools }: Tools): Promise<never> {
  const there = await retrier.repeat('copy state', () => propertiesIfThere(target, undefined));
  if (there?.copy?.status === 'pending' && hasOurMarks(there.metadata, metadata))
    return abort(target, there.copy.id, { retrier, ...tools });
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
