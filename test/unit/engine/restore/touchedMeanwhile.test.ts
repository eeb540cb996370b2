import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { liveSnapshots } from '../../../support/chain/chainViews.ts';
import { BACKUP, SOURCE } from '../../../support/chain/memoryChain.ts';
import { restoreScene } from '../../../support/chain/restoreScene.ts';
import { firstCalls } from '../../../support/engine/faultPlans.ts';
import { Crash } from '../../../support/memory/faults.ts';

const CASES = {
  'does not take the snapshot of before for the disk': { again: false, echo: false },
  'does not take it for the disk either when the one that goes on dies in turn': { again: true, echo: false },
  'nor when the request for its lease arrives once more, so that the lease seems never to have run out': { again: false, echo: true },
};

describe('a rewind that died while it was proving its snapshot, and a disk that somebody has written to since', () => {
  for (const [name, { again, echo }] of Object.entries(CASES)) {
    it(name, async () => {
      const scene = await restoreScene();
      const { service, world } = scene.chain;
      const rewind = () => scene.inPlace({ request: { transfer: 'relay' } });
      const safety = liveSnapshots(scene.chain, SOURCE).length + 1;
      // The first read of a snapshot after the safety snapshot and the one of the result is that of the proof.
      service.interceptor = ({ operation, snapshot, url }) => {
        if (echo && operation === 'acquireLease') return { kind: 'echo', calls: 1_000 };
        const isProof =
          operation === 'read' && url === SOURCE && snapshot !== undefined && liveSnapshots(scene.chain, SOURCE).length > safety;
        return isProof ? { kind: 'crash', effect: 'none' } : undefined;
      };
      await assert.rejects(rewind(), Crash);
      service.interceptor = undefined;
      const taken = liveSnapshots(scene.chain, SOURCE).at(-1)!.id;
      world.jump(61_000);
      // No difference that the rewind asks for tells of this page.
      service.foreign.write(SOURCE, 15 * PAGE, new Uint8Array(PAGE).fill(222));
      service.late.deliver();
      if (echo) world.jump(61_000);

      if (again) {
        // The record of this one has been written: from then on its own lease proves that nobody came after it.
        service.interceptor = firstCalls('setMetadata', { kind: 'crash', effect: 'done' });
        await assert.rejects(rewind(), Crash);
        service.interceptor = undefined;
        world.jump(61_000);
      }
      const from = service.calls.length;
      await rewind();
      // What is proven is taken after the last page was written.
      const last = service.calls.slice(from).find(({ operation, url }) => operation === 'createSnapshot' && url === SOURCE);
      assert.ok(last, 'a snapshot of the disk as it has become');
      assert.equal(service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: scene.points[0] }), undefined);
      assert.equal(service.oracle.contentOf({ url: SOURCE }).metadata['pbb_restore'], 'complete');
      assert.ok(!liveSnapshots(scene.chain, SOURCE).some(({ id }) => id === taken), 'what proved nothing is thrown away');
    });
  }
});
