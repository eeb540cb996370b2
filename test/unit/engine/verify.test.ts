import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import { Catalogue } from '../../../src/engine/chain/catalogue.ts';
import { toolsFor } from '../../../src/engine/tools.ts';
import {
  NOTHING_VERIFIED,
  totalsWith,
  verifyChains,
  type ChainToVerify,
  type ChainVerdict,
} from '../../../src/engine/jobs/verify/verifyChains.ts';
import type { VerifyRequest } from '../../../src/engine/jobs/verify/verify.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { PROOF_LEVELS } from '../../../src/engine/proof/proof.ts';
import { bytesOf, callsDuring, liveSnapshots, newestEqualsDisk } from '../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from '../../support/chain/memoryChain.ts';
import { rot, verify, verifyScene } from '../../support/chain/verifyScene.ts';
import { firstCalls } from '../../support/engine/faultPlans.ts';

const verdicts = async (chain: MemoryChain, options: Partial<VerifyRequest> = {}) =>
  (await verify(chain, options)).verdicts.map(({ number, verdict }) => `${number} ${verdict}`);
const records = ({ service }: MemoryChain) => service.recordStore(CATALOGUE).list();

describe('verify', () => {
  it('passes what is right, newest first, and records it', async () => {
    const chain = await verifyScene();
    const before = await chain.entries();
    const { calls, result } = await callsDuring(chain, () => verify(chain));
    assert.deepEqual(
      result.verdicts.map(({ number, verdict }) => [number, verdict]),
      [
        [3, 'passed'],
        [2, 'passed'],
        [1, 'passed'],
      ],
    );
    assert.equal(result.failed, 0);
    assert.equal(
      (await records(chain)).filter((name) => /^00000[123]\.proof-passed-\d{8}T\d{9}Z-changed-[-0-9a-f]+\.json$/.test(name)).length,
      3,
    );
    assert.deepEqual(await chain.entries(), before);
    assert.deepEqual(
      [...new Set(calls.filter(({ writes }) => writes).map(({ operation }) => operation))],
      ['recordCreate'],
      'changes no blob',
    );
  });

  it('reads every page a point holds unless told otherwise', async () => {
    const chain = await verifyScene();
    const { result, calls } = await callsDuring(chain, () => verify(chain, { number: 3 }));
    assert.ok(bytesOf(calls, ['read'], BACKUP) >= 9 * PAGE);
    assert.equal(calls.filter(({ operation, url }) => operation === 'read' && url === BACKUP).length, 1, 'across small gaps at once');
    const { changedCompared, restCompared } = result.verdicts[0]!.proof!;
    assert.equal(changedCompared + restCompared, 9 * PAGE);
  });

  for (const [what, page, bytes] of [
    ['a page whose bytes have changed', 2, new Uint8Array(PAGE).fill(199)],
    ['a page that is gone', 0, undefined],
    ['a page that was not there', 15, new Uint8Array(PAGE)],
  ] as const) {
    it(`finds ${what} in one recovery point, names it, and records it`, async () => {
      const chain = await verifyScene();
      await rot(chain, 2, page, bytes);
      const { verdicts, failed, newestFailed } = await verify(chain);
      assert.deepEqual(
        verdicts.map(({ number, verdict }) => `${number} ${verdict}`),
        ['3 passed', '2 failed', '1 passed'],
      );
      assert.equal(failed, 1);
      assert.equal(newestFailed, undefined);
      assert.equal(verdicts[1]!.differing, PAGE);
      assert.match(verdicts[1]!.fault!, /^512 bytes differ/);
      assert.ok((await records(chain)).some((name) => name.startsWith('000002.proof-failed-')));
    });
  }

  it('every level finds pages that are missing or too much', async () => {
    for (const proof of PROOF_LEVELS) {
      const chain = await verifyScene();
      await rot(chain, 3, 0, undefined);
      assert.deepEqual(await verdicts(chain, { proof, number: 3 }), ['3 failed'], proof);
    }
  });

  it('a point that failed is never built upon: the next backup is a rebase with everything read, and right', async () => {
    const chain = await verifyScene();
    await rot(chain, 3, 2, new Uint8Array(PAGE).fill(199));
    await verify(chain);
    chain.write(5, 70);
    const result = await chain.backup({ transfer: 'server', proof: 'ranges' });
    assert.deepEqual([result.kind, result.proof.level], ['rebase', 'full']);
    assert.equal(await newestEqualsDisk(chain), undefined);
    chain.write(5, 71);
    assert.equal((await chain.backup()).kind, 'incremental');
    assert.deepEqual(await chain.faults(), ['point 3 differs from ' + (await chain.entries())[2]!.source.snapshot + ': the byte at 1024']);
  });

  it('one bit that flips on the way to the reader is no rot: a point fails only when it differs twice', async () => {
    const chain = await verifyScene();
    chain.service.interceptor = firstCalls('read', { kind: 'flip' });
    assert.deepEqual(await verdicts(chain, { number: 3 }), ['3 passed']);
  });

  it('a snapshot that is gone, and one of another length, fail in plain words', async () => {
    const chain = await verifyScene();
    const [first, second] = await chain.entries();
    chain.service.foreign.deleteSnapshot(BACKUP, first!.backup.snapshot);
    Object.assign(chain.service.ledger.content(BACKUP, second!.backup.snapshot), { length: 8 * PAGE });
    const { verdicts } = await verify(chain);
    assert.deepEqual(
      verdicts.map(({ verdict }) => verdict),
      ['passed', 'failed', 'failed'],
    );
    assert.match(verdicts[2]!.fault!, /gone.*can be undeleted/);
    assert.match(verdicts[1]!.fault!, /bytes long/);
    const names = await records(chain);
    assert.ok(names.some((name) => name.startsWith('000002.proof-failed-')));
    assert.ok(!names.some((name) => name.startsWith('000001.proof')), 'it may come back, and must be restorable then');
  });

  for (const code of ['accessDenied', 'sasLacksPermission', 'immutable', 'notSupported'] as const) {
    it(`gives its verdicts also where the catalogue takes no record (${code})`, async () => {
      const chain = await verifyScene();
      await rot(chain, 2, 0, undefined);
      const error = new BackupError(code, 'No.');
      chain.service.interceptor = firstCalls('recordCreate', { kind: 'throw', error }, Infinity);
      const before = await records(chain);
      const warnings: string[] = [];
      const result = await verify(chain, {}, (event) => void (event.type === 'warning' && warnings.push(event.code)));
      assert.deepEqual(
        result.verdicts.map(({ verdict }) => verdict),
        ['passed', 'failed', 'passed'],
      );
      assert.deepEqual([result.failed, result.unrecorded, warnings], [1, true, ['notRecorded']]);
      assert.deepEqual(await records(chain), before);
    });
  }

  it('ends where the catalogue fails for another reason', async () => {
    const chain = await verifyScene();
    chain.service.interceptor = firstCalls('recordCreate', { kind: 'throw', error: new BackupError('sasExpired', 'No.') }, Infinity);
    await assert.rejects(verify(chain), (error) => isBackupError(error, 'sasExpired'));
  });

  it('a point that was found wrong stays so when its source snapshot is gone, and nothing more is recorded', async () => {
    const chain = await verifyScene();
    await rot(chain, 3, 2, new Uint8Array(PAGE).fill(9));
    assert.deepEqual(await verdicts(chain), ['3 failed', '2 passed', '1 passed']);
    const records = chain.service.oracle.recordsOf(CATALOGUE).size;
    const result = await verify(chain, { source: undefined });
    assert.deepEqual(
      result.verdicts.map(({ number, verdict }) => `${number} ${verdict}`),
      ['3 failed', '2 structure', '1 structure'],
    );
    assert.deepEqual([result.failed, result.newestFailed, /earlier verification/.test(result.verdicts[0]!.fault!)], [1, true, true]);
    assert.equal(chain.service.oracle.recordsOf(CATALOGUE).size, records);
  });

  it('says "structure" and records nothing where the source snapshot is gone: nothing is called proven that was not read', async () => {
    const chain = await verifyScene();
    const [first] = await chain.entries();
    chain.service.foreign.deleteSnapshot(SOURCE, first!.source.snapshot);
    assert.deepEqual(await verdicts(chain), ['3 passed', '2 passed', '1 structure']);
    assert.ok(!(await records(chain)).some((name) => name.startsWith('000001.proof')));
    assert.deepEqual(await verdicts(chain, { source: undefined }), ['3 structure', '2 structure', '1 structure']);
  });

  it('compares with no other source than the one that was recorded', async () => {
    const chain = await verifyScene();
    const other = 'https://disks.example/vhds/other.vhd';
    chain.service.foreign.createBlob(other, 16 * PAGE);
    assert.deepEqual(await verdicts(chain, { source: chain.service.pageBlob(other) }), ['3 structure', '2 structure', '1 structure']);
  });

  it('a source that may not be read is a warning, not a failed point', async () => {
    const chain = await verifyScene();
    const warnings: string[] = [];
    const source = chain.service.pageBlob('https://disks.example/absent/disk.vhd');
    const { failed } = await verify(chain, { source }, (event) => void (event.type === 'warning' && warnings.push(event.code)));
    assert.equal(failed, 0);
    assert.ok(warnings.length <= 1);
  });

  it('looks at one point when asked, and says that there is none of that number', async () => {
    const chain = await verifyScene();
    assert.deepEqual(await verdicts(chain, { number: 2 }), ['2 passed']);
    await assert.rejects(verify(chain, { number: 9 }), (error) => isBackupError(error, 'snapshotNotFound'));
    const fresh = new MemoryChain();
    await assert.rejects(verify(fresh), (error) => isBackupError(error, 'blobNotFound'));
  });

  it('leaves the chain to go on as before', async () => {
    const chain = await verifyScene();
    await verify(chain);
    chain.write(7, 7);
    assert.equal((await chain.backup()).kind, 'incremental');
    assert.equal(liveSnapshots(chain, BACKUP).length, 4);
  });
});

describe('verify, in time', () => {
  it('samples go on where the last one ended, so that all of a disk in which nothing changes is read after 64 of them', async () => {
    const stripe = (4 * 1024 ** 2) / PAGE;
    for (const rotten of [3, 63]) {
      const chain = new MemoryChain({ pages: 64 * stripe });
      for (let i = 0; i < 64; i++) chain.write(i * stripe, i + 1);
      await chain.backup({ transfer: 'relay' });
      await rot(chain, 1, rotten * stripe, new Uint8Array(PAGE).fill(199));
      // The random share of a sample is taken away, so that what its stripes read is left.
      Object.assign(chain.world, { random: () => 0.999 });
      let times = 0;
      while ((await verify(chain, { proof: 'sample' })).failed === 0 && times < 65) times++;
      assert.equal(times, rotten);
    }
  });

  it('a snapshot of the disk that a backup deletes meanwhile says nothing about the point', async () => {
    const chain = await verifyScene();
    const [, , third] = await chain.entries();
    chain.service.interceptor = ({ operation, url }) => {
      if (operation === 'read' && url === SOURCE) chain.service.foreign.deleteSnapshot(SOURCE, third!.source.snapshot);
      return undefined;
    };
    assert.deepEqual(await verdicts(chain, { number: 3 }), ['3 structure']);
    assert.deepEqual(
      (await records(chain)).filter((name) => name.includes('proof')),
      [],
    );
  });

  it('the names of its records tell when and how much, without reading them', async () => {
    const chain = await verifyScene();
    await verify(chain, { proof: 'full', number: 2 });
    const at = chain.world.now();
    chain.world.jump(3_600_000);
    await verify(chain, { proof: 'ranges', number: 3 });
    const { verifiedOn, verifications } = await new Catalogue(chain.service.recordStore(CATALOGUE), toolsFor(chain).retrier).index();
    assert.deepEqual([Object.keys(verifiedOn).sort(), verifications], [['full', 'ranges'], 2]);
    assert.ok(Math.abs(Date.parse(verifiedOn.full!) - at) < 1000);
  });

  it('of many chains goes on past one that fails, some at once, and counts what was found', async () => {
    const [right, wrong, gone] = [await verifyScene(), await verifyScene(), new MemoryChain()];
    await rot(wrong, 2, 0, undefined);
    const of = (name: string, { service }: MemoryChain): ChainToVerify => ({
      backup: name,
      open: async () => {
        const client = service.client('verify');
        return { backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE), source: (url) => client.pageBlob(url) };
      },
    });
    let totals = NOTHING_VERIFIED;
    const seen: string[] = [];
    const onVerdict = (verdict: ChainVerdict): void => {
      totals = totalsWith(totals, verdict);
      seen.push(`${verdict.backup} ${verdict.outcome} ${verdict.error?.code}`);
    };
    const broken: ChainToVerify = { backup: 'broken', open: () => Promise.reject(new TypeError('a bug')) };
    await verifyChains([of('gone', gone), of('wrong', wrong), broken, of('right', right)], { world: right.world, parallel: 2, onVerdict });
    assert.deepEqual(seen.sort(), [
      'broken unverified unexpected',
      'gone unverified blobNotFound',
      'right passed undefined',
      'wrong failed undefined',
    ]);
    const { chains, passed, failed, unverified, points, failedPoints } = totals;
    assert.deepEqual(
      { chains, passed, failed, unverified, points, failedPoints },
      { chains: 4, passed: 1, failed: 1, unverified: 2, points: 6, failedPoints: 1 },
    );
  });

  it('says that a point differed, where the snapshot of the disk was deleted before that could be read again', async () => {
    const chain = await verifyScene();
    await rot(chain, 1, 1, new Uint8Array(PAGE).fill(199));
    const source = (await chain.entries())[0]!.source.snapshot;
    let isDeleted = false;
    const { verdicts, failed } = await verify(chain, { number: 1 }, ({ type }) => {
      if (type !== 'progress' || isDeleted) return;
      isDeleted = true;
      chain.service.foreign.deleteSnapshot(SOURCE, source);
    });
    assert.ok(isDeleted);
    assert.deepEqual([failed, verdicts[0]?.verdict], [1, 'failed']);
    assert.match(verdicts[0]!.fault!, /512 bytes differed .*, which was deleted before they could be read again/);
    const names = await chain.service.recordStore(CATALOGUE).list();
    assert.ok(!names.some((name) => name.includes('.proof-')), 'seen once it is no verdict for ever');
  });
});
