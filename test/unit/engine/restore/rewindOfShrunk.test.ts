import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { BACKUP, SOURCE } from '../../../support/chain/memoryChain.ts';
import { restoreScene } from '../../../support/chain/restoreScene.ts';

/** REST, Get Page Ranges: a list that begins beyond the end of its image is refused (416). */
describe('a rewind of a disk that has shrunk since the point', () => {
  for (const transfer of ['relay', 'server'] as const) {
    it(`that is stopped beyond the disk's end goes on from there (${transfer})`, async () => {
      const scene = await restoreScene({ switches: { windowSize: 1 } });
      const { service } = scene.chain;
      const [, point] = scene.points;
      service.foreign.resize(SOURCE, 10 * PAGE, 'holder');
      const stop = new AbortController();
      service.interceptor = ({ operation, url, args }) => {
        if (url === SOURCE && operation.startsWith('writePages') && args.range!.start >= 18 * PAGE) stop.abort();
        return undefined;
      };
      const first = scene.inPlace({ request: { point, transfer }, job: { signal: stop.signal, limits: { calls: 1, bytes: PAGE } } });
      await assert.rejects(first, (error: unknown) => isBackupError(error, 'cancelled'));
      service.interceptor = undefined;
      await scene.inPlace({ request: { point, transfer } });
      assert.equal(service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: point }), undefined);
    });
  }

  it('gets through where a list breaks off at the end of what the disk was', async () => {
    const scene = await restoreScene({ switches: { windowBytes: 2 * PAGE } });
    const { service } = scene.chain;
    const [, point] = scene.points;
    service.foreign.resize(SOURCE, 10 * PAGE, 'holder');
    // Each list of changes breaks off once, wherever it stands beyond that end.
    const broken = new Set<string>();
    service.interceptor = ({ operation, url, snapshot, args }) => {
      const key = `${url} ${snapshot}`;
      if (operation !== 'changedSince' || args.range!.start < 10 * PAGE || broken.has(key)) return undefined;
      broken.add(key);
      return { kind: 'dropped' };
    };
    await scene.inPlace({ request: { point, transfer: 'relay' } });
    assert.equal(service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: point }), undefined);
  });
});
