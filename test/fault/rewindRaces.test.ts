import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackupError } from '../../src/engine/errors.ts';
import { liveSnapshots } from '../support/chain/chainViews.ts';
import { BACKUP, SOURCE } from '../support/chain/memoryChain.ts';
import { restoreScene, type RestoreScene } from '../support/chain/restoreScene.ts';
import { Crash } from '../support/memory/faults.ts';
import { seededRandom } from '../support/memory/seededRandom.ts';

const RUNS = Number(process.env['PBB_HISTORIES'] ?? 300);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);

/** The states that the disk had as a whole. */
function wholeStates({ points, before }: RestoreScene) {
  return [...points.map((snapshot) => ({ url: BACKUP, snapshot })), { url: SOURCE, snapshot: before }];
}

function isWhole(scene: RestoreScene, image: { url: string; snapshot?: string }): boolean {
  return wholeStates(scene).some((state) => scene.chain.service.oracle.differenceOf(image, state) === undefined);
}

test(`two machines rewind a disk to two points while a third backs it up, ${RUNS} times (seed ${SEED}): no point of half a disk, nothing lost`, async () => {
  const ends = { done: 0, refused: 0, died: 0, points: 0 };
  for (let run = 0; run < RUNS; run++) {
    const random = seededRandom(SEED + run);
    const scene = await restoreScene({ seed: run + 1, switches: { latency: { min: 0, max: 1 + Math.floor(random() * 400) } } });
    const { chain, points } = scene;
    const { service, world } = chain;
    const deathAt = service.calls.length + Math.floor(random() * 300);
    service.interceptor = ({ index, client }) =>
      index === deathAt && client.startsWith('restore') ? { kind: 'crash', effect: 'done' } : undefined;
    const later = async <T>(act: () => Promise<T>): Promise<T> => {
      await world.sleep(Math.floor(random() * 20_000));
      return act();
    };
    const all = await Promise.allSettled([
      later(() => scene.inPlace()),
      later(() => scene.inPlace({ request: { point: points[1] } })),
      later(() => chain.backup()),
    ]);
    service.interceptor = undefined;
    for (const each of all) {
      if (each.status === 'fulfilled') ends.done++;
      else if (each.reason instanceof Crash) ends.died++;
      else if (each.reason instanceof BackupError) ends.refused++;
      else throw each.reason;
    }
    const when = `run ${run} of seed ${SEED}`;
    const mark = service.oracle.contentOf({ url: SOURCE }).metadata['pbb_restore'];
    assert.ok(mark === 'partial' || isWhole(scene, { url: SOURCE }), `${when}: half a disk that does not say so`);
    world.jump(61_000);
    service.late.deliver();
    await scene.inPlace();
    assert.equal(service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: points[0] }), undefined, when);
    const saved = liveSnapshots(chain, SOURCE).filter(({ takenBy }) => takenBy.startsWith('restore'));
    const asBefore = saved.some(
      ({ id }) => service.oracle.differenceOf({ url: SOURCE, snapshot: id }, wholeStates(scene)[2]!) === undefined,
    );
    assert.ok(asBefore, `${when}: the disk as it was is lost`);
    assert.deepEqual(await chain.faults(), [], when);
    for (const { number, backup } of await chain.entries()) {
      assert.ok(isWhole(scene, { url: BACKUP, snapshot: backup.snapshot }), `${when}: point ${number} is half a disk`);
      if (number > 2) ends.points++;
    }
  }
  console.log(JSON.stringify(ends));
});
