import assert from 'node:assert/strict';
import { liveSnapshots, newestEqualsDisk } from '../chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../chain/memoryChain.ts';
import { rot, verify, verifyScene } from '../chain/verifyScene.ts';
import type { Mortal } from './crashSweep.ts';

interface Scene {
  readonly chain: MemoryChain;
  /** The blobs and their snapshots before. */
  readonly blobs: string;
}

const blobsOf = (chain: MemoryChain): string =>
  JSON.stringify(
    [SOURCE, BACKUP].map((url) => [chain.service.oracle.contentOf({ url }).etag, liveSnapshots(chain, url).map(({ id }) => id)]),
  );

/** The middle one of three points has rotted: it and no other one is ever found wrong, and no blob is touched. */
export const VERIFY: Mortal<Scene> = {
  name: 'verify',
  async fresh(seed) {
    const chain = await verifyScene({ seed, switches: { latency: { min: 0, max: 3 } } });
    await rot(chain, 2, 4, new Uint8Array(512).fill(99));
    return { chain, blobs: blobsOf(chain) };
  },
  run: ({ chain }) => verify(chain),
  async lawsHold({ chain, blobs }, when) {
    const records = await chain.service.recordStore(CATALOGUE).list();
    const failed = records.filter((name) => name.includes('.proof-failed-'));
    const passed = records.filter((name) => name.includes('.proof-passed-'));
    assert.ok(failed.every((name) => name.startsWith('000002.')) && passed.every((name) => !name.startsWith('000002.')), when);
    assert.equal(blobsOf(chain), blobs, `no blob is touched, ${when}`);
  },
  async endsRight(scene, when) {
    const { chain } = scene;
    const { verdicts } = await verify(chain);
    assert.deepEqual(
      verdicts.map(({ number, verdict }) => `${number} ${verdict}`),
      ['3 passed', '2 failed', '1 passed'],
      when,
    );
    await this.lawsHold(scene, when);
    chain.write(6, 60);
    assert.equal((await chain.backup({ transfer: 'relay' })).kind, 'rebase', `nothing is built on the wrong point, ${when}`);
    assert.equal(await newestEqualsDisk(chain), undefined, when);
  },
};
