import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Catalogue } from '../../../src/engine/chain/catalogue.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import type { LifecycleRule } from '../../../src/engine/surroundings.ts';
import { toolsFor } from '../../../src/engine/tools.ts';
import { begun, check, codes, PLAIN_RULES, WELL } from '../../support/chain/checking.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../../support/chain/memoryChain.ts';

const MINUTE = 60_000;
const DISKS = 'https://disks.example';
const BACKUPS = 'https://backups.example';

function stateOf({ service }: MemoryChain): string {
  const states: unknown[] = [];
  for (const url of [SOURCE, BACKUP]) {
    for (const blob of service.ledger.containerOf(url).values())
      states.push(blob.kind === 'page' ? [blob.etag, Array.from(blob.snapshots.keys())] : blob.text);
  }
  return JSON.stringify(states);
}

describe('checking a chain', () => {
  it('changes nothing, whoever holds the blobs', async () => {
    const chain = await begun();
    for (const url of [undefined, BACKUP, SOURCE]) {
      if (url) await chain.service.pageBlob(url).acquireLease('00000000-0000-4000-8000-000000000001', -1);
      const state = stateOf(chain);
      await check(chain);
      const after = stateOf(chain);
      assert.equal(after, state, url);
    }
  });

  it('that is well finds what it needs', async () => {
    assert.deepEqual(codes(await check(await begun())), WELL);
  });

  it('says what to do about wrong points: a backup, and once the newest one is right nothing but to leave them alone', async () => {
    const chain = await begun();
    const { retrier } = toolsFor({ world: chain.world });
    await new Catalogue(chain.service.recordStore(CATALOGUE), retrier).addProof(1, false, 'v', {});
    const found = async () => (await check(chain)).findings.find(({ code }) => code === 'pointsFailed');
    assert.deepEqual([(await found())!.level, (await found())!.remedy!.startsWith('Run the backup')], ['risk', true]);
    await chain.backup();
    const mended = (await found())!;
    assert.deepEqual([mended.level, mended.text], ['note', 'A verification found 1 of 2 recovery points wrong.']);
    assert.match(mended.remedy!, /Restore none of the wrong ones.*"prune" deletes them\.$/);
  });

  it('tells what accounts and containers are like', async () => {
    const chain = await begun();
    const { facts, world } = chain.service;
    const found = async (url: string, fact: Parameters<typeof facts.set>[1]): Promise<string[]> => {
      facts.set(url, fact);
      const result = codes(await check(chain));
      facts.delete(url);
      return result.filter((code) => !WELL.includes(code));
    };
    assert.deepEqual(await found(`${BACKUPS}/backups`, { hasImmutabilityPolicy: true }), ['stops immutabilityPolicy']);
    assert.deepEqual(await found(`${BACKUPS}/backups`, { hasLegalHold: true }), ['stops legalHold']);
    assert.deepEqual(await found(`${DISKS}/vhds`, { isPublic: true, hasLegalHold: true }), ['risk publicContainer']);
    assert.deepEqual(await found(BACKUPS, { isPremium: true }), ['stops premiumCatalogue', 'note premium']);
    assert.deepEqual(await found(DISKS, { isPremium: true, isHierarchical: true }), ['stops hierarchical', 'note premium']);
    assert.deepEqual(await found(DISKS, { softDeleteDays: 7 }), ['note sourceSoftDelete']);
    assert.deepEqual(await found(DISKS, { signInEnds: world.now() + 6 * 24 * 60 * MINUTE }), ['risk sasEnds']);
    assert.deepEqual(await found(DISKS, { signInEnds: world.now() + 8 * 24 * 60 * MINUTE }), []);
    for (const kind of ['BlobStorage', 'BlockBlobStorage', 'FileStorage'])
      assert.deepEqual(await found(BACKUPS, { kind }), ['stops kindOfAccount'], kind);
    assert.deepEqual(await found(BACKUPS, { serviceTime: world.now() + 5 * MINUTE }), ['risk clockSkew']);
    assert.deepEqual(await found(BACKUPS, { serviceTime: world.now() - 20 * MINUTE }), ['stops clockSkew']);
    assert.deepEqual(await found(BACKUPS, { softDeleteDays: 1 }), []);
  });

  it('tells what lifecycle rules do to the catalogue, and only those that reach it', async () => {
    const chain = await begun();
    const rule: LifecycleRule = { name: 'r', blobTypes: ['blockBlob'], prefixes: [], tagged: false, deletes: true, archives: false };
    const found = async (lifecycle: readonly LifecycleRule[]): Promise<string[]> =>
      codes(await check(chain, { rules: { backup: { ...PLAIN_RULES, lifecycle } } })).filter((code) => !WELL.includes(code));
    for (const prefixes of [[], ['backups'], ['backups/'], ['backups/disk'], ['backups/disk.vhd.chain/0000'], ['x', 'backups/d']])
      assert.deepEqual(await found([{ ...rule, prefixes }]), ['risk lifecycleRule'], prefixes.join());
    for (const prefixes of [['vhds'], ['backups/other'], ['backups/disk.vhd.chains'], ['disk']])
      assert.deepEqual(await found([{ ...rule, prefixes }]), [], prefixes.join());
    assert.deepEqual(await found([{ ...rule, deletes: false, archives: true }]), ['risk lifecycleRule']);
    assert.deepEqual(await found([{ ...rule, deletes: false }]), []);
    assert.deepEqual(await found([{ ...rule, blobTypes: ['appendBlob'] }]), []);
    assert.deepEqual(await found([{ ...rule, tagged: true }]), [], 'records have no tags');
  });

  it('says what it could not see, and that Azure Resource Manager was not asked', async () => {
    const chain = await begun();
    const clear = (await check(chain)).unseen;
    assert.deepEqual(
      clear.map(({ place }) => place),
      ['source', 'backup'],
    );
    chain.service.interceptor = ({ operation }) =>
      operation.endsWith('Facts') ? { kind: 'throw', error: new BackupError('accessDenied', 'No access.') } : undefined;
    const { unseen, findings } = await check(chain);
    assert.equal(unseen.length, 8);
    assert.ok(!findings.some(({ code }) => code === 'noSoftDelete'), 'nothing is said of what was not seen');
  });

  it('fails where the service fails, rather than find nothing', async () => {
    const chain = await begun();
    for (const operation of ['accountFacts', 'snapshots', 'createSnapshot', 'recordList'] as const) {
      chain.service.interceptor = (call) =>
        call.operation === operation ? { kind: 'throw', error: new BackupError('serviceFailed', 'It failed.') } : undefined;
      await assert.rejects(check(chain), /It failed/, operation);
    }
  });

  it('counts snapshots before a premium blob is full', async () => {
    const chain = await begun();
    for (let i = 0; i < 89; i++) await chain.service.pageBlob(SOURCE).createSnapshot({});
    assert.ok(!codes(await check(chain)).includes('risk manySnapshots'));
    chain.service.facts.set(DISKS, { isPremium: true });
    assert.ok(codes(await check(chain)).includes('risk manySnapshots'));
  });
});
