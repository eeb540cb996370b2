import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
