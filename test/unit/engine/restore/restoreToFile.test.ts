import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError, type ErrorCode } from '../../../../src/engine/errors.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import { planRestoreToFile, runRestoreToFile } from '../../../../src/engine/jobs/restore/restoreToFile.ts';
import type { RestoreResult } from '../../../../src/engine/jobs/restore/restoreToBlob.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import type { JobOptions } from '../../../../src/engine/tools.ts';
import { bytesOf, callsDuring, changeDisk, chainWithOnePoint } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, MemoryChain } from '../../../support/chain/memoryChain.ts';
import { beforeNthCall } from '../../../support/engine/faultPlans.ts';
import { MemoryFileSystem } from '../../../support/files/memoryDisk.ts';

const ONE_AT_A_TIME = { limits: { calls: 1, bytes: Infinity } };

/** Two recovery points, of which the first is to be restored, and an empty file system. */
async function scene(seed = 1) {
  const chain = await chainWithOnePoint({ seed });
  changeDisk(chain);
  await chain.backup({ transfer: 'relay' });
  const [first] = await chain.entries();
  const files = new MemoryFileSystem();
  const expected = chain.service.bytesOf(BACKUP, first!.backup.snapshot);
  let clients = 0;
  const restore = async (job: Partial<JobOptions> = {}, point = first!.backup.snapshot): Promise<RestoreResult> => {
    const client = chain.service.client(`restore${clients++}`);
    const request = { backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE), point, target: files.open() };
    const all = { world: chain.world, ...job };
    return resultOf(runRestoreToFile(await planRestoreToFile(request, all), request, all));
  };
  return { chain, files, expected, restore, first: first!, equal: () => assert.deepEqual(files.finished, expected) };
}

const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));

describe('restore to a file', () => {
  it('gives the file its name when every page has been read back, and writes no page that the point does not hold', async () => {
    const { chain, files, restore, equal, first } = await scene();
    const { result, calls } = await callsDuring(chain, () => restore());
    equal();
    assert.deepEqual([result.number, result.recoveryPoint, result.written, result.transfer], [1, first.backup.snapshot, 6 * PAGE, 'relay']);
    assert.deepEqual(result.proof, { level: 'changed', changed: 6 * PAGE, changedCompared: 6 * PAGE, rest: 0, restCompared: 0 });
    // Once to write it, once to compare: then across small gaps, in one request.
    assert.equal(bytesOf(calls, ['read']), (6 + 10) * PAGE);
    assert.deepEqual(files.calls.slice(-2), ['checkpoint', 'finish'], 'durable before it has its name');
    assert.ok(files.calls.lastIndexOf('read') < files.calls.indexOf('finish'));
    assert.deepEqual(
      calls.filter(({ writes }) => writes),
      [],
      'nothing changes in the storage',
    );
  });

  it('never writes over a file', async () => {
    const { files, restore } = await scene();
    files.finished = new Uint8Array([1, 2, 3]);
    await fails(restore(), 'alreadyExists');
    assert.deepEqual([...files.finished], [1, 2, 3]);
  });

  it('a file of that name that comes into being meanwhile stays too', async () => {
    const { files, restore } = await scene();
    files.interceptor = (call) => {
      if (call === 'finish') files.finished ??= new Uint8Array([1, 2, 3]);
    };
    await fails(restore(), 'alreadyExists');
    assert.deepEqual([...files.finished!], [1, 2, 3]);
  });

  it('restores catalogued points only', async () => {
    const { chain, restore, files } = await scene();
    await fails(restore({}, chain.service.foreign.snapshot(BACKUP)), 'notOurs');
    await fails(restore({}, '2020-01-01T00:00:00.0000000Z'), 'snapshotNotFound');
    assert.deepEqual(files.calls, []);
  });

  it('mends what was written wrong, and gives no name to what stays wrong', async () => {
    const { files, restore, equal } = await scene();
    let wrong = 1;
    files.interceptor = (call) => {
      if (call === 'read' && wrong-- > 0) files.partial!.bytes[700]! ^= 1;
    };
    const { written, transferred } = await restore();
    equal();
    assert.equal(transferred, written + PAGE);

    const other = await scene();
    other.files.interceptor = (call) => {
      if (call === 'read') other.files.partial!.bytes[700] = 255;
    };
    await fails(other.restore(), 'integrity');
    assert.equal(other.files.finished, undefined);
  });

  it('a full disk ends it; what is there is kept, and the same request goes on', async () => {
    const { files, restore, equal } = await scene();
    let room = 1;
    files.interceptor = (call) => {
      if (call === 'write' && room-- <= 0) throw new BackupError('noSpace', 'The disk is full.');
    };
    await fails(restore(ONE_AT_A_TIME), 'noSpace');
    assert.equal(files.calls.at(-1), 'close');
    assert.equal(files.finished, undefined);
    files.interceptor = undefined;
    await restore();
    equal();
  });

  it('stopped at every call in turn, it leaves no file under the name, and the same request then ends right', async () => {
    let last = false;
    for (let at = 0; !last; at++) {
      const { chain, files, restore, equal } = await scene(at + 1);
      const stop = new AbortController();
      chain.service.interceptor = beforeNthCall(at, () => stop.abort());
      last = await restore({ signal: stop.signal }).then(
        () => true,
        (error) => !isBackupError(error, 'cancelled'),
      );
      chain.service.interceptor = undefined;
      if (last) {
        assert.ok(at > 8);
        equal();
        break;
      }
      assert.equal(files.finished, undefined);
      await restore();
      equal();
    }
  });

  it('a machine that lost power at any call goes on from what was durable', async () => {
    let last = false;
    for (let at = 0; !last; at++) {
      const { chain, files, restore, equal } = await scene(at + 1);
      // Slow enough that the file is made durable now and then.
      chain.service.switches.latency = { min: 4000, max: 4000 };
      files.interceptor = (_, index) => {
        if (index === at) throw new Error('power lost');
      };
      last = await restore(ONE_AT_A_TIME).then(
        () => true,
        () => false,
      );
      files.interceptor = undefined;
      if (last) {
        assert.ok(at > 6);
        break;
      }
      files.losePower();
      await restore();
      equal();
    }
  });

  it('does not read again what has been checkpointed', async () => {
    const chain = new MemoryChain({ pages: 64 });
    for (let page = 0; page < 64; page += 2) chain.write(page, 1 + page);
    await chain.backup();
    chain.service.switches.latency = { min: 3000, max: 3000 };
    const [entry] = await chain.entries();
    const files = new MemoryFileSystem();
    const request = {
      backup: chain.service.pageBlob(BACKUP),
      catalogue: chain.service.recordStore(CATALOGUE),
      point: entry!.backup.snapshot,
      target: files.open(),
    };
    const run = async (job: Partial<JobOptions>) => {
      const all = { world: chain.world, ...ONE_AT_A_TIME, ...job };
      return resultOf(runRestoreToFile(await planRestoreToFile(request, all), request, all));
    };
    const stop = new AbortController();
    let writes = 20;
    files.interceptor = (call) => void (call === 'write' && --writes === 0 && stop.abort());
    await fails(run({ signal: stop.signal }), 'cancelled');
    files.interceptor = undefined;
    const { written, transferred } = await run({});
    assert.ok(written <= 16 * PAGE, `${written} bytes again`);
    assert.equal(transferred, written, 'what was checkpointed was there');
    assert.deepEqual(files.finished, chain.service.bytesOf(BACKUP, entry!.backup.snapshot));
  });

  it('an unfinished file of another point is not built upon', async () => {
    const { chain, files, restore } = await scene();
    const [first, second] = await chain.entries();
    files.interceptor = (call) => {
      if (call === 'finish') throw new Error('died');
    };
    await assert.rejects(restore({}, first!.backup.snapshot));
    files.interceptor = undefined;
    await restore({}, second!.backup.snapshot);
    assert.deepEqual(files.finished, chain.service.bytesOf(BACKUP, second!.backup.snapshot));
  });
});
