import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunEvent } from '../../../../src/engine/events.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import {
  bytesOf,
  callsDuring,
  CHANGED,
  changeDisk,
  chainWithOnePoint,
  isPageWrite,
  liveSnapshots,
  newestEqualsDisk,
} from '../../../support/chain/chainViews.ts';
import { BACKUP, MemoryChain, SOURCE } from '../../../support/chain/memoryChain.ts';

/** Everything that `changeDisk` touches is listed as changed unless `resizeTracked` is on, which adds the empty grown pages. */
const untracked = { switches: { resizeTracked: false } };

describe('the kinds of a recovery point', () => {
  it('the first is full: every page the disk holds, nothing else', async () => {
    const chain = new MemoryChain({ pages: 16 });
    chain.write(0, 1, 4);
    chain.write(8, 2, 2);
    chain.clear(9);
    const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay' }));
    assert.deepEqual([result.kind, result.number, result.written, result.cleared, result.transferred], ['full', 1, 5 * PAGE, 0, 5 * PAGE]);
    assert.equal(result.reason, 'This is the first recovery point of the chain.');
    assert.equal(bytesOf(calls, ['writePages']), 5 * PAGE);
    assert.deepEqual(await chain.faults(), []);
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('its entry names exactly what was proven, and no secret', async () => {
    const chain = new MemoryChain({ pages: 16 });
    chain.write(0, 1, 4);
    const result = await chain.backup({ transfer: 'relay' });
    const [entry] = await chain.entries();
    assert.deepEqual(
      { ...entry, chain: typeof entry!.chain, run: typeof entry!.run, startedOn: '', committedOn: '' },
      {
        format: 1,
        number: 1,
        kind: 'full',
        parent: null,
        chain: 'string',
        run: 'string',
        backup: { url: BACKUP, snapshot: result.recoveryPoint },
        source: {
          url: SOURCE,
          snapshot: result.sourceSnapshot,
          createdOn: new Date(chain.service.oracle.contentOf({ url: SOURCE }).createdOn).toUTCString(),
          length: 16 * PAGE,
        },
        written: 4 * PAGE,
        cleared: 0,
        transferred: 4 * PAGE,
        transfer: 'relay',
        startedOn: '',
        committedOn: '',
        proof: { level: 'changed', changed: 4 * PAGE, changedCompared: 4 * PAGE, rest: 0, restCompared: 0 },
      },
    );
    assert.match(entry!.startedOn, /^2026-01-01T00:00:0/);
    assert.deepEqual(entry!.proof, result.proof);
  });

  it('the next ones are incremental and of the same chain', async () => {
    const chain = await chainWithOnePoint(untracked);
    changeDisk(chain);
    const result = await chain.backup({ transfer: 'relay' });
    assert.deepEqual([result.kind, result.number, result.reason], ['incremental', 2, 'Changes since recovery point 1.']);
    assert.deepEqual([result.written, result.cleared, result.transferred], [CHANGED.written, CHANGED.cleared + 3 * PAGE, CHANGED.written]);
    const [first, second] = await chain.entries();
    assert.deepEqual([second!.parent, second!.chain], [1, first!.chain]);
    assert.deepEqual(await chain.faults(), []);
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('a full one when it is asked for, also over a backup that holds other pages', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const result = await chain.backup({ full: true, transfer: 'relay' });
    assert.deepEqual([result.kind, result.reason, result.written], ['full', 'A full copy was asked for.', 9 * PAGE]);
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('unchanged: no new point, no backup snapshot, nothing moved; the run’s own source snapshot goes, the anchor stays', async () => {
    const chain = await chainWithOnePoint();
    const before = await chain.entries();
    const anchor = before[0]!.source.snapshot;
    const { result, calls } = await callsDuring(chain, () => chain.backup());
    assert.deepEqual([result.kind, result.number, result.written, result.transferred], ['unchanged', 1, 0, 0]);
    assert.deepEqual([result.recoveryPoint, result.sourceSnapshot], [before[0]!.backup.snapshot, anchor]);
    assert.equal(result.reason, 'Nothing changed since recovery point 1. No new point was made.');
    assert.deepEqual(await chain.entries(), before);
    assert.deepEqual(calls.filter(isPageWrite), []);
    assert.deepEqual(
      liveSnapshots(chain, SOURCE).map(({ id }) => id),
      [anchor],
    );
    assert.equal(liveSnapshots(chain, BACKUP).length, 1);
    assert.equal((await chain.service.pageBlob(BACKUP).image().properties()).lease, 'available');
  });

  it('dirt in the backup alone is a reason for a new point: the disk is put back as it is', async () => {
    const chain = await chainWithOnePoint();
    chain.service.foreign.write(BACKUP, 14 * PAGE, new Uint8Array(PAGE).fill(9));
    chain.service.foreign.write(BACKUP, 0, new Uint8Array(PAGE).fill(9));
    const result = await chain.backup({ transfer: 'relay' });
    assert.deepEqual([result.kind, result.written, result.cleared], ['incremental', PAGE, PAGE]);
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('an empty disk of no pages has recovery points too', async () => {
    const chain = new MemoryChain({ pages: 0 });
    assert.equal((await chain.backup()).kind, 'full');
    assert.equal((await chain.backup()).kind, 'unchanged');
    assert.deepEqual(await chain.faults(), []);
  });
});

describe('traffic of an incremental is minimal', () => {
  for (const transfer of ['relay', 'server'] as const) {
    it(`${transfer}: bytes moved = bytes in "written", in as few writes as ranges allow`, async () => {
      const chain = await chainWithOnePoint(untracked);
      changeDisk(chain);
      const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer, proof: 'ranges' }));
      assert.equal(result.written, CHANGED.written);
      assert.equal(bytesOf(calls, ['read']), transfer === 'relay' ? CHANGED.written : 0, 'read');
      assert.equal(bytesOf(calls, ['writePages']), transfer === 'relay' ? CHANGED.written : 0);
      assert.equal(bytesOf(calls, ['writePagesFrom']), transfer === 'server' ? CHANGED.written : 0);
      // Pages 1, 4 to 5, 12 and 18 are four ranges; 8 is cleared, and so are the empty pages that grew: 16 to 17 and 19.
      assert.equal(calls.filter(({ operation }) => operation === 'writePages' || operation === 'writePagesFrom').length, 4);
      assert.equal(calls.filter(({ operation }) => operation === 'clearPages').length, 3);
      assert.deepEqual(await chain.faults(), []);
    });
  }

  it('what the proof reads is what it says it compared, from each side', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'server', proof: 'changed' }));
    const { changedCompared, restCompared } = result.proof;
    assert.equal(changedCompared, CHANGED.written);
    assert.equal(restCompared, 0);
    // Across the small gaps between the changed pages, from each side at once.
    for (const url of [SOURCE, BACKUP]) {
      assert.equal(calls.filter((call) => call.operation === 'read' && call.url === url).length, 1);
      assert.ok(bytesOf(calls, ['read'], url) >= changedCompared);
    }
  });

  it('a larger range goes in pieces of 4 MiB, and not one more', async () => {
    const pages = 30_000;
    const chain = new MemoryChain({ pages });
    chain.write(0, 1);
    await chain.backup({ transfer: 'server' });
    chain.write(5, 2, 20_000);
    const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'server', proof: 'ranges' }));
    assert.equal(result.written, 20_000 * PAGE);
    assert.equal(calls.filter(isPageWrite).length, Math.ceil((20_000 * PAGE) / (4 * 1024 * 1024)));
  });

  it('the proof levels: "changed" by default when relayed, "sample" when the service copies', async () => {
    const chain = await chainWithOnePoint();
    for (const [transfer, level] of [
      ['relay', 'changed'],
      ['server', 'sample'],
      ['auto', 'sample'],
    ] as const) {
      chain.write(1, 10);
      assert.equal((await chain.backup({ transfer })).proof.level, level);
    }
    chain.service.switches.copyFromUrl = 'unsupported';
    chain.write(1, 11);
    assert.equal((await chain.backup({ transfer: 'auto' })).proof.level, 'changed');
  });
});

describe('resizes', () => {
  for (const resizeTracked of [true, false]) {
    const cases: Readonly<Record<string, (chain: MemoryChain) => void>> = {
      shrunk: ({ service }) => service.foreign.resize(SOURCE, 6 * PAGE, 'holder'),
      grown: ({ service }) => service.foreign.resize(SOURCE, 24 * PAGE, 'holder'),
      'shrunk and grown again': ({ service }) => {
        service.foreign.resize(SOURCE, 2 * PAGE, 'holder');
        service.foreign.resize(SOURCE, 16 * PAGE, 'holder');
      },
      'shrunk, grown again, and written in between': (chain) => {
        chain.service.foreign.resize(SOURCE, 2 * PAGE, 'holder');
        chain.service.foreign.resize(SOURCE, 16 * PAGE, 'holder');
        chain.write(9, 7);
      },
    };
    for (const [what, change] of Object.entries(cases)) {
      it(`the source ${what}, resizes ${resizeTracked ? '' : 'not '}told in differences: the point has its length and its pages`, async () => {
        const chain = await chainWithOnePoint({ switches: { resizeTracked } });
        change(chain);
        const result = await chain.backup({ transfer: 'relay', proof: 'ranges' });
        assert.equal(result.kind, 'incremental');
        assert.equal(await newestEqualsDisk(chain), undefined);
        assert.deepEqual(await chain.faults(), []);
      });
    }
  }

  for (const resizeTracked of [true, false]) {
    it(`the backup blob shrunk by somebody, resizes ${resizeTracked ? '' : 'not '}told in differences: what it lost is written in the first go`, async () => {
      const chain = await chainWithOnePoint({ switches: { resizeTracked } });
      chain.service.foreign.resize(BACKUP, 2 * PAGE);
      chain.write(3, 7);
      const warnings: string[] = [];
      const listen = (event: RunEvent) => void (event.type === 'warning' && warnings.push(event.code));
      const result = await chain.backup({ transfer: 'relay' }, {}, listen);
      assert.deepEqual([result.written, result.transferred, warnings], [4 * PAGE, 4 * PAGE, []]);
      assert.equal(await newestEqualsDisk(chain), undefined);
    });
  }

  it('the backup blob shrunk and nothing changed: it is put right by the next change, and the newest point stays right', async () => {
    const chain = await chainWithOnePoint({ switches: { resizeTracked: false } });
    chain.service.foreign.resize(BACKUP, 2 * PAGE);
    const { kind } = await chain.backup({ transfer: 'relay' });
    assert.equal(kind, 'incremental');
    assert.equal(await newestEqualsDisk(chain), undefined);
  });
});
