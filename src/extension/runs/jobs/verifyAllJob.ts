import { l10n } from 'vscode';
import { formatAddress } from '../../../azure/blobAddress.ts';
import { BackupError, isBackupError } from '../../../engine/errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../../engine/events.ts';
import {
  NOTHING_VERIFIED,
  totalsWith,
  verifyChains,
  type ChainToVerify,
  type ChainVerdict,
} from '../../../engine/jobs/verify/verifyChains.ts';
import { toolsFor } from '../../../engine/tools.ts';
import type { VerifyAllResult } from '../../words/verifyAll.ts';
import type { RunSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';

type Spec = RunSpec & { job: 'verifyAll' };

/** Chains at once: the machine has other things to do. */
const PARALLEL = 2;

/** Verifies all points of every chain whose catalogue lies in an account or a container. One that fails does not stop the others. */
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
  const found = await backupsIn(spec, context, onVerdict);
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

/** URLs of the backup blobs that have a catalogue there. A container that cannot be listed is told and does not take the others away. */
async function backupsIn(
  { account, container }: Spec,
  { session, options }: JobContext,
  onVerdict: (verdict: ChainVerdict) => void,
): Promise<readonly string[]> {
  const { retrier, signal } = toolsFor(options);
  const browser = await session.browse(account, container === undefined ? undefined : { container });
  const pagesOf = async function* <Item>(
    what: string,
    page: (marker: string | undefined) => Promise<{ readonly next: string | undefined } & Item>,
  ) {
    let marker: string | undefined;
    do {
      const from = marker;
      const found = await retrier.repeat(what, () => page(from), signal);
      yield found;
      marker = found.next;
    } while (marker !== undefined);
  };
  const containers = container === undefined ? [] : [container];
  if (container === undefined)
    for await (const { items } of pagesOf('containers', (marker) => browser.containers(marker, { signal })))
      containers.push(...items.map(({ name }) => name));
  const urlOf = (name: string, blob: string): string =>
    formatAddress({ endpoint: account, account: undefined, container: name, blob, snapshot: undefined });
  const backups = new Set<string>();
  for (const name of containers) {
    try {
      for await (const { catalogues } of pagesOf('page blobs', (marker) => browser.pageBlobs(name, marker, '', { signal })))
        for (const blob of catalogues) backups.add(urlOf(name, blob));
    } catch (error) {
      if (!isBackupError(error) || error.code === 'cancelled' || containers.length === 1) throw error;
      onVerdict({ backup: urlOf(name, ''), outcome: 'unverified', result: undefined, compared: 0, warnings: [], error });
    }
  }
  return [...backups];
}
