import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Catalogue } from '../../../../src/engine/chain/catalogue.ts';
import type { RunEvent } from '../../../../src/engine/events.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { toolsFor } from '../../../../src/engine/tools.ts';
import {
  bytesOf,
  callsDuring,
  changeDisk,
  chainWithOnePoint,
  isPageWrite,
  newestEqualsDisk,
  trespasses,
} from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../../../support/chain/memoryChain.ts';

const page = (value: number) => new Uint8Array(PAGE).fill(value);

/** Why the differences of the service cannot be used, and the words that say so. */
const REASONS: Readonly<Record<string, { readonly happens: (chain: MemoryChain) => void | Promise<void>; readonly says: RegExp }>> = {
  'the endpoint ignores prevsnapshot, as Azurite does': {
    happens: ({ service }) => void (service.switches.difference = 'ignored'),
    says: /ignores differences between snapshots/,
  },
  'the endpoint gives no differences': {
    happens: ({ service }) => void (service.switches.difference = 'refused'),
    says: /could not list the changes/,
  },
  'the anchor snapshot was deleted': {
    happens: async (chain) => chain.service.foreign.deleteSnapshot(SOURCE, (await chain.entries()).at(-1)!.source.snapshot),
    says: /anchor snapshot .* is gone/,
  },
  'the source was replaced as a whole (BlobOverwritten)': {
    happens: ({ service }) => {
      service.foreign.putBlobOver(SOURCE, 16 * PAGE, {}, 'holder');
      service.foreign.write(SOURCE, 3 * PAGE, page(33), 'holder');
    },
    says: /recreated since the previous snapshot/,
  },
  'the source was deleted and created again': {
    happens: ({ service }) => {
      service.foreign.recreate(SOURCE, 12 * PAGE);
      service.foreign.write(SOURCE, 3 * PAGE, page(33), 'holder');
    },
    says: /anchor snapshot .* is gone/,
  },
  'an older snapshot of the source was promoted': {
    happens: async (chain) =>
      chain.service.foreign.copyBlobOver(SOURCE, { url: SOURCE, snapshot: (await chain.entries())[0]!.source.snapshot }, 'holder'),
    says: /recreated since the previous snapshot/,
  },
  'the backup blob was replaced as a whole': {
    happens: ({ service }) => service.foreign.putBlobOver(BACKUP, 16 * PAGE),
    says: /recreated since the previous snapshot/,
  },
  'an older recovery point was promoted over the backup blob': {
    happens: async (chain) =>
      chain.service.foreign.copyBlobOver(BACKUP, { url: BACKUP, snapshot: (await chain.entries())[0]!.backup.snapshot }),
    says: /recreated since the previous snapshot/,
  },
  'the newest recovery point’s snapshot was deleted': {
    happens: async (chain) => chain.service.foreign.deleteSnapshot(BACKUP, (await chain.entries()).at(-1)!.backup.snapshot),
    says: /previous snapshot is not found/,
  },
  'a later verification found the newest point wrong': {
    happens: async (chain) => {
      const { retrier } = toolsFor({ world: chain.world });
      await new Catalogue(chain.service.recordStore(CATALOGUE), retrier).addProof(1, false, 'verify-1', {});
    },
    says: /found wrong by a later verification/,
  },
};

describe('law 6: without a trustworthy difference the whole disk is compared', () => {
  for (const [what, { happens, says }] of Object.entries(REASONS)) {
    for (const transfer of ['relay', 'server'] as const) {
      it(`${what} (${transfer}): rebase, in plain words, right to the last cleared page`, async () => {
        const chain = await chainWithOnePoint();
        changeDisk(chain);
        await happens(chain);
        const result = await chain.backup({ transfer, proof: 'ranges' });
        assert.equal(result.kind, 'rebase');
        assert.match(result.reason, says);
        assert.equal(await newestEqualsDisk(chain), undefined);
        assert.deepEqual(trespasses(chain), []);
        // What is left of the earlier points is as it was.
        const gone = chain.service.oracle.snapshotsEver(BACKUP).filter(({ deletedBy }) => deletedBy?.startsWith('process'));
        assert.deepEqual(gone, []);
        assert.deepEqual(await chain.faults(), []);
      });
    }
  }

  it('moves only what differs, and goes on with increments when it can', async () => {
    const chain = await chainWithOnePoint();
    chain.write(1, 7);
    chain.clear(9);
    chain.write(3, 1);
    chain.service.foreign.deleteSnapshot(SOURCE, (await chain.entries())[0]!.source.snapshot);
    const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'server' }));
    assert.deepEqual([result.kind, result.written, result.cleared], ['rebase', PAGE, PAGE]);
    assert.equal(bytesOf(calls, ['writePagesFrom']), PAGE);
    chain.write(2, 8);
    const next = await chain.backup({ transfer: 'server' });
    assert.deepEqual([next.kind, next.written], ['incremental', PAGE]);
    assert.deepEqual(await chain.faults(), []);
  });

  it('compares with the backup blob as it is, never with the last point: foreign writes and reverted pages heal', async () => {
    const chain = await chainWithOnePoint();
    chain.service.foreign.write(BACKUP, 2 * PAGE, page(99));
    chain.service.foreign.clear(BACKUP, 0, PAGE);
    chain.service.foreign.write(BACKUP, 14 * PAGE, page(98));
    chain.service.foreign.deleteSnapshot(SOURCE, (await chain.entries())[0]!.source.snapshot);
    const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay', proof: 'ranges' }));
    assert.deepEqual([result.kind, result.written, result.cleared], ['rebase', 2 * PAGE, PAGE]);
    assert.equal(await newestEqualsDisk(chain), undefined);
    const copied = calls.findIndex(isPageWrite);
    const read = new Set(
      calls
        .slice(0, copied)
        .filter(({ operation, url }) => operation === 'read' && url === BACKUP)
        .map(({ snapshot }) => snapshot),
    );
    assert.deepEqual([...read], [undefined], 'the backup blob itself was read');
  });

  it('an endpoint that lies only on the side of the backup is found out too', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    Object.assign(chain.service.switches, { difference: 'ignored', differenceOf: [BACKUP] });
    const result = await chain.backup({ transfer: 'relay' });
    assert.equal(result.kind, 'rebase');
    assert.match(result.reason, /backup account ignores/);
    assert.equal(result.proof.level, 'full');
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('where the backup’s own word on what was touched is worth nothing, everything is read for the proof', async () => {
    const chain = await chainWithOnePoint();
    chain.service.switches.difference = 'ignored';
    chain.write(1, 5);
    const result = await chain.backup({ transfer: 'relay', proof: 'ranges' });
    assert.equal(result.proof.level, 'full');
    assert.deepEqual([result.proof.changedCompared, result.proof.restCompared], [result.proof.changed, result.proof.rest]);
    assert.equal(result.proof.changed + result.proof.rest, 6 * PAGE);
  });

  it('where only the source’s word is missing, everything touched is read at least', async () => {
    const chain = await chainWithOnePoint();
    chain.write(1, 5);
    chain.service.foreign.deleteSnapshot(SOURCE, (await chain.entries())[0]!.source.snapshot);
    assert.equal((await chain.backup({ transfer: 'server', proof: 'sample' })).proof.level, 'changed');
    chain.write(1, 6);
    chain.service.foreign.deleteSnapshot(SOURCE, (await chain.entries())[1]!.source.snapshot);
    assert.equal((await chain.backup({ transfer: 'server', proof: 'full' })).proof.level, 'full');
  });

  it('a source that was created again is also told as a warning', async () => {
    const chain = await chainWithOnePoint();
    // The service tells creation times in seconds.
    chain.world.jump(1000);
    chain.service.foreign.recreate(SOURCE, 16 * PAGE);
    const warnings: string[] = [];
    await chain.backup({}, {}, (event: RunEvent) => void (event.type === 'warning' && warnings.push(event.text)));
    assert.ok(warnings.some((text) => text.includes('created again')));
  });

  it('a difference refused only when it is asked for, in the middle of the run, is a rebase all the same', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const anchor = (await chain.entries())[0]!.source.snapshot;
    chain.service.interceptor = ({ operation, url }) => {
      if (operation === 'createSnapshot' && url === SOURCE) chain.service.foreign.deleteSnapshot(SOURCE, anchor);
      return undefined;
    };
    const warnings: string[] = [];
    const result = await chain.backup({ transfer: 'relay' }, {}, (event) => void (event.type === 'warning' && warnings.push(event.code)));
    assert.equal(result.kind, 'rebase');
    assert.deepEqual(warnings, ['rebase']);
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('a snapshot that the proof needs, gone in the middle: then everything is read', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const base = (await chain.entries())[0]!.backup.snapshot;
    chain.service.interceptor = ({ operation, url }) => {
      if (operation === 'createSnapshot' && url === BACKUP) chain.service.foreign.deleteSnapshot(BACKUP, base);
      return undefined;
    };
    await chain.backup({ transfer: 'relay' });
    assert.equal(await newestEqualsDisk(chain), undefined);
  });
});
