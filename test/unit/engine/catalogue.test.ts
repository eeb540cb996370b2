import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Catalogue } from '../../../src/engine/chain/catalogue.ts';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import { isBackupError, type ErrorCode } from '../../../src/engine/errors.ts';
import { firstCalls } from '../../support/engine/faultPlans.ts';
import { RECORDS, stage } from '../../support/engine/stage.ts';
import type { AmbiguousCode } from '../../support/memory/refusals.ts';
import { throttled } from '../../support/memory/refusals.ts';

function entry(number: number, run = 'run', snapshot = 'c'): CatalogueEntry {
  return {
    format: 1,
    number,
    kind: 'full',
    parent: number > 1 ? number - 1 : null,
    chain: 'chain',
    run,
    backup: { url: 'https://backups.example/b/disk', snapshot },
    source: { url: 'https://disks.example/vhds/disk', snapshot: 's', createdOn: null, length: 512 },
    written: 0,
    cleared: 0,
    transferred: 0,
    transfer: 'relay',
    startedOn: '2026-01-01T00:00:00.000Z',
    committedOn: '2026-01-01T00:00:00.000Z',
    proof: { level: 'changed', changed: 0, changedCompared: 0, rest: 0, restCompared: 0 },
  };
}

function catalogue() {
  const all = stage();
  const make = (client = all.client) => new Catalogue(client.recordStore(RECORDS), all.tools.retrier);
  return { ...all, make, chain: make(), store: all.service.recordStore(RECORDS) };
}

const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));

/** What an index tells where nobody pruned or held a point. */
const NO_NOTES = { pruned: new Map(), held: new Map(), unchangedOn: undefined, verifiedOn: {}, verifications: 0, verifying: [] };

describe('Catalogue', () => {
  it('an entry is one small record that people can read, under a name that sorts', async () => {
    const { chain, store } = catalogue();
    await chain.commit(entry(17));
    assert.deepEqual(await store.list(), ['000017.json']);
    const text = (await store.read('000017.json'))!;
    assert.ok(text.includes('\n  "number": 17') && text.endsWith('}\n'));
    assert.deepEqual(await chain.entry(17), entry(17));
  });

  it('lists numbers by value, also beyond six digits, and knows records that are not entries', async () => {
    const { chain, store } = catalogue();
    for (const name of [
      '1000000.json',
      '000002.json',
      '999999.json',
      'notes.txt',
      '0000003.json',
      '99999999999999999999.json',
      '12.json',
      '000002.json.bak',
      '000002.proof-passed-x.json',
    ])
      await store.create(name, '');
    await store.create('000003.proof-failed-0f.json', '');
    const passed = new Map([[2, ['000002.proof-passed-x.json']]]);
    assert.deepEqual(await chain.index(), {
      isBegun: true,
      numbers: [2, 999_999, 1_000_000],
      failed: new Set([3]),
      passed,
      ...NO_NOTES,
      verifications: 2,
    });
  });

  it('gives all entries oldest first, and none of an absent chain', async () => {
    const { chain } = catalogue();
    assert.deepEqual(await chain.entries(), []);
    for (const number of [3, 1, 2]) await chain.commit(entry(number, `run ${number}`));
    assert.deepEqual(
      (await chain.entries()).map(({ number }) => number),
      [1, 2, 3],
    );
    await fails(chain.entry(9), 'snapshotNotFound');
  });

  it('the second of two runs is refused as superseded, and the first entry stays as it is', async () => {
    const { chain, make, service } = catalogue();
    await chain.commit(entry(1, 'first'));
    await fails(make(service.client('other')).commit(entry(1, 'second')), 'superseded');
    assert.equal((await chain.entry(1)).run, 'first');
  });

  it('two runs at the same moment: one commits', async () => {
    const { make, service, chain } = catalogue();
    service.switches.latency = { min: 1, max: 20 };
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((run) => make(service.client(run)).commit(entry(1, run))));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal((await chain.entries()).length, 1);
  });

  for (const code of ['network', 'timedOut', 'serviceFailed'] as AmbiguousCode[]) {
    it(`an answer that was lost (${code}) is looked up and not sent again`, async () => {
      const { chain, service } = catalogue();
      service.interceptor = firstCalls('recordCreate', { kind: 'lostAnswer', code });
      await chain.commit(entry(1));
      assert.deepEqual(
        service.calls.map(({ operation }) => operation),
        ['recordCreate', 'recordRead'],
      );
    });
  }

  it('a request that never arrived is sent again', async () => {
    const { chain, service } = catalogue();
    service.interceptor = firstCalls('recordCreate', { kind: 'dropped' }, 3);
    await chain.commit(entry(1));
    assert.deepEqual(await chain.entry(1), entry(1));
  });

  it('a request that arrives after the look is recognised by its run', async () => {
    const { chain, service } = catalogue();
    // Index 0: the create that comes late; 1: the look; 2: the second create, before which the first takes effect.
    service.interceptor = firstCalls('recordCreate', { kind: 'late', calls: 2 });
    await chain.commit(entry(1));
    assert.equal((await chain.entries()).length, 1);
  });

  it('where another machine has finished the same run, its entry is the one that counts', async () => {
    const { chain, make, service } = catalogue();
    const first = entry(1, 'run', 'its snapshot');
    await make(service.client('other')).commit(first);
    assert.deepEqual(await chain.commit(entry(1, 'run', 'another snapshot')), first);
    service.interceptor = firstCalls('recordCreate', { kind: 'dropped' });
    assert.deepEqual(await chain.commit(entry(1, 'run', 'another snapshot')), first);
  });

  it('a lost answer behind which another run was first is superseded', async () => {
    const { chain, make, service } = catalogue();
    await make(service.client('other')).commit(entry(1, 'other'));
    service.interceptor = firstCalls('recordCreate', { kind: 'dropped' });
    await fails(chain.commit(entry(1, 'mine')), 'superseded');
  });

  it('a service that keeps failing ends it', async () => {
    const { chain, service } = catalogue();
    service.interceptor = firstCalls('recordCreate', { kind: 'throw', error: throttled() }, 1000);
    await fails(chain.commit(entry(1)), 'throttled');
  });

  it('a record that was damaged or is of a later version is an integrity error, and never skipped', async () => {
    const good = entry(1);
    const damaged = [
      '',
      '{"format": 1, "number"',
      'null',
      '[]',
      JSON.stringify({ ...good, format: 2 }),
      JSON.stringify({ ...good, number: '1' }),
      JSON.stringify({ ...good, source: undefined }),
      JSON.stringify({ ...good, backup: { url: good.backup.url } }),
      JSON.stringify({ ...good, source: { ...good.source, length: 0.5 } }),
      JSON.stringify({ ...good, source: { ...good.source, snapshot: null } }),
      JSON.stringify({ ...good, source: { ...good.source, createdOn: 5 } }),
      JSON.stringify({ ...good, number: 2 }),
      JSON.stringify({ ...good, kind: 'differential' }),
      JSON.stringify({ ...good, parent: '0' }),
      JSON.stringify({ ...good, transfer: undefined }),
      JSON.stringify({ ...good, startedOn: 0 }),
      JSON.stringify({ ...good, committedOn: undefined }),
      JSON.stringify({ ...good, proof: undefined }),
      JSON.stringify({ ...good, proof: { ...good.proof, level: 'most' } }),
      ...['written', 'cleared', 'transferred'].map((name) => JSON.stringify({ ...good, [name]: '512' })),
      ...['changed', 'changedCompared', 'rest', 'restCompared'].map((name) =>
        JSON.stringify({ ...good, proof: { ...good.proof, [name]: null } }),
      ),
    ];
    for (const text of damaged) {
      const { chain, store } = catalogue();
      await store.create('000001.json', text);
      await fails(chain.entry(1), 'integrity');
      await fails(chain.entries(), 'integrity');
      const { entries, unreadable } = await chain.readable();
      assert.deepEqual([entries, unreadable.map(({ number }) => number)], [[], [1]], text);
      await fails(chain.commit(entry(1, 'other')), 'integrity');
    }
  });

  it('is begun once there is any record in it', async () => {
    const { chain } = catalogue();
    assert.equal((await chain.index()).isBegun, false);
    await chain.begin({ chain: 'chain', source: 's', backup: 'b', startedOn: '2026-01-01T00:00:00.000Z' });
    assert.deepEqual(await chain.index(), { isBegun: true, numbers: [], failed: new Set(), passed: new Map(), ...NO_NOTES });
  });

  it('of a later proof that is damaged nothing is told', async () => {
    const { chain, store } = catalogue();
    const proof = entry(1).proof;
    const on = '2026-11-21T14:00:00.000Z';
    const records = [{ proof, verifiedOn: on, run: 'v' }, { proof, verifiedOn: 1 }, { proof: { ...proof, restCompared: undefined } }, null];
    for (const [i, record] of records.entries()) await store.create(`r${i}`, JSON.stringify(record));
    assert.deepEqual(await Promise.all(records.map((_, i) => chain.laterProof(`r${i}`))), [
      { proof, by: 'verify', on, run: 'v' },
      { proof, by: 'verify', on: undefined, run: undefined },
      undefined,
      undefined,
    ]);
  });

  it('what a verification found is added once under its own name', async () => {
    const { chain, store, service } = catalogue();
    await chain.commit(entry(4));
    service.interceptor = firstCalls('recordCreate', { kind: 'lostAnswer' });
    await chain.addProof(4, false, 'v1', { fault: 'one page' });
    await chain.addProof(4, true, 'v2', {});
    assert.deepEqual(await store.list(), ['000004.json', '000004.proof-failed-v1.json', '000004.proof-passed-v2.json']);
    const passed = new Map([[4, ['000004.proof-passed-v2.json']]]);
    assert.deepEqual(await chain.index(), { isBegun: true, numbers: [4], failed: new Set([4]), passed, ...NO_NOTES, verifications: 2 });
  });
});
