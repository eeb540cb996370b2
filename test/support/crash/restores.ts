import assert from 'node:assert/strict';
import type { TransferChoice } from '../../../src/engine/transfer/pageMover.ts';
import { liveSnapshots } from '../chain/chainViews.ts';
import { BACKUP, SOURCE } from '../chain/memoryChain.ts';
import { restoreScene, TARGET, type RestoreScene } from '../chain/restoreScene.ts';
import type { Mortal } from './crashSweep.ts';

/** A restore, what must hold whenever it has died, and what in the end. */
interface Kind {
  readonly name: string;
  readonly transfers: readonly TransferChoice[];
  /** What it writes. */
  readonly writes: string;
  readonly run: (scene: RestoreScene, transfer: TransferChoice) => Promise<unknown>;
  readonly neverMistaken: (scene: RestoreScene) => void;
  readonly isRight: (scene: RestoreScene) => void;
}

const KINDS: readonly Kind[] = [
  {
    name: 'to a blob',
    transfers: ['relay', 'server'],
    writes: TARGET,
    run: (scene, transfer) => (isComplete(scene, TARGET) ? Promise.resolve() : scene.toBlob({ request: { transfer } })),
    neverMistaken({ chain: { service }, points }) {
      if (!service.ledger.find(TARGET)) return;
      const mark = service.oracle.contentOf({ url: TARGET }).metadata['pbb_restore'];
      if (mark === 'partial') return;
      assert.equal(mark, 'complete');
      assert.equal(service.oracle.differenceOf({ url: TARGET }, { url: BACKUP, snapshot: points[0] }), undefined);
    },
    isRight: ({ chain: { service }, points }) =>
      assert.equal(service.oracle.differenceOf({ url: TARGET }, { url: BACKUP, snapshot: points[0] }), undefined),
  },
  {
    name: 'to a file',
    transfers: ['relay'],
    writes: TARGET,
    run: (scene) => (scene.files.finished ? Promise.resolve() : scene.toFile()),
    neverMistaken: ({ chain: { service }, files, points }) => {
      if (files.finished) assert.deepEqual(files.finished, service.bytesOf(BACKUP, points[0]));
    },
    isRight: ({ chain: { service }, files, points }) => assert.deepEqual(files.finished, service.bytesOf(BACKUP, points[0])),
  },
  {
    name: 'in place',
    transfers: ['relay', 'server'],
    writes: SOURCE,
    run: (scene, transfer) => scene.inPlace({ request: { transfer } }),
    neverMistaken(scene) {
      const { service } = scene.chain;
      const differs = service.oracle.differenceOf({ url: SOURCE }, { url: SOURCE, snapshot: scene.before });
      if (differs === undefined) return;
      // Before the first page is written, a snapshot of ours holds the disk as it was.
      assert.ok(safetySnapshots(scene).length > 0, differs);
      if (isComplete(scene, SOURCE)) return;
      assert.equal(service.oracle.contentOf({ url: SOURCE }).metadata['pbb_restore'], 'partial', 'a half written disk says so');
    },
    isRight(scene) {
      const { service } = scene.chain;
      assert.equal(service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: scene.points[0] }), undefined);
      assert.ok(safetySnapshots(scene).length > 0);
      assert.ok(isComplete(scene, SOURCE));
    },
  },
];

function isComplete({ chain: { service } }: RestoreScene, url: string): boolean {
  return service.ledger.find(url) !== undefined && service.oracle.contentOf({ url }).metadata['pbb_restore'] === 'complete';
}

/** Snapshots of the disk that a rewind took and that equal the disk as it was. */
function safetySnapshots({ chain, before }: RestoreScene) {
  const equalsBefore = (id: string): boolean =>
    chain.service.oracle.differenceOf({ url: SOURCE, snapshot: id }, { url: SOURCE, snapshot: before }) === undefined;
  return liveSnapshots(chain, SOURCE).filter(({ id, takenBy }) => takenBy.startsWith('restore') && equalsBefore(id));
}

function mortal(kind: Kind, transfer: TransferChoice): Mortal<RestoreScene> {
  return {
    name: `restore ${kind.name}, ${transfer}`,
    fresh: (seed) => restoreScene({ seed, switches: { latency: { min: 0, max: 3 } } }),
    run: (scene) => kind.run(scene, transfer),
    lawsHold: (scene) => kind.neverMistaken(scene),
    async endsRight(scene, when) {
      const { chain } = scene;
      await kind.run(scene, transfer);
      kind.isRight(scene);
      // No restore writes beside its target.
      const strayed = chain.service.calls.filter(
        ({ writes, url, client }) => writes && client.startsWith('restore') && url !== kind.writes,
      );
      assert.deepEqual(strayed, [], when);
      assert.deepEqual(await chain.faults(), [], when);
    },
    afterDeath(scene, effect) {
      // The machine may have lost power with the process.
      if (effect === 'none') scene.files.losePower();
    },
  };
}

export const RESTORES = KINDS.flatMap((kind) => kind.transfers.map((transfer) => mortal(kind, transfer)));
