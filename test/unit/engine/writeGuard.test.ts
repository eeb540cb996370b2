import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError, type ErrorCode } from '../../../src/engine/errors.ts';
import { WriteGuard } from '../../../src/engine/hold/writeGuard.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { firstCalls } from '../../support/engine/faultPlans.ts';
import { DISK, filled, firstBytes, stage, type Stage } from '../../support/engine/stage.ts';
import type { Operation } from '../../support/memory/calls.ts';
import type { Fault } from '../../support/memory/faults.ts';
import { ambiguous, throttled } from '../../support/memory/refusals.ts';

const SECOND = 1000;

async function guarded(options: Parameters<typeof stage>[0] = {}): Promise<Stage & { guard: WriteGuard }> {
  const all = stage(options);
  const guard = await WriteGuard.take(all.blob, all.world, all.tools.retrier);
  all.service.calls.length = 0;
  return { ...all, guard };
}

function writePage({ guard, blob }: { guard: WriteGuard; blob: Stage['blob'] }, page: number, value: number): Promise<void> {
  return guard.write('writing', (fence) => blob.writePages(page * PAGE, filled(value), { fence }));
}

const operations = ({ service }: Stage, ...only: Operation[]) =>
  service.calls.map(({ operation }) => operation).filter((operation) => only.length === 0 || only.includes(operation));

const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));

describe('WriteGuard: taking hold', () => {
  it('leases the blob with a random id for a minute and raises its epoch', async () => {
    const { service, blob, world, tools } = stage();
    const guard = await WriteGuard.take(blob, world, tools.retrier);
    const other = await WriteGuard.take(stage({ seed: 2 }).blob, world, tools.retrier);
    assert.notEqual(guard.leaseId, other.leaseId);
    assert.deepEqual(
      service.calls.map(({ operation }) => operation),
      ['acquireLease', 'changeLease', 'properties', 'raiseEpoch'],
    );
    assert.equal(service.calls[0]!.args.other!['seconds'], 60);
    assert.notEqual(guard.leaseId, service.calls[0]!.args.other!['leaseId'], 'no request acquires the id that records name');
    assert.equal(service.calls[3]!.args.other!['epoch'], 1);
  });

  it('is refused as busy while another lease holds', async () => {
    const { service, blob, world, tools } = stage();
    service.foreign.acquireLease(DISK, 'somebody', 60);
    await fails(WriteGuard.take(blob, world, tools.retrier), 'busy');
  });

  it('an acquisition whose answer was lost costs nothing', async () => {
    const { service, blob, world, tools } = stage();
    service.interceptor = firstCalls('acquireLease', { kind: 'lostAnswer' });
    const guard = await WriteGuard.take(blob, world, tools.retrier);
    await writePage({ guard, blob }, 0, 7);
    assert.equal(firstBytes(service)[0], 7);
  });
});

describe('WriteGuard: the lease', () => {
  it('every write names lease and epoch', async () => {
    const all = await guarded();
    await writePage(all, 0, 1);
    assert.deepEqual(
      all.service.calls.map(({ args }) => args.fence),
      [{ leaseId: all.guard.leaseId, epoch: 1 }],
    );
  });

  it('a change of metadata or length names the lease', async () => {
    const all = await guarded();
    await all.guard.change('length', (fence) => all.blob.resize(4 * PAGE, { fence }));
    assert.deepEqual(all.service.calls[0]!.args.fence, { leaseId: all.guard.leaseId });
  });

  it('is renewed by the clock: not before 20 seconds, then before the next request, once for many', async () => {
    const all = await guarded();
    all.world.jump(19 * SECOND);
    await writePage(all, 0, 1);
    assert.deepEqual(operations(all), ['writePages']);
    all.world.jump(2 * SECOND);
    await Promise.all([0, 1, 2, 3].map((page) => writePage(all, page, 2)));
    assert.deepEqual(operations(all), ['writePages', 'renewLease', ...Array.from({ length: 4 }, () => 'writePages')]);
  });

  it('kept so, a run holds its blob for hours', async () => {
    const all = await guarded();
    for (let i = 0; i < 400; i++) {
      all.world.jump(25 * SECOND);
      await writePage(all, 0, 1);
    }
    assert.equal(operations(all, 'renewLease').length, 400);
  });

  it('a renewal that was not heard is no loss: the write goes on and the next request tries again, at most every five seconds', async () => {
    const all = await guarded();
    all.service.interceptor = firstCalls('renewLease', { kind: 'dropped' }, 2);
    all.world.jump(21 * SECOND);
    await writePage(all, 0, 1);
    all.world.jump(1 * SECOND);
    await writePage(all, 0, 2);
    assert.equal(operations(all, 'renewLease').length, 1);
    all.world.jump(5 * SECOND);
    await writePage(all, 0, 3);
    assert.equal(operations(all, 'renewLease').length, 2);
    all.world.jump(6 * SECOND);
    await writePage(all, 0, 4);
    assert.deepEqual(operations(all), ['renewLease', 'writePages', 'writePages', 'renewLease', 'writePages', 'renewLease', 'writePages']);
    assert.equal(firstBytes(all.service)[0], 4);
  });

  it('after 45 seconds of silence nothing is sent before a renewal has been answered', async () => {
    const all = await guarded();
    all.service.interceptor = firstCalls('renewLease', { kind: 'throw', error: throttled() }, 3);
    all.world.jump(46 * SECOND);
    await writePage(all, 0, 1);
    assert.deepEqual(operations(all), ['renewLease', 'renewLease', 'renewLease', 'renewLease', 'writePages']);
  });

  it('after such a silence a renewal that is never answered ends the run, and nothing was sent', async () => {
    const all = await guarded();
    all.service.interceptor = firstCalls('renewLease', { kind: 'dropped' }, 1000);
    all.world.jump(46 * SECOND);
    await fails(writePage(all, 0, 1), 'network');
    assert.deepEqual(operations(all, 'writePages'), []);
  });

  it('a machine that slept finds out at its first step that another has the blob', async () => {
    const all = await guarded();
    all.world.jump(3600 * SECOND);
    const other = all.service.client('other').pageBlob(DISK);
    await WriteGuard.take(other, all.world, all.tools.retrier);
    await fails(writePage(all, 0, 1), 'leaseLost');
    assert.equal(firstBytes(all.service)[0], 0);
  });

  it('a machine that slept while nobody came goes on', async () => {
    const all = await guarded();
    all.world.jump(3600 * SECOND);
    await writePage(all, 0, 1);
    assert.equal(firstBytes(all.service)[0], 1);
  });

  it('a lease that somebody broke is a loss, also while it should still run', async () => {
    const all = await guarded();
    all.service.foreign.breakLease(DISK);
    await fails(writePage(all, 0, 1), 'leaseLost');
    all.world.jump(21 * SECOND);
    await fails(writePage(all, 0, 1), 'leaseLost');
  });

  it('is given back, and nobody minds when it is gone', async () => {
    const all = await guarded();
    await all.guard.release();
    assert.equal((await all.blob.image().properties()).lease, 'available');
    await all.guard.release();
    all.service.interceptor = firstCalls('releaseLease', { kind: 'throw', error: ambiguous() }, 99);
    await all.guard.release();
  });
});

describe('WriteGuard: the epoch', () => {
  it('a refused write is repeated with the same epoch', async () => {
    const all = await guarded();
    all.service.interceptor = firstCalls('writePages', { kind: 'throw', error: throttled() });
    await writePage(all, 0, 1);
    assert.deepEqual(operations(all), ['writePages', 'writePages']);
  });

  it('a write whose effect is unknown is fenced off before it is repeated: it cannot arrive after its successor', async () => {
    const all = await guarded();
    all.service.interceptor = firstCalls('writePages', { kind: 'late' });
    await writePage(all, 0, 1);
    assert.deepEqual(operations(all), ['writePages', 'raiseEpoch', 'writePages']);
    assert.deepEqual(
      all.service.calls.map(({ args }) => args.fence?.epoch),
      [1, undefined, 2],
    );
    await writePage(all, 0, 2);
    all.service.late.deliver();
    assert.equal(firstBytes(all.service)[0], 2);
  });

  it('many writes with unknown effects at once: all get there, no epoch is skipped, none of them is taken for another run', async () => {
    const all = await guarded({ pages: 16, switches: { latency: { min: 1, max: 30 } } });
    let left = 10;
    all.service.interceptor = ({ operation, index }) =>
      operation === 'writePages' && left > 0 && index % 2 === 0 && left-- > 0 ? { kind: 'late', calls: 3 } : undefined;
    await Promise.all(Array.from({ length: 16 }, (_, page) => writePage(all, page, page + 1)));
    all.service.late.deliver();
    assert.deepEqual(
      firstBytes(all.service),
      Array.from({ length: 16 }, (_, page) => page + 1),
    );
    const raised = all.service.calls.filter(({ operation }) => operation === 'raiseEpoch').map(({ args }) => args.other!['epoch']);
    assert.ok(raised.length > 0 && raised.length <= 10);
    assert.deepEqual(
      raised,
      raised.map((_, i) => i + 2),
    );
  });

  it('a write that one’s own higher epoch overtook is sent again under it', async () => {
    const all = await guarded();
    const plan: Fault[] = [{ kind: 'dropped' }, { kind: 'delay', ms: 5 * SECOND }];
    all.service.interceptor = ({ operation }) => (operation === 'writePages' ? plan.shift() : undefined);
    await Promise.all([writePage(all, 0, 1), writePage(all, 1, 2)]);
    assert.deepEqual(firstBytes(all.service).slice(0, 2), [1, 2]);
    const refused = all.service.calls.filter(({ outcome }) => outcome === 'epochMoved');
    assert.deepEqual(
      refused.map(({ args }) => args.range!.start),
      [PAGE],
    );
  });

  it('raising it is repeated as long as its effect is unknown', async () => {
    const all = await guarded();
    const drop = firstCalls('writePages', { kind: 'dropped' });
    const lose = firstCalls('raiseEpoch', { kind: 'lostAnswer' }, 2);
    all.service.interceptor = (call) => drop(call) ?? lose(call);
    await writePage(all, 0, 1);
    assert.deepEqual(operations(all), ['writePages', 'raiseEpoch', 'raiseEpoch', 'raiseEpoch', 'writePages']);
  });

  it('somebody else’s epoch means that another run has the blob: busy', async () => {
    const all = await guarded();
    await all.blob.raiseEpoch(17, { fence: { leaseId: all.guard.leaseId } });
    await fails(writePage(all, 0, 1), 'busy');
    assert.equal(firstBytes(all.service)[0], 0);
  });
});

describe('WriteGuard.takeOver', () => {
  /** A run that died right after its last write, and the minute in which its lease ran out. */
  async function dead(rest = 61 * SECOND) {
    const all = await guarded();
    await writePage(all, 0, 1);
    all.client.crash();
    all.world.jump(rest);
    const blob = all.service.client('next').pageBlob(DISK);
    return { ...all, blob, takeOver: () => WriteGuard.takeOver(blob, all.guard.leaseId, all.world, all.tools.retrier) };
  }

  it('takes over a lease that ran out when nobody touched the blob, under a new id and epoch', async () => {
    const { takeOver, guard: old, service, blob } = await dead();
    const guard = (await takeOver())!;
    assert.notEqual(guard.leaseId, old.leaseId);
    await writePage({ guard, blob }, 1, 2);
    assert.deepEqual(service.calls.at(-1)!.args.fence, { leaseId: guard.leaseId, epoch: 2 });
  });

  it('takes over a lease that still runs, and shuts its old holder out', async () => {
    const { takeOver, guard: old, service } = await dead(10 * SECOND);
    assert.ok(await takeOver());
    const oldBlob = service.client('the old one, not dead at all').pageBlob(DISK);
    await fails(oldBlob.writePages(0, filled(9), { fence: { leaseId: old.leaseId } }), 'leaseLost');
  });

  for (const [what, touch] of Object.entries<(all: Awaited<ReturnType<typeof dead>>) => void>({
    'written to': ({ service }) => service.foreign.write(DISK, 0, filled(5)),
    'given other metadata': ({ service }) => service.foreign.setMetadata(DISK, { owner: 'me' }),
    'leased and released': ({ service }) => {
      service.foreign.acquireLease(DISK, 'somebody', 60);
      service.foreign.breakLease(DISK);
    },
    leased: ({ service }) => service.foreign.acquireLease(DISK, 'somebody', 60),
    'replaced as a whole': ({ service }) => service.foreign.putBlobOver(DISK, 8 * PAGE),
  })) {
    it(`proves nothing when the blob was ${what} since`, async () => {
      const all = await dead();
      touch(all);
      assert.equal(await all.takeOver(), undefined);
    });
  }

  for (const [what, fault] of Object.entries({
    'a lost request for the lease arrives': { kind: 'late', calls: 1_000 },
    'a request for the lease that was answered arrives once more': { kind: 'echo', calls: 1_000 },
  } as const)) {
    it(`proves nothing when ${what} after others have written`, async () => {
      const { service, client, blob, world, tools } = stage();
      service.interceptor = firstCalls('acquireLease', fault);
      const guard = await WriteGuard.take(blob, world, tools.retrier);
      await writePage({ guard, blob }, 0, 1);
      client.crash();
      world.jump(61 * SECOND);
      service.foreign.write(DISK, 0, filled(5));
      service.late.deliver();
      const next = service.client('next').pageBlob(DISK);
      assert.equal((await next.image().properties()).lease, 'leased', 'the request has arrived');
      assert.equal(await WriteGuard.takeOver(next, guard.leaseId, world, tools.retrier), undefined);
    });
  }

  for (const operation of ['renewLease', 'changeLease', 'raiseEpoch'] as const) {
    it(`an answer to ${operation} that was lost does no harm`, async () => {
      const all = await dead();
      all.service.interceptor = firstCalls(operation, { kind: 'lostAnswer' });
      const guard = await all.takeOver();
      await writePage({ guard: guard!, blob: all.blob }, 2, 3);
      assert.equal(firstBytes(all.service)[2], 3);
    });
  }
});
