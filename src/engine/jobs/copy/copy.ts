import { BackupError } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import type { BlobImage, PageBlob } from '../../pageBlob.ts';
import { requireRoom } from '../../premiumTiers.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';
import { copyByService, isLeftover } from './serviceCopy.ts';

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

/** @throws alreadyExists, notSupported (the tier is too small), and what reading the source's properties throws */
export async function planCopy({ source, target, tier }: CopyRequest, options: JobOptions): Promise<CopyPlan> {
  const { retrier, signal } = toolsFor(options);
  const { length } = await retrier.repeat('properties', () => source.properties({ signal }), signal);
  requireRoom(tier, length, target.url);
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
  const state = await copyByService(source, target, {}, { tier, replacing: plan.replacing }, tools);
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
  return { job: 'copy', source: plan.source, target: plan.target, copied: state.copied };
}
