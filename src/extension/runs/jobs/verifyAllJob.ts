import { l10n } from 'vscode';
import { BackupError } from '../../../engine/errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../../engine/events.ts';
import {
  NOTHING_VERIFIED,
  totalsWith,
  verifyChains,
  type ChainToVerify,
  type ChainVerdict,
} from '../../../engine/jobs/verify/verifyChains.ts';
import type { VerifyAllResult } from '../../words/verifyAll.ts';
import type { RunSpec } from '../run.ts';
import { backupsIn } from './backupsIn.ts';
import type { JobContext } from './jobContext.ts';

type Spec = RunSpec & { job: 'verifyAll' };

/** Chains at once: the machine has other things to do. */
const PARALLEL = 2;

/** Verifies all points of every chain in an account or a container. One that fails does not stop the others. */
export function verifyAllJob(spec: Spec, context: JobContext): AsyncIterable<RunEvent<VerifyAllResult>> {
  return runEvents((emit) => run(spec, context, emit));
}

async function run(spec: Spec, context: JobContext, emit: Emit): Promise<VerifyAllResult> {
  const { settings, options } = context;
  let totals = NOTHING_VERIFIED;
  const trouble: ChainVerdict[] = [];
  const onVerdict = (verdict: ChainVerdict): void => {
    totals = totalsWith(totals, verdict);
    tell(verdict, emit);
    if (verdict.outcome === 'failed' || verdict.outcome === 'unverified') trouble.push(verdict);
  };
  emit({ type: 'phase', phase: 'preparing', text: 'Looking for catalogues.' });
  const onUnlisted = (backup: string, error: BackupError): void =>
    onVerdict({ backup, outcome: 'unverified', result: undefined, compared: 0, warnings: [], error });
  const found = await backupsIn(spec, context, onUnlisted);
  if (found.length + trouble.length === 0) {
    const unharmed = l10n.t('Nothing was verified.');
    throw new BackupError('blobNotFound', l10n.t('There are no backups in {0}.', spec.place), { unharmed });
  }
  emit({ type: 'phase', phase: 'proving', text: `Verifying ${found.length} chains.` });
  const onCompared = (done: number): void => emit({ type: 'progress', phase: 'proving', done, total: 0 });
  const { proof } = settings;
  const chains = found.map((url) => chainAt(url, context));
  await verifyChains(chains, { ...options, limits: settings.limits, parallel: PARALLEL, proof, onVerdict, onCompared });
  return { job: 'verifyAll', totals, trouble };
}

function chainAt(backup: string, { session }: JobContext): ChainToVerify {
  const open = async (): ReturnType<ChainToVerify['open']> => {
    const [blob, catalogue] = await Promise.all([session.pageBlob(backup), session.recordStoreFor(backup)]);
    return { backup: blob, catalogue, source: (url) => session.pageBlob(url) };
  };
  return { backup, open };
}

/** For the log, where whoever is told of trouble reads on. */
function tell({ backup, outcome, result, error, warnings }: ChainVerdict, emit: Emit): void {
  for (const text of warnings) emit({ type: 'warning', code: 'verify', text: `${backup}: ${text}` });
  if (error) emit({ type: 'warning', code: error.code, text: `${backup}: ${error.fullText}` });
  for (const { number, verdict, fault } of result?.verdicts ?? [])
    if (verdict === 'failed') emit({ type: 'warning', code: 'integrity', text: `${backup}: point ${number} is wrong. ${fault ?? ''}` });
  emit({ type: 'note', text: `${backup}: ${outcome}, ${result?.verdicts.length ?? 0} points.` });
}
