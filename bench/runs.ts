/** Run by the bench in a process of its own: several backups at once in one process, as an editor has them. `<transfer> (<source> <backup>)…` */
import { openAzure } from '../src/azure/azure.ts';
import { resultOf } from '../src/engine/events.ts';
import { planBackup } from '../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../src/engine/jobs/backup/run.ts';
import type { JobOptions } from '../src/engine/tools.ts';
import { Limiter } from '../src/engine/transfer/limiter/limiter.ts';
import type { Transfer } from '../src/engine/transfer/pageMover.ts';
import { systemWorld } from '../src/files/systemWorld.ts';

const [transfer, ...urls] = process.argv.slice(2);
const azure = openAzure({ env: process.env });
const options: JobOptions = { world: systemWorld, limiter: new Limiter(systemWorld) };
const pairs = urls.flatMap((url, i) => (i % 2 === 0 ? [[url, urls[i + 1]!] as const] : []));
await Promise.all(
  pairs.map(async ([from, to]) => {
    const backup = azure.pageBlob(to);
    const request = {
      source: azure.pageBlob(from),
      backup,
      catalogue: azure.recordStoreFor(backup),
      transfer: transfer as Transfer,
      proof: 'ranges',
    } as const;
    await resultOf(runBackup(await planBackup(request, options), request, options));
  }),
);
