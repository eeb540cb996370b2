import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import { WriteGuard } from '../../../src/engine/hold/writeGuard.ts';
import type { Image } from '../../../src/engine/pageBlob.ts';
import { PageMover, type TransferChoice } from '../../../src/engine/transfer/pageMover.ts';
import { range } from '../../support/engine/pageBits.ts';
import { firstCalls } from '../../support/engine/faultPlans.ts';
import { DISK, filled, firstBytes, stage } from '../../support/engine/stage.ts';
import type { Switches } from '../../support/memory/switches.ts';

const TARGET = 'https://disks.example/vhds/target';

async function moving(choice: TransferChoice, switches: Partial<Switches> = {}, from?: Image) {
  const all = stage({ switches });
  all.service.foreign.write(DISK, 0, filled(5, 8));
  all.service.foreign.createBlob(TARGET, 8 * 512);
  const guard = await WriteGuard.take(all.client.pageBlob(TARGET), all.world, all.tools.retrier);
  const mover = new PageMover(from ?? all.blob.image(), guard, choice, all.tools.retrier, all.tools.emit);
  all.service.calls.length = 0;
  return { ...all, mover, sent: () => all.service.calls.map(({ operation }) => operation) };
}

describe('PageMover', () => {
  it('server: no byte passes through this machine', async () => {
    for (const choice of ['auto', 'server'] as const) {
      const { mover, sent, service } = await moving(choice);
      await mover.move(range(1, 3));
      assert.deepEqual(sent(), ['writePagesFrom']);
      assert.deepEqual(firstBytes(service, TARGET), [0, 5, 5, 0, 0, 0, 0, 0]);
      assert.equal(mover.transfer, 'server');
    }
  });

  it('relay: read here, written there', async () => {
    const { mover, sent, service } = await moving('relay');
    await mover.move(range(1, 3));
    assert.deepEqual(sent(), ['read', 'writePages']);
    assert.deepEqual(firstBytes(service, TARGET), [0, 5, 5, 0, 0, 0, 0, 0]);
  });

  for (const copyFromUrl of ['refused', 'unsupported'] as const) {
    it(`auto relays from then on where the service's own copying is ${copyFromUrl}, and says so once`, async () => {
      const { mover, sent, heard, service } = await moving('auto', { copyFromUrl });
      await Promise.all([0, 1, 2].map((page) => mover.move(range(page, page + 1))));
      await mover.move(range(3, 4));
      assert.equal(mover.transfer, 'relay');
      assert.deepEqual(sent().slice(-2), ['read', 'writePages']);
      assert.equal(heard.filter(({ type }) => type === 'note').length, 1);
      assert.deepEqual(firstBytes(service, TARGET), [5, 5, 5, 5, 0, 0, 0, 0]);
    });

    it(`server says that it does not work where it is ${copyFromUrl}, and does not relay`, async () => {
      const { mover, sent } = await moving('server', { copyFromUrl });
      await assert.rejects(mover.move(range(0, 1)), (error) => isBackupError(error, 'copySourceRefused', 'notSupported'));
      assert.deepEqual(sent(), ['writePagesFrom']);
    });
  }

  it('any other failure is no reason to relay', async () => {
    const { mover, service, sent } = await moving('auto');
    service.interceptor = firstCalls('writePagesFrom', { kind: 'dropped' });
    await mover.move(range(0, 1));
    assert.deepEqual(sent(), ['writePagesFrom', 'raiseEpoch', 'writePagesFrom']);
  });

  it('an image that no service can read is relayed without asking', async () => {
    const file: Image = { label: '/disk.vhd', length: async () => 8 * 512, allocated: () => [] as never, read: async () => filled(3, 2) };
    const { mover, sent, service } = await moving('auto', {}, file);
    await mover.move(range(4, 6));
    assert.deepEqual(sent(), ['writePages']);
    assert.deepEqual(firstBytes(service, TARGET), [0, 0, 0, 0, 3, 3, 0, 0]);
  });

  it("relayed bytes go with their source's checksum; damaged on the way they are read again, checked, and written", async () => {
    const asked: (boolean | undefined)[] = [];
    const file: Image = {
      label: '/disk.vhd',
      length: async () => 8 * 512,
      allocated: () => [] as never,
      read: async (_, options) => {
        asked.push(options?.unchecked);
        return filled(3, 2);
      },
    };
    const { mover, service, sent, heard } = await moving('auto', {}, file);
    const damaged = new BackupError('checksumMismatch', 'The bytes were damaged on the way.', { retryable: true });
    service.interceptor = firstCalls('writePages', { kind: 'throw', error: damaged });
    await mover.move(range(4, 6));
    assert.deepEqual(asked, [true, false]);
    assert.deepEqual(sent(), ['writePages', 'writePages']);
    assert.deepEqual(firstBytes(service, TARGET), [0, 0, 0, 0, 3, 3, 0, 0]);
    assert.deepEqual(heard, [], 'reading again at once is no retry of the same bytes');
  });

  it('checked bytes that are damaged on the way to the target are sent again', async () => {
    const { mover, service, sent } = await moving('relay');
    const damaged = new BackupError('checksumMismatch', 'The bytes were damaged on the way.', { retryable: true });
    let left = 2;
    service.interceptor = ({ operation }) => (operation === 'writePages' && left-- > 0 ? { kind: 'throw', error: damaged } : undefined);
    await mover.move(range(1, 3));
    assert.deepEqual(sent(), ['read', 'writePages', 'read', 'writePages', 'writePages']);
    assert.deepEqual(firstBytes(service, TARGET), [0, 5, 5, 0, 0, 0, 0, 0]);
  });

  it('clears under the same guard', async () => {
    const { mover, service } = await moving('relay');
    service.interceptor = firstCalls('clearPages', { kind: 'late' });
    await mover.clear(range(0, 8));
    assert.deepEqual(
      service.calls.map(({ operation }) => operation),
      ['clearPages', 'raiseEpoch', 'clearPages'],
    );
    assert.ok(service.calls[2]!.args.fence?.leaseId && service.calls[2]!.args.fence.epoch === 2);
  });
});
