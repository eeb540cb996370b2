import type { RunEvent } from '../../../engine/events.ts';
import { runVerify, type VerifyResult } from '../../../engine/jobs/verify/verify.ts';
import type { RunSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';

export async function* verifyJob(
  spec: RunSpec & { job: 'verify' },
  { session, settings, options }: JobContext,
): AsyncGenerator<RunEvent<VerifyResult>> {
  yield { type: 'phase', phase: 'preparing', text: 'Reading the catalogue.' };
  const [backup, catalogue] = await Promise.all([
    session.pageBlob(spec.backup),
    session.recordStoreFor(spec.backup, spec.schedule?.catalogue),
  ]);
  const source = spec.source === undefined ? undefined : await session.pageBlob(spec.source);
  const proof = spec.proof ?? settings.proof;
  yield* runVerify({ backup, catalogue, source, number: spec.number, ...(proof && { proof }) }, options);
}
