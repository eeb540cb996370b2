import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BackupResult } from '../../../../src/engine/jobs/backup/backupRun.ts';
import { newestEqualsDisk, chainWithOnePoint, changeDisk } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../../../support/chain/memoryChain.ts';
import { Crash } from '../../../support/memory/faults.ts';

const DAY = 86_400_000;

/** A backup by a machine whose clock is so far ahead. */
function backupAt(chain: MemoryChain, ahead: number): Promise<BackupResult> {
  const client = chain.service.client(`clock ${ahead}`);
  client.clockSkew = ahead;
  const ports = { source: client.pageBlob(SOURCE), backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE) };
  return chain.backup({ ...ports, transfer: 'relay' }, { world: client.world });
}

describe('a machine whose clock is wrong', () => {
  for (const [first, second] of [
    [DAY, -DAY],
    [-DAY, DAY],
  ] as const) {
    it(`by ${first / DAY} day: another one, wrong by ${second / DAY}, goes on with its run; points are right and in order`, async () => {
      const chain = await chainWithOnePoint();
      const { service, world } = chain;
      changeDisk(chain);
      let writes = 0;
      service.interceptor = ({ operation }) =>
        operation === 'writePages' && ++writes === 3 ? { kind: 'crash', effect: 'done' } : undefined;
      await assert.rejects(backupAt(chain, first), Crash);
      service.interceptor = undefined;
      world.jump(61_000);
      assert.equal((await backupAt(chain, second)).resumed, true);
      for (const ahead of [first, second, 0]) {
        chain.write(5, 30 + Math.sign(ahead));
        const { kind } = await backupAt(chain, ahead);
        assert.equal(kind, 'incremental');
        assert.equal(await newestEqualsDisk(chain), undefined);
      }
      assert.deepEqual(await chain.faults(), []);
      const entries = await chain.entries();
      assert.deepEqual(
        entries.map(({ number }) => number),
        [1, 2, 3, 4, 5],
      );
      assert.ok(
        entries.some(({ committedOn }, i) => i > 0 && committedOn < entries[i - 1]!.committedOn),
        'the clocks did go apart',
      );
    });
  }
});
