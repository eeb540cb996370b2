import { l10n } from 'vscode';
import { BackupError, isBackupError } from '../../../engine/errors.ts';
import type { RunEvent } from '../../../engine/events.ts';
import { planCopy, runCopy, type CopyResult } from '../../../engine/jobs/copy/copy.ts';
import type { CopyState, PageBlob } from '../../../engine/pageBlob.ts';
import { toolsFor } from '../../../engine/tools.ts';
import type { RunSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';

const LOOK_EVERY_MS = 2_000;

/** A copy by the service. It goes on while nobody looks, so a resumed one is looked for before another is begun. */
export async function* copyJob(spec: RunSpec & { job: 'copy' }, context: JobContext): AsyncGenerator<RunEvent<CopyResult>> {
  const { session, options, isResumed } = context;
  yield { type: 'phase', phase: 'preparing', text: 'Looking at the snapshot and the target.' };
  const [source, target] = await Promise.all([session.image(spec.source), session.pageBlob(spec.target)]);
  const state = isResumed ? await copyInto(target, context) : undefined;
  if (state) yield* follow(state, target, source.label, context);
  else {
    const request = { source, target };
    yield* runCopy(await planCopy(request, options), request, options);
  }
}

async function* follow(begun: CopyState, target: PageBlob, source: string, context: JobContext): AsyncGenerator<RunEvent<CopyResult>> {
  yield { type: 'phase', phase: 'copying', text: 'The service went on with the copy meanwhile.' };
  let state: CopyState | undefined = begun;
  while (state?.status === 'pending') {
    yield { type: 'progress', phase: 'copying', done: state.copied, total: state.total };
    try {
      await context.options.world.sleep(LOOK_EVERY_MS, context.options.signal);
      state = await copyInto(target, context);
    } catch (error) {
      if (isBackupError(error, 'cancelled')) await abort(target, state!.id, context);
      throw error;
    }
  }
  if (state?.status !== 'success') {
    const how = state?.description ? `${state.status} (${state.description})` : (state?.status ?? l10n.t('the target is gone'));
    throw new BackupError('copyFailed', l10n.t('The service ended the copy: {0}.', how), {
      unharmed: l10n.t('The source is as it was.'),
      hint: l10n.t('Delete the empty blob {0} and copy again.', target.url),
    });
  }
  yield { type: 'result', result: { job: 'copy', source, target: target.url, copied: state.copied } };
}

async function abort(target: PageBlob, copyId: string, { options }: JobContext): Promise<void> {
  const { retrier } = toolsFor({ ...options, signal: undefined });
  await retrier.repeat('abort', async () => {
    try {
      await target.abortCopy(copyId);
    } catch (error) {
      // A copy that has just ended has nothing to abort.
      if (!isBackupError(error) || error.retryable) throw error;
    }
  });
}

async function copyInto(target: PageBlob, { options }: JobContext): Promise<CopyState | undefined> {
  const { retrier, signal } = toolsFor(options);
  try {
    return (await retrier.repeat('copy state', () => target.image().properties({ signal }), signal)).copy;
  } catch (error) {
    if (isBackupError(error, 'blobNotFound')) return undefined;
    throw error;
  }
}
