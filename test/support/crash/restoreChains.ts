import assert from 'node:assert/strict';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { MemoryChain } from '../chain/memoryChain.ts';
import {
  assertNewestIsDisk,
  backupOn,
  exists,
  isWhole,
  lawsHold,
  metadataOf,
  NEW_BACKUP,
  oldChain,
  restore,
  scene,
  TARGET,
} from '../chain/restoredChain.ts';
import type { Mortal } from './crashSweep.ts';

interface Scene {
  readonly chain: MemoryChain;
  readonly point: string;
  /** The old chain and its disk before. */
  readonly old: string;
}

function mortal(transfer: 'relay' | 'server'): Mortal<Scene> {
  const isDone = ({ chain }: Scene): boolean =>
    exists(chain, TARGET) &&
    exists(chain, NEW_BACKUP) &&
    metadataOf(chain, TARGET)['pbb_restore'] === 'complete' &&
    metadataOf(chain, NEW_BACKUP)['pbb_open'] === undefined;
  const run = async (all: Scene): Promise<void> => {
    if (!isDone(all)) await restore(all.chain, all.point, { transfer, proof: 'changed' });
  };
  return {
    name: `restore with a chain of its own, ${transfer}`,
    async fresh(seed) {
      const { chain, point } = await scene({ seed, switches: { latency: { min: 0, max: 3 } } });
      return { chain, point, old: oldChain(chain) };
    },
    run,
    async lawsHold({ chain, point, old }, when) {
      await lawsHold(chain, point, when);
      assert.equal(oldChain(chain), old, `the old chain is as it was, ${when}`);
    },
    async endsRight(all, when) {
      const { chain, point, old } = all;
      await run(all);
      await isWhole(chain, point, when);
      assert.equal(oldChain(chain), old, `the old chain is as it was, ${when}`);
      chain.service.foreign.write(TARGET, 5 * PAGE, new Uint8Array(PAGE).fill(9), 'holder');
      assert.equal((await backupOn(chain)).kind, 'incremental', when);
      await assertNewestIsDisk(chain, when);
    },
  };
}

export const RESTORE_CHAINS = [mortal('relay'), mortal('server')];
