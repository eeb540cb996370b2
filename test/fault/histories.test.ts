import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planRestoreToBlob, runRestoreToBlob } from '../../src/engine/jobs/restore/restoreToBlob.ts';
import { resultOf } from '../../src/engine/events.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../support/chain/memoryChain.ts';
import { histories, live } from './histories.ts';

const RUNS = Number(process.env['PBB_HISTORIES'] ?? 1500);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);

test(`every recovery point committed in ${RUNS} random histories equals the source snapshot it names`, async () => {
  const seen = { committed: 0, failed: 0, died: 0, restored: 0 };
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const { chain, committed, failed, died } = await live(history);
      assert.deepEqual(await chain.faults(), []);

      // When the faults end, the next runs come to an end too: the lease of a dead run has run out by then.
      chain.service.late.deliver();
      chain.world.jump(120_000);
      chain.write(0, 250);
      // A stranger may have put a blob of theirs in the place of an unfinished first copy: that is refused unless it is adopted.
      const calm = { transfer: 'relay', proof: 'changed', adopt: true } as const;
      let last = await chain.backup(calm);
      if (last.resumed) last = await chain.backup(calm);
      assert.deepEqual(await chain.faults(), []);
      assert.equal(chain.service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: last.recoveryPoint }), undefined);
      seen.restored += await restoreAll(chain);
      seen.committed += committed;
      seen.failed += failed;
      seen.died += died;
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: false },
  );
  console.log(`committed ${seen.committed}, failed in order ${seen.failed}, died ${seen.died}, points restored ${seen.restored}`);
  // A property over runs that all fail would prove nothing.
  assert.ok(seen.committed > RUNS / 2 && seen.failed > RUNS / 20 && seen.died > RUNS / 50 && seen.restored > RUNS);
});

async function restoreAll(chain: MemoryChain): Promise<number> {
  const { service, world } = chain;
  const live = new Set(service.oracle.snapshotsEver(BACKUP).flatMap(({ id, deletedBy }) => (deletedBy === undefined ? [id] : [])));
  let restored = 0;
  for (const { number, backup, source } of await chain.entries()) {
    if (!live.has(backup.snapshot)) continue;
    const target = service.pageBlob(`https://disks.example/vhds/restored-${number}.vhd`);
    const request = { backup: service.pageBlob(BACKUP), catalogue: service.recordStore(CATALOGUE), point: backup.snapshot, target };
    await resultOf(runRestoreToBlob(await planRestoreToBlob(request, { world }), request, { world }));
    const difference = service.oracle.differenceOf({ url: target.url }, { url: SOURCE, snapshot: source.snapshot });
    assert.equal(difference, undefined, `restored point ${number}`);
    restored++;
  }
  return restored;
}
