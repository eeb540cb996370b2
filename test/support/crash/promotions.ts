import assert from 'node:assert/strict';
import type { MemoryChain } from '../chain/memoryChain.ts';
import { differs, nothingLost, promote, promotionScene } from '../chain/promotionScene.ts';
import type { Mortal } from './crashSweep.ts';

interface Scene {
  readonly chain: MemoryChain;
  readonly snapshot: string;
  readonly before: string;
}

export const PROMOTION: Mortal<Scene> = {
  name: 'promote',
  fresh: (seed) => promotionScene({ seed, switches: { copyPolls: 3 } }),
  run: ({ chain, snapshot }) => promote(chain, snapshot),
  lawsHold: ({ chain, before }, when) => nothingLost(chain, before, when),
  async endsRight({ chain, snapshot, before }, when) {
    await promote(chain, snapshot);
    assert.equal(differs(chain, undefined, snapshot), undefined, when);
    nothingLost(chain, before, when);
  },
};
