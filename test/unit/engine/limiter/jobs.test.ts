import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CatalogueEntry } from '../../../../src/engine/chain/entry.ts';
import { realChange } from '../../../../src/engine/jobs/diff/realChange.ts';
import { Limiter } from '../../../../src/engine/transfer/limiter/limiter.ts';
import { changeDisk, chainWithOnePoint } from '../../../support/chain/chainViews.ts';
import { BACKUP, SOURCE } from '../../../support/chain/memoryChain.ts';
import { throttled } from '../../../support/memory/refusals.ts';

describe('a backup through the limiter', () => {
  for (const transfer of ['server', 'relay'] as const) {
    it(`${transfer}: every request for pages passes the gate of its blob, and the point is right`, async () => {
      const chain = await chainWithOnePoint();
      const limiter = new Limiter(chain.world);
      const gates = [SOURCE, BACKUP].map((blob) => limiter.gatesOf({ account: new URL(blob).origin, blob }));
      const passed = gates.map(() => 0);
      for (const [i, { blob }] of gates.entries()) {
        const sent = blob.requests.sent.bind(blob.requests);
        blob.requests.sent = (now, amount) => {
          passed[i]!++;
          sent(now, amount);
        };
      }
      changeDisk(chain);
      chain.service.calls.length = 0;
      const refuse = new Set([1, 3]);
      let writes = 0;
      chain.service.interceptor = ({ operation }) =>
        /^(writePages|clearPages)/.test(operation) && refuse.has(++writes) ? { kind: 'throw', error: throttled(1000) } : undefined;
      await chain.backup({ transfer, proof: 'changed' }, { limiter });
      chain.service.interceptor = undefined;
      assert.deepEqual(await chain.faults(), []);
      const asked = [SOURCE, BACKUP].map(
        (url) => chain.service.calls.filter((call) => call.url === url && /^(read|writePages|clearPages)/.test(call.operation)).length,
      );
      assert.deepEqual(passed, asked);
      assert.ok(writes > 3);
    });
  }
});

describe('a comparison through the limiter', () => {
  it('every read of pages passes the gate of its blob, also where one image is shorter', async () => {
    const chain = await chainWithOnePoint();
    const [{ source }] = (await chain.entries()) as [CatalogueEntry];
    changeDisk(chain);
    const limiter = new Limiter(chain.world);
    const gate = limiter.gatesOf({ account: new URL(SOURCE).origin, blob: SOURCE }).blob;
    let passed = 0;
    const sent = gate.requests.sent.bind(gate.requests);
    gate.requests.sent = (now, amount) => {
      passed++;
      sent(now, amount);
    };
    chain.service.calls.length = 0;
    const disk = chain.request().source;
    const images = { before: disk.image(source.snapshot), after: disk.image() };
    const [lengthBefore, lengthAfter] = await Promise.all([images.before.length(), images.after.length()]);
    const ranges = [{ start: 0, end: lengthAfter }];
    const real = await Array.fromAsync(realChange({ lengthBefore, lengthAfter }, images, ranges, { world: chain.world, limiter }));
    assert.ok(real[0]!.differing > 0);
    assert.equal(passed, chain.service.calls.filter(({ operation }) => operation === 'read').length);
    assert.ok(passed > 1);
  });
});
