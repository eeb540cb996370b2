import { Catalogue, type ChainHeader } from '../../chain/catalogue.ts';
import { KEY } from '../../chain/metadata.ts';
import { isBackupError } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import { timeText, toolsFor, type JobOptions } from '../../tools.ts';
import { BackupRun, type BackupResult } from './backupRun.ts';
import { takeHold } from '../../hold/hold.ts';
import { pause } from '../../hold/whilePausing.ts';
import type { BackupPlan } from './plan.ts';
import { refuse } from './refusals.ts';
import type { BackupRequest } from './request.ts';

/**
 * Runs a backup. Stopped by its signal it settles what is under way and throws `cancelled`; the same request then goes on from there, also on
 * another machine. Only a finished run makes a recovery point, and only then is an older source snapshot deleted.
 */
export function runBackup(plan: BackupPlan, request: BackupRequest, options: JobOptions): AsyncIterable<RunEvent<BackupResult>> {
  return runEvents((emit) => backupJob(plan, request, options, emit));
}

async function backupJob(plan: BackupPlan, request: BackupRequest, options: JobOptions, emit: Emit): Promise<BackupResult> {
  const tools = toolsFor(options, emit);
  for (const text of plan.warnings) emit({ type: 'warning', code: 'plan', text });
  emit({ type: 'phase', phase: 'preparing', text: plan.reason });

  const catalogue = new Catalogue(request.catalogue, tools.retrier);
  const tip = plan.parent > 0 ? await catalogue.entry(plan.parent, tools.signal) : undefined;
  const { url } = request.source;
  const chain = tip?.chain ?? tools.world.uuid();
  if (!tip)
    await beginCatalogue(catalogue, { chain, source: url, backup: request.backup.url, startedOn: timeText(tools.world) }, tools.signal);
  const hold = await takeHold(
    request.backup,
    {
      kind: plan.kind,
      source: url,
      parent: plan.parent,
      length: plan.source.length,
      metadata: { [KEY.chain]: chain },
      refuse: ({ metadata }) => {
        // A blob that came into being since the plan was made may hold anything, unless a backup made it.
        const isStranger = !plan.backup.exists && metadata[KEY.chain] === undefined;
        if (isStranger && !request.adopt) throw refuse.notOurs(request.backup.url);
      },
    },
    tools,
  );
  let isClosed = false;
  try {
    const index = await catalogue.index(tools.signal);
    const newest = index.numbers.at(-1) ?? 0;
    if (newest !== plan.parent) throw refuse.superseded(newest);
    if (hold.journal.record.snapshot === undefined && request.isServed?.(index)) {
      isClosed = true;
      await hold.journal.close();
      throw refuse.served();
    }
    return await new BackupRun(plan, request, tip, hold, catalogue, tools).finish();
  } catch (error) {
    if (isClosed) throw error;
    await pause(hold);
    throw error;
  }
}

async function beginCatalogue(catalogue: Catalogue, header: ChainHeader, signal: AbortSignal | undefined): Promise<void> {
  try {
    await catalogue.begin(header, signal);
  } catch (error) {
    if (isBackupError(error, 'notSupported')) throw refuse.noCatalogueThere(error);
    throw error;
  }
}
