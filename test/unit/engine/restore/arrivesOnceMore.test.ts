import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBeforeRewind } from '../../../../src/engine/jobs/restore/safetyMark.ts';
import { liveSnapshots } from '../../../support/chain/chainViews.ts';
import { BACKUP, SOURCE } from '../../../support/chain/memoryChain.ts';
import { restoreScene, TARGET } from '../../../support/chain/restoreScene.ts';
import type { Call } from '../../../support/memory/calls.ts';
import type { Fault } from '../../../support/memory/faults.ts';

const LATER: Fault = { kind: 'echo', calls: 1_000_000 };

/** Gives `fault` to the first call that `select` takes. */
function once(fault: Fault, select: (call: Call) => boolean): { readonly meets: (call: Call) => Fault | undefined; count: number } {
  const each = { count: 0, meets: (call: Call) => (each.count === 0 && select(call) && ++each.count > 0 ? fault : undefined) };
  return each;
}

describe('a request of a restore that was answered and arrives once more', () => {
  for (const kind of ['toBlob', 'inPlace'] as const) {
    it(`${kind}: a page that was read wrong and has been mended stays mended, also after the proof`, async () => {
      const scene = await restoreScene();
      const { service } = scene.chain;
      const url = kind === 'toBlob' ? TARGET : SOURCE;
      const flip = once({ kind: 'flip' }, (call) => call.operation === 'read' && call.url === BACKUP);
      const echo = once(LATER, (call) => call.operation === 'writePages' && call.url === url);
      service.interceptor = (call) => {
        const isClosing = call.operation === 'setMetadata' && call.url === url && /complete/.test(JSON.stringify(call.args.other));
        if (isClosing) service.late.deliver();
        return flip.meets(call) ?? echo.meets(call);
      };
      await (kind === 'toBlob' ? scene.toBlob({ request: { transfer: 'relay' } }) : scene.inPlace({ request: { transfer: 'relay' } }));
      assert.deepEqual([flip.count, echo.count, service.late.pending], [1, 1, []]);
      assert.equal(service.oracle.differenceOf({ url }, { url: BACKUP, snapshot: scene.points[0] }), undefined);
    });
  }

  it('no snapshot of half a disk passes for the disk before the rewind', async () => {
    const scene = await restoreScene();
    const { service } = scene.chain;
    const echo = once(LATER, ({ operation, url }) => operation === 'createSnapshot' && url === SOURCE);
    let writes = 0;
    service.interceptor = (call) => {
      if (call.operation === 'writePages' && ++writes === 2) service.late.deliver();
      return echo.meets(call);
    };
    await scene.inPlace({ request: { transfer: 'relay' } });
    assert.deepEqual([echo.count, service.late.pending], [1, []]);
    const marked = liveSnapshots(scene.chain, SOURCE).filter(({ metadata }) => isBeforeRewind(metadata));
    assert.equal(marked.length, 1);
    const before = { url: SOURCE, snapshot: scene.before };
    assert.equal(service.oracle.differenceOf({ url: SOURCE, snapshot: marked[0]!.id }, before), undefined);
  });
});
