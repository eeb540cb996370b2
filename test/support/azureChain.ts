import { openAzure, type Azure } from '../../src/azure/azure.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { resultOf, type RunEvent } from '../../src/engine/events.ts';
import type { BackupResult } from '../../src/engine/jobs/backup/backupRun.ts';
import { planBackup } from '../../src/engine/jobs/backup/plan.ts';
import type { BackupRequest } from '../../src/engine/jobs/backup/request.ts';
import { runBackup } from '../../src/engine/jobs/backup/run.ts';

/** Backs up over HTTP, with the real adapter and the real clock, in this process. */
export class AzureChain {
  readonly azure: Azure;
  readonly source: string;
  readonly backup: string;

  constructor(env: Readonly<Record<string, string>>, source: string, backup: string) {
    this.azure = openAzure({ env });
    this.source = source;
    this.backup = backup;
  }

  async run(options: Partial<BackupRequest> = {}, listen?: (event: RunEvent<BackupResult>) => void): Promise<BackupResult> {
    const backup = this.azure.pageBlob(this.backup);
    const request = { source: this.azure.pageBlob(this.source), backup, catalogue: this.azure.recordStoreFor(backup), ...options };
    const job = { world: systemWorld };
    return resultOf(runBackup(await planBackup(request, job), request, job), listen);
  }
}
