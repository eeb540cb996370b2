import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TransferChoice } from '../../../../src/engine/transfer/pageMover.ts';
import { liveSnapshots } from '../../../support/chain/chainViews.ts';
import { BACKUP, SOURCE } from '../../../support/chain/memoryChain.ts';
import { restoreScene, TARGET, type RestoreScene } from '../../../support/chain/restoreScene.ts';
import { nthCall } from '../../../support/engine/faultPlans.ts';
import { Crash } from '../../../support/memory/faults.ts';

/** The recovery is made to die at every so many calls. */
const EVERY = 17;

/** A restore, what must hold whenever it has died, and what in the end. */
interface Kind {
  readonly name: string;
  readonly run: (scene: RestoreScene, transfer: TransferChoice) => Promise<unknown>;
  readonly neverMistaken: (scene: RestoreScene) => void;
  readonly isRight: (scene: RestoreScene) => void;
  readonly transfers: readonly TransferChoice[];
}

const KINDS: readonly Kind[] = [
  {
    name: 'to a blob',
    run: (scene, transfer) => (isComplete(scene, TARGET) ? Promise.resolve() : scene.toBlob({ request: { transfer } })),
    neverMistaken({ chain: { service }, points }) {
      if (!service.ledger.find(TARGET)) return;
      const mark = service.oracle.contentOf({ url: TARGET }).metadata['pbb_restore'];
      if (mark !== 'partial')
        assert.deepEqual(
          [mark, service.oracle.differenceOf({ url: TARGET }, { url: BACKUP, snapshot: points[0] })],
          ['complete', undefined],
        );
    },
    isRight: ({ chain: { service }, points }) =>
      assert.equal(service.oracle.differenceOf({ url: TARGET }, { url: BACKUP, snapshot: points[0] }), undefined),
    transfers: ['relay', 'server'],
  },
  {
    name: 'to a file',
    run: (scene) => (scene.files.finished ? Promise.resolve() : scene.toFile()),
    neverMistaken: (scene) => scene.files.finished && KINDS[1]!.isRight(scene),
    isRight: ({ chain: { service }, files, points }) => assert.deepEqual(files.finished, service.bytesOf(BACKUP, points[0])),
    transfers: ['relay'],
  },
  {
    name: 'in place',
    run: (scene, transfer) => scene.inPlace({ request: { transfer } }),
    neverMistaken(scene) {
      const { service } = scene.chain;
      const differs = service.oracle.differenceOf({ url: SOURCE }, { url: SOURCE, snapshot: scene.before });
      // Before the first page is written, a snapshot of ours holds the disk as it was.
      if (differs !== undefined) assert.ok(safetySnapshots(scene).length > 0, differs);
      if (differs !== undefined && !isComplete(scene, SOURCE))
        assert.equal(service.oracle.contentOf({ url: SOURCE }).metadata['pbb_restore'], 'partial', 'a half written disk says so');
    },
    isRight(scene) {
      const { service } = scene.chain;
      assert.equal(service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: scene.points[0] }), undefined);
      assert.ok(safetySnapshots(scene).length > 0);
      assert.ok(isComplete(scene, SOURCE));
    },
    transfers: ['relay', 'server'],
  },
];

function isComplete({ chain: { service } }: RestoreScene, url: string): boolean {
  return service.ledger.find(url) !== undefined && service.oracle.contentOf({ url }).metadata['pbb_restore'] === 'complete';
}

/** Snapshots of the disk that a rewind took and that equal the disk as it was. */
function safetySnapshots({ chain, before }: RestoreScene) {
  return liveSnapshots(chain, SOURCE).filter(
    ({ id, takenBy }) =>
      takenBy.startsWith('restore') &&
      chain.service.oracle.differenceOf({ url: SOURCE, snapshot: id }, { url: SOURCE, snapshot: before }) === undefined,
  );
}

/** Nothing of the chain was touched: no restore writes beside its target. */
function chainIsAsItWas({ chain: { service } }: RestoreScene, kind: Kind): void {
  const own = kind.name === 'in place' ? SOURCE : TARGET;
  const strayed = service.calls.filter(({ writes, url, client }) => writes && client.startsWith('restore') && url !== own);
  assert.deepEqual(strayed, []);
}

/** A restore that dies at its nth call. @returns false when it ended before */
async function dies(scene: RestoreScene, kind: Kind, transfer: TransferChoice, at: number, effect: 'none' | 'done'): Promise<boolean> {
  const { service, world } = scene.chain;
  service.interceptor = nthCall(at, { kind: 'crash', effect });
  try {
    await kind.run(scene, transfer);
    return false;
  } catch (error) {
    assert.ok(error instanceof Crash, String(error));
    return true;
  } finally {
    service.interceptor = undefined;
    // The machine may have lost power with the process; the lease of the dead run runs out.
    if (effect === 'none') scene.files.losePower();
    world.jump(61_000);
  }
}

describe('a restore whose process dies at any call, before or after its effect', () => {
  for (const kind of KINDS) {
    for (const transfer of kind.transfers) {
      for (const effect of ['none', 'done'] as const) {
        it(`${kind.name}, ${transfer}, effect ${effect}: nothing is harmed, and the same request ends right; also when that dies in turn`, async () => {
          let first = 0;
          for (let at = 0, alive = false; !alive; at++) {
            const fresh = async () => {
              const scene = await restoreScene({ seed: at + 1, switches: { latency: { min: 0, max: 3 } } });
              alive = !(await dies(scene, kind, transfer, at, effect));
              kind.neverMistaken(scene);
              return scene;
            };
            const ends = async (scene: RestoreScene) => {
              await kind.run(scene, transfer);
              kind.isRight(scene);
              chainIsAsItWas(scene, kind);
              assert.deepEqual(await scene.chain.faults(), []);
            };
            await ends(await fresh());
            if (alive) break;
            first = at;
            // Another recovery call each time, so that the sweep meets them all without trying every pair.
            for (let second = at % EVERY, died = true; died; second += EVERY) {
              const scene = await fresh();
              died = await dies(scene, kind, transfer, second, effect);
              kind.neverMistaken(scene);
              await ends(scene);
            }
          }
          assert.ok(first > 10, `the sweep went through ${first} calls`);
        });
      }
    }
  }
});
