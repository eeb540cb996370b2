/** Run by the bench in a process of its own. `plan N`: counts the work of a difference of N ranges on 8 TiB. `run N`: plans, copies and proves it. */
import { resultOf } from '../src/engine/events.ts';
import { planBackup } from '../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../src/engine/jobs/backup/run.ts';
import { runVerify } from '../src/engine/jobs/verify/verify.ts';
import { systemWorld } from '../src/files/systemWorld.ts';
import { Lattice, Records } from './lattice.ts';

const [step, count] = process.argv.slice(2);
const ranges = Number(count);
const length = 8 * 1024 ** 4;
const source = new Lattice('memory:disk', length, ranges, true);
const backup = new Lattice('memory:backup', length, ranges, false);
const request = { source, backup, catalogue: new Records(), transfer: 'server', proof: step === 'plan' ? 'ranges' : 'sample' } as const;
const options = { world: systemWorld };
const run = async () => resultOf(runBackup(await planBackup(request, options), request, options));

let began = performance.now();
if (step === 'plan') {
  // A point to build on, and then every page changed.
  await run();
  source.touch(1);
  began = performance.now();
  const plan = await planBackup(request, { ...options, estimate: true });
  if (plan.kind !== 'incremental' || plan.estimate?.ranges !== ranges) throw new Error(`A plan of another kind or size: ${plan.kind}.`);
} else {
  const { written } = await run();
  if (written !== ranges * 512) throw new Error(`${written} bytes were written.`);
  const { failed } = await resultOf(runVerify({ backup, catalogue: request.catalogue, source, proof: 'sample' }, options));
  if (failed > 0) throw new Error('A point is wrong.');
}
const seconds = (performance.now() - began) / 1000;
process.stdout.write(JSON.stringify({ seconds }));
