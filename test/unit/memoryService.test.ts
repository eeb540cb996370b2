import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError } from '../../src/engine/errors.ts';
import type { ErrorCode } from '../../src/engine/errors.ts';
import { PAGE } from '../../src/engine/ranges/pageRange.ts';
import type { Operation } from '../support/memory/calls.ts';
import { Crash } from '../support/memory/faults.ts';
import type { Fault } from '../support/memory/faults.ts';
import type { MemoryClient } from '../support/memory/memoryClient.ts';
import { MemoryService } from '../support/memory/memoryService.ts';
import { throttled } from '../support/memory/refusals.ts';
import type { Switches } from '../support/memory/switches.ts';
import { VirtualWorld } from '../support/memory/virtualWorld.ts';

const CONTAINER = 'https://disks.example/vhds';
const DISK = `${CONTAINER}/disk`;
const LEASE = '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f001';

interface Stage {
  readonly service: MemoryService;
  readonly client: MemoryClient;
}

function stage(switches: Partial<Switches> = {}, seed = 1): Stage {
  const service = new MemoryService({ world: new VirtualWorld({ seed }), switches, containers: [CONTAINER] });
  service.foreign.createBlob(DISK, 8 * PAGE);
  return { service, client: service.client('engine') };
}

/** The next call of `operation` goes wrong; later ones do not. */
function spoil(service: MemoryService, operation: Operation, fault: Fault): void {
  service.interceptor = (call) => {
    if (call.operation !== operation) return undefined;
    service.interceptor = undefined;
    return fault;
  };
}

const filled = (byte: number, count = 1): Uint8Array => new Uint8Array(count * PAGE).fill(byte);
const firstBytes = (service: MemoryService): number[] => [...service.bytesOf(DISK)].filter((_, at) => at % PAGE === 0);

async function fails(call: Promise<unknown>, code: ErrorCode, effect: 'none' | 'unknown'): Promise<void> {
  await assert.rejects(call, (error: unknown) => isBackupError(error, code) && error.effect === effect);
}

describe('memory service: faults', () => {
  it('throws what it is told to, without effect', async () => {
    const { service, client } = stage();
    spoil(service, 'writePages', { kind: 'throw', error: throttled(7000) });
    await assert.rejects(
      client.pageBlob(DISK).writePages(0, filled(1)),
      (error: unknown) => error instanceof BackupError && error.retryAfter === 7000,
    );
    assert.deepEqual(service.allocatedOf(DISK), []);
  });

  it('drops requests, loses answers', async () => {
    const { service, client } = stage();
    const blob = client.pageBlob(DISK);
    spoil(service, 'writePages', { kind: 'dropped' });
    await fails(blob.writePages(0, filled(1)), 'network', 'unknown');
    spoil(service, 'writePages', { kind: 'lostAnswer', code: 'timedOut' });
    await fails(blob.writePages(PAGE, filled(2)), 'timedOut', 'unknown');
    assert.deepEqual(firstBytes(service).slice(0, 3), [0, 2, 0]);
  });

  it('loses the answer of a refusal too', async () => {
    const { service, client } = stage();
    spoil(service, 'create', { kind: 'lostAnswer' });
    await fails(client.pageBlob(DISK).create(PAGE, {}), 'network', 'unknown');
    assert.equal(service.bytesOf(DISK).length, 8 * PAGE);
  });

  it('delivers late, after so many calls or when told', async () => {
    const { service, client } = stage();
    const blob = client.pageBlob(DISK);
    spoil(service, 'writePages', { kind: 'late', calls: 2 });
    await fails(blob.writePages(0, filled(1)), 'network', 'unknown');
    await blob.writePages(0, filled(2));
    assert.equal(firstBytes(service)[0], 2);
    await blob.image().properties();
    assert.equal(firstBytes(service)[0], 1);
    spoil(service, 'createSnapshot', { kind: 'late' });
    await fails(blob.createSnapshot({ a: 'b' }), 'network', 'unknown');
    assert.equal(service.late.pending.length, 1);
    service.late.deliver();
    assert.equal(service.oracle.snapshotsEver(DISK).length, 1);
  });

  for (const atArrival of [true, false]) {
    it(`checks a late write ${atArrival ? 'when it arrives' : 'when it takes effect'}`, async () => {
      const { service, client } = stage({ lateWriteCheckedAtArrival: atArrival });
      const blob = client.pageBlob(DISK);
      await blob.acquireLease(LEASE, 60);
      spoil(service, 'writePages', { kind: 'late' });
      await fails(blob.writePages(0, filled(1), { fence: { leaseId: LEASE, epoch: 0 } }), 'network', 'unknown');
      spoil(service, 'writePages', { kind: 'late' });
      await fails(blob.writePages(PAGE, filled(1), { fence: { leaseId: LEASE, epoch: 5 } }), 'network', 'unknown');
      await blob.raiseEpoch(1, { fence: { leaseId: LEASE } });
      service.late.deliver();
      assert.deepEqual(firstBytes(service).slice(0, 2), [atArrival ? 1 : 0, 0]);
    });
  }

  it('tears a write in the middle', async () => {
    const { service, client } = stage();
    spoil(service, 'writePages', { kind: 'torn' });
    await fails(client.pageBlob(DISK).writePages(0, filled(3, 4)), 'network', 'unknown');
    assert.deepEqual(service.allocatedOf(DISK), [{ start: 0, end: 2 * PAGE }]);
  });

  it('doubles a request', async () => {
    const { service, client } = stage();
    spoil(service, 'createSnapshot', { kind: 'duplicate' });
    const id = await client.pageBlob(DISK).createSnapshot({ a: 'b' });
    assert.deepEqual(
      service.oracle.snapshotsEver(DISK).map((snapshot) => snapshot.id === id),
      [false, true],
    );
  });

  it('delivers an answered request once more, later', async () => {
    const { service, client } = stage();
    spoil(service, 'writePages', { kind: 'echo', calls: 1_000 });
    await client.pageBlob(DISK).writePages(0, filled(1));
    service.foreign.write(DISK, 0, filled(2));
    service.late.deliver();
    assert.equal(firstBytes(service)[0], 1);
  });

  it('flips one bit of what is read, and not of what is stored', async () => {
    const { service, client } = stage();
    service.foreign.write(DISK, 0, filled(7, 8));
    spoil(service, 'read', { kind: 'flip' });
    const bytes = await client
      .pageBlob(DISK)
      .image()
      .read({ start: 0, end: 8 * PAGE });
    assert.equal(bytes.filter((byte) => byte !== 7).length, 1);
    assert.ok(service.bytesOf(DISK).every((byte) => byte === 7));
  });

  it('leaves one element out of a list', async () => {
    const { service, client } = stage();
    service.foreign.write(DISK, 0, filled(1));
    service.foreign.write(DISK, 4 * PAGE, filled(1));
    spoil(service, 'allocated', { kind: 'omit' });
    for await (const { end, ranges } of client
      .pageBlob(DISK)
      .image()
      .allocated({ start: 0, end: 8 * PAGE })) {
      assert.deepEqual([end, ranges], [8 * PAGE, [{ start: 0, end: PAGE }]]);
    }
    const records = client.recordStore(`${DISK}.chain`);
    await records.create('1', 'a');
    await records.create('2', 'b');
    spoil(service, 'recordList', { kind: 'omit' });
    assert.deepEqual(await records.list(), ['1']);
  });

  it('delays a request beyond its lease', async () => {
    const { service, client } = stage();
    const blob = client.pageBlob(DISK);
    await blob.acquireLease(LEASE, 60);
    spoil(service, 'writePages', { kind: 'delay', ms: 61_000 });
    await fails(blob.writePages(0, filled(1), { fence: { leaseId: LEASE } }), 'leaseLost', 'none');
  });

  for (const effect of ['none', 'done'] as const) {
    it(`kills the process at a call, effect ${effect}`, async () => {
      const { service, client } = stage();
      const blob = client.pageBlob(DISK);
      spoil(service, 'writePages', { kind: 'crash', effect });
      await assert.rejects(blob.writePages(0, filled(1)), Crash);
      assert.equal(firstBytes(service)[0], effect === 'done' ? 1 : 0);
      assert.equal(client.crashed, true);
      await assert.rejects(blob.image().properties(), Crash);
      await assert.rejects(client.world.sleep(1), Crash);
      await service.client('next').pageBlob(DISK).writePages(PAGE, filled(2));
      assert.equal(firstBytes(service)[1], 2);
    });
  }

  it('leaves open what becomes of calls that are under way when the process dies', async () => {
    const outcomes = new Set<number>();
    for (let seed = 1; seed <= 20; seed++) {
      const { service, client } = stage({}, seed);
      const calls = [0, 1, 2, 3].map((page) => client.pageBlob(DISK).writePages(page * PAGE, filled(1)));
      client.crash();
      const results = await Promise.allSettled(calls);
      assert.ok(results.every((result) => result.status === 'rejected' && result.reason instanceof Crash));
      outcomes.add(firstBytes(service).filter(Boolean).length);
    }
    assert.ok(outcomes.size > 2, String([...outcomes]));
  });

  it('leaves open what becomes of writes that are aborted under way', async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const { service, client } = stage({}, seed);
      const controller = new AbortController();
      const call = client.pageBlob(DISK).writePages(0, filled(1), { signal: controller.signal });
      controller.abort();
      await fails(call, 'cancelled', 'none');
      outcomes.add(`${firstBytes(service)[0]} ${service.late.pending.length}`);
    }
    assert.deepEqual([...outcomes].toSorted(), ['0 0', '0 1', '1 0']);
  });
});

describe('memory service: what tests see', () => {
  it('keeps every call, with its end', async () => {
    const { service, client } = stage();
    const blob = client.pageBlob(DISK);
    await blob.writePages(0, filled(1, 2));
    await fails(blob.renewLease(LEASE), 'leaseLost', 'none');
    spoil(service, 'clearPages', { kind: 'dropped' });
    await fails(blob.clearPages({ start: 0, end: PAGE }), 'network', 'unknown');
    assert.deepEqual(
      service.calls.map(({ index, client: name, clientIndex, operation, writes, outcome }) => [
        index,
        name,
        clientIndex,
        operation,
        writes,
        outcome,
      ]),
      [
        [0, 'engine', 0, 'writePages', true, 'done'],
        [1, 'engine', 1, 'renewLease', true, 'leaseLost'],
        [2, 'engine', 2, 'clearPages', true, 'network'],
      ],
    );
    assert.deepEqual(
      service.traffic((call) => call.operation === 'writePages'),
      { calls: 1, bytes: 2 * PAGE },
    );
    assert.deepEqual(
      service.traffic((call) => call.operation === 'clearPages'),
      { calls: 1, bytes: 0 },
    );
  });

  it('never forgets a snapshot, and who took and deleted it', async () => {
    const { service, client } = stage();
    const blob = client.pageBlob(DISK);
    await blob.writePages(0, filled(9));
    const id = await blob.createSnapshot({ a: 'b' });
    service.foreign.write(DISK, 0, filled(1));
    await blob.deleteSnapshot(id);
    service.foreign.recreate(DISK, PAGE);
    assert.equal(service.bytesOf(DISK, id)[0], 9);
    assert.deepEqual(service.allocatedOf(DISK, id), [{ start: 0, end: PAGE }]);
    assert.deepEqual(
      service.oracle.snapshotsEver(DISK).map(({ takenBy, deletedBy }) => [takenBy, deletedBy]),
      [['engine', 'engine']],
    );
    assert.throws(() => service.bytesOf(DISK, '2019-05-09T00:59:35.8508583Z'));
  });

  it('tells what two images differ in', () => {
    const { service } = stage();
    const copy = `${CONTAINER}/copy`;
    service.foreign.createBlob(copy, 8 * PAGE);
    const difference = (): string | undefined => service.oracle.differenceOf({ url: DISK }, { url: copy });
    assert.equal(difference(), undefined);
    service.foreign.write(DISK, PAGE, filled(0));
    assert.match(difference() ?? '', /allocated/);
    service.foreign.write(copy, PAGE, filled(0));
    assert.equal(difference(), undefined);
    service.foreign.write(copy, PAGE, filled(4));
    assert.equal(difference(), `the byte at ${PAGE}`);
    service.foreign.resize(copy, 4 * PAGE);
    assert.match(difference() ?? '', /length/);
  });

  it('plays the same history for the same seed', async () => {
    const play = async (seed: number): Promise<unknown> => {
      const { service, client } = stage({}, seed);
      const other = service.client('other');
      const work = async (who: MemoryClient, byte: number): Promise<void> => {
        for (let round = 0; round < 5; round++) {
          await Promise.all([0, 1, 2].map((page) => who.pageBlob(DISK).writePages(page * PAGE, filled(byte + round))));
          await who.world.sleep(who.world.random() * 50);
        }
        await who.pageBlob(DISK).createSnapshot({ by: String(byte) });
      };
      await Promise.all([work(client, 1), work(other, 100)]);
      return [
        service.world.now(),
        [...service.bytesOf(DISK)],
        service.calls.map((call) => call.client),
        service.oracle.snapshotsEver().map(({ id }) => id),
      ];
    };
    assert.deepEqual(await play(11), await play(11));
    assert.notDeepEqual(await play(11), await play(12));
  });

  it('stops endless repeats', async () => {
    const { client } = stage({ callLimit: 50 });
    const endless = (async () => {
      for (;;) await client.pageBlob(DISK).image().properties();
    })();
    await assert.rejects(endless, /More than 50 calls/);
  });
});

describe('memory service: kinds of endpoints', () => {
  const changed = async (client: MemoryClient, previous: string): Promise<unknown> => {
    const found = [];
    for await (const { ranges } of client
      .pageBlob(DISK)
      .image()
      .changedSince(previous, { start: 0, end: 8 * PAGE }))
      found.push(...ranges);
    return found;
  };

  it('may ignore or refuse differences', async () => {
    const { service, client } = stage();
    service.foreign.write(DISK, 0, filled(1));
    const before = service.foreign.snapshot(DISK);
    assert.deepEqual(await changed(client, before), []);
    service.switches.difference = 'ignored';
    assert.deepEqual(await changed(client, 'whatever'), [{ start: 0, end: PAGE }]);
    service.switches.difference = 'refused';
    await fails(changed(client, before), 'differenceNotSupported', 'none');
  });

  it('may have no Put Page From URL, or may not read the source', async () => {
    const { service, client } = stage();
    const from = client.pageBlob(DISK).image();
    service.switches.copyFromUrl = 'refused';
    await fails(client.pageBlob(DISK).writePagesFrom(from, { start: 0, end: PAGE }), 'copySourceRefused', 'none');
    service.switches.copyFromUrl = 'unsupported';
    await fails(client.pageBlob(DISK).writePagesFrom(from, { start: 0, end: PAGE }), 'notSupported', 'none');
  });

  for (const resizeTracked of [true, false]) {
    it(`may ${resizeTracked ? '' : 'not '}list pages that a shrink took away`, async () => {
      const { service, client } = stage({ resizeTracked });
      service.foreign.write(DISK, 0, filled(1, 8));
      const before = service.foreign.snapshot(DISK);
      service.foreign.resize(DISK, 4 * PAGE);
      service.foreign.resize(DISK, 8 * PAGE);
      assert.deepEqual(await changed(client, before), resizeTracked ? [{ start: 4 * PAGE, end: 8 * PAGE }] : []);
    });
  }

  it('fails a copy whose source is changed meanwhile', async () => {
    const { service, client } = stage({ copyPolls: 3 });
    const target = client.pageBlob(`${CONTAINER}/copy`);
    await target.startCopy(client.pageBlob(DISK).image(), { a: 'b' });
    service.foreign.write(DISK, 0, filled(1));
    const { length, copy } = await target.image().properties();
    assert.deepEqual([length, copy?.status], [0, 'failed']);
  });

  it('holds a sparse terabyte', async () => {
    const { service, client } = stage();
    const end = 1024 ** 4;
    const blob = client.pageBlob(`${CONTAINER}/large`);
    await blob.create(end, {});
    await blob.writePages(end - PAGE, filled(1));
    const before = await blob.createSnapshot({ a: 'b' });
    await blob.clearPages({ start: 0, end: end / 2 });
    const found = [];
    for await (const { ranges } of blob.image().changedSince(before, { start: 0, end })) found.push(...ranges);
    assert.deepEqual(found, [{ start: 0, end: end / 2 }]);
    assert.deepEqual(service.allocatedOf(blob.url), [{ start: end - PAGE, end }]);
  });
});
