import type { RunEvent } from '../../../engine/events.ts';
import { planPromote, runPromote, type PromoteResult } from '../../../engine/jobs/promote/promote.ts';
import type { PromoteSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';

/** A snapshot over its own blob. The service goes on with the copy while nobody looks; one that is resumed is followed by the engine. */
export async function* promoteJob(
  { blob: url, snapshot, promotion }: PromoteSpec,
  { session, settings, options }: JobContext,
): AsyncGenerator<RunEvent<PromoteResult>> {
  yield { type: 'phase', phase: 'preparing', text: 'Looking at the blob and its snapshot.' };
  const { proof } = settings;
  const request = { blob: await session.pageBlob(url), snapshot, promotion, ...(proof && { proof }) };
  yield* runPromote(await planPromote(request, options), request, options);
}
