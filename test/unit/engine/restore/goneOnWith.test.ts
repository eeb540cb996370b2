import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isWhole, live, NEW_BACKUP, newEntries, restore, scene, TARGET } from '../../../support/chain/restoredChain.ts';
import type { Call } from '../../../support/memory/calls.ts';
import { Crash } from '../../../support/memory/faults.ts';
import type { MemoryChain } from '../../../support/chain/memoryChain.ts';

const isEntry = ({ operation, args }: Call): boolean => operation === 'recordCreate' && args.name === '000001.json';

async function onlyWhatIsNamed(chain: MemoryChain): Promise<void> {
  const [entry] = await newEntries(chain);
  const left = [TARGET, NEW_BACKUP].map((url) => live(chain, url).map(({ id }) => id));
  assert.deepEqual(left, [[entry!.source.snapshot], [entry!.backup.snapshot]]);
}

describe('a restore with a chain of its own that is gone on with', () => {
  it('ends right when the record that was under way arrives meanwhile', async () => {
    const { chain, point } = await scene();
    const { service, world } = chain;
    let isSent = false;
    service.interceptor = (call) => {
      if (isSent) return { kind: 'crash', effect: 'none' };
      isSent = isEntry(call);
      return isSent ? { kind: 'late', calls: 1_000_000 } : undefined;
    };
    await assert.rejects(restore(chain, point, { transfer: 'relay' }), Crash);
    world.jump(61_000);
    service.interceptor = ({ operation, url }) => {
      if (operation === 'createSnapshot' && url === TARGET) service.late.deliver();
      return undefined;
    };
    await restore(chain, point, { transfer: 'relay' });
    service.interceptor = undefined;
    await isWhole(chain, point, 'in the end');
    const names = [...service.oracle.recordsOf(`${NEW_BACKUP}.chain`).keys()];
    assert.deepEqual(
      names.filter((name) => name.includes('failed')),
      [],
    );
    await onlyWhatIsNamed(chain);
  });

  it('leaves no snapshot that nothing names when it dies before its record and again after it', async () => {
    const { chain, point } = await scene();
    const { service, world } = chain;
    for (const effect of ['none', 'done'] as const) {
      service.interceptor = (call) => (isEntry(call) ? { kind: 'crash', effect } : undefined);
      await assert.rejects(restore(chain, point, { transfer: 'relay' }), Crash);
      world.jump(61_000);
    }
    service.interceptor = undefined;
    await restore(chain, point, { transfer: 'relay' });
    await onlyWhatIsNamed(chain);
  });
});
