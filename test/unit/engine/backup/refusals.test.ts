import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError, type BackupError, type ErrorCode } from '../../../../src/engine/errors.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import { planBackup } from '../../../../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../../../../src/engine/jobs/backup/run.ts';
import { planCopy, runCopy } from '../../../../src/engine/jobs/copy/copy.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { callsDuring, chainWithOnePoint, newestEqualsDisk } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from '../../../support/chain/memoryChain.ts';

const OTHER = 'https://disks.example/vhds/other.vhd';

/** The backup is refused with this code, says what was not harmed and what to do, and changed nothing. */
async function refused(chain: MemoryChain, code: ErrorCode, options: Parameters<MemoryChain['backup']>[0] = {}): Promise<void> {
  const { calls } = await callsDuring(chain, () =>
    assert.rejects(chain.backup(options), (error: unknown) => {
      assert.ok(isBackupError(error, code), String(error));
      assert.ok(error.unharmed && error.hint, 'says what was not harmed and what to do');
      return true;
    }),
  );
  assert.deepEqual(
    calls.filter(({ writes }) => writes),
    [],
  );
}

function chainOn(prepare: (chain: MemoryChain) => void): MemoryChain {
  const chain = new MemoryChain({ pages: 8 });
  chain.write(0, 1, 2);
  prepare(chain);
  return chain;
}

const holdsData = chainOn.bind(undefined, ({ service }) => {
  service.foreign.createBlob(BACKUP, 8 * PAGE, { owner: 'somebody' });
  service.foreign.write(BACKUP, 5 * PAGE, new Uint8Array(PAGE).fill(9));
});

describe('what a backup refuses before it has changed anything', () => {
  it('source and backup the same blob', async () => {
    const chain = chainOn(() => undefined);
    await refused(chain, 'sameBlob', { backup: chain.service.pageBlob(SOURCE) });
  });

  it('a backup blob that belongs to the chain of another source', async () => {
    const chain = await chainWithOnePoint();
    chain.service.foreign.createBlob(OTHER, 8 * PAGE);
    await refused(chain, 'otherSource', { source: chain.service.pageBlob(OTHER) });
  });

  it('a backup blob on which the first run of another source was interrupted', async () => {
    const chain = chainOn(({ service }) => service.foreign.createBlob(OTHER, 8 * PAGE));
    const stop = new AbortController();
    chain.service.interceptor = ({ operation }) => void (operation === 'createSnapshot' && stop.abort());
    await assert.rejects(chain.backup({}, { signal: stop.signal }), (error) => isBackupError(error, 'cancelled'));
    chain.service.interceptor = undefined;
    await refused(chain, 'otherSource', { source: chain.service.pageBlob(OTHER) });
  });

  it('a backup blob that holds data and is not ours', async () => {
    await refused(holdsData(), 'notOurs');
    await refused(holdsData(), 'notOurs', { full: true });
  });

  it('a backup blob whose data came into being between the plan and the run', async () => {
    const chain = chainOn(() => undefined);
    const request = chain.request();
    const plan = await planBackup(request, { world: chain.world });
    chain.service.foreign.createBlob(BACKUP, 8 * PAGE);
    chain.service.foreign.write(BACKUP, 5 * PAGE, new Uint8Array(PAGE).fill(9));
    await assert.rejects(resultOf(runBackup(plan, request, { world: chain.world })), (error) => isBackupError(error, 'notOurs'));
    assert.equal(chain.service.bytesOf(BACKUP)[5 * PAGE], 9);
    assert.equal((await chain.service.pageBlob(BACKUP).image().properties()).lease, 'available');
  });

  it('a copy of a recovery point under another name, although it inherited our marks', async () => {
    const chain = await chainWithOnePoint();
    const [entry] = await chain.entries();
    const copy = 'https://backups.example/backups/copy.vhd';
    const request = { source: chain.service.pageBlob(BACKUP).image(entry!.backup.snapshot), target: chain.service.pageBlob(copy) };
    await resultOf(runCopy(await planCopy(request, { world: chain.world }), request, { world: chain.world }));
    assert.ok((await request.target.image().properties()).metadata['pbb_chain'], 'it looks like ours');
    await refused(chain, 'notOurs', { backup: chain.service.pageBlob(copy), catalogue: chain.service.recordStore(`${copy}.chain`) });
  });

  it('a backup blob that is gone while its points are recorded', async () => {
    const chain = await chainWithOnePoint();
    chain.service.foreign.deleteBlob(BACKUP);
    await refused(chain, 'blobNotFound');
  });

  it('a copy under way into either blob', async () => {
    for (const url of [SOURCE, BACKUP]) {
      const chain = await chainWithOnePoint({ switches: { copyPolls: 1000 } });
      chain.service.foreign.deleteBlob(url, 'holder');
      if (url === SOURCE) chain.service.foreign.createBlob(OTHER, 16 * PAGE);
      const from = chain.service.pageBlob(url === SOURCE ? OTHER : SOURCE).image();
      await chain.service.pageBlob(url).startCopy(from, { pbb_chain: 'x' });
      await refused(chain, 'copyPending');
    }
  });

  it('a leased backup blob', async () => {
    const chain = await chainWithOnePoint();
    chain.service.foreign.attach(BACKUP);
    await refused(chain, 'busy');
  });

  it('a damaged catalogue: never guessed around', async () => {
    const chain = await chainWithOnePoint();
    await chain.service.recordStore(CATALOGUE).create('000002.json', '{"format":1');
    await refused(chain, 'integrity');
  });

  it('blobs that are not there or are no page blobs', async () => {
    const chain = chainOn(({ service }) => {
      service.foreign.createBlockBlob(OTHER, 'text');
      service.foreign.createBlockBlob('https://backups.example/backups/block', 'text');
    });
    const { service } = chain;
    const codeOf = (options: Parameters<MemoryChain['backup']>[0]) =>
      chain.backup(options).then(
        () => 'none',
        (error: BackupError) => error.code,
      );
    assert.equal(await codeOf({ source: service.pageBlob('https://disks.example/vhds/absent') }), 'blobNotFound');
    assert.equal(await codeOf({ source: service.pageBlob('https://disks.example/absent/disk') }), 'containerNotFound');
    assert.equal(await codeOf({ source: service.pageBlob(OTHER) }), 'notPageBlob');
    assert.equal(await codeOf({ backup: service.pageBlob('https://backups.example/backups/block') }), 'notPageBlob');
    assert.equal(await codeOf({ backup: service.pageBlob('https://backups.example/absent/disk') }), 'containerNotFound');
  });
});

describe('what a backup takes as it is', () => {
  it('a blob that is not ours, once told to adopt it: compared with the disk, made equal, and a chain from then on', async () => {
    const chain = holdsData();
    const result = await chain.backup({ adopt: true, transfer: 'relay' });
    assert.deepEqual([result.kind, result.number, result.written, result.cleared], ['rebase', 1, 2 * PAGE, PAGE]);
    assert.equal(await newestEqualsDisk(chain), undefined);
    assert.equal((await chain.service.pageBlob(BACKUP).image().properties()).metadata['owner'], 'somebody', 'its own metadata stays');
    chain.write(1, 4);
    assert.equal((await chain.backup()).kind, 'incremental');
  });

  it('an empty blob, of whatever length', async () => {
    for (const pages of [0, 3, 64]) {
      const chain = chainOn(({ service }) => service.foreign.createBlob(BACKUP, pages * PAGE));
      const result = await chain.backup();
      assert.equal(result.kind, 'full');
      assert.equal(await newestEqualsDisk(chain), undefined);
    }
  });

  it('an attached disk: its source may be leased for ever', async () => {
    const chain = chainOn(({ service }) => service.foreign.attach(SOURCE));
    await chain.backup();
    chain.write(3, 3);
    assert.equal((await chain.backup()).kind, 'incremental');
    assert.deepEqual(await chain.faults(), []);
  });

  it('a source whose metadata leaves no room for ours', async () => {
    const chain = chainOn(({ service }) => service.foreign.setMetadata(SOURCE, { vm: 'x'.repeat(8185) }, 'holder'));
    await chain.backup();
    chain.write(3, 3);
    await chain.backup();
    assert.deepEqual(await chain.faults(), []);
    assert.equal((await chain.entries()).length, 2);
  });

  it('a backup blob whose metadata leaves no room for the open run', async () => {
    const chain = chainOn(({ service }) => service.foreign.createBlob(BACKUP, 8 * PAGE, { note: 'x'.repeat(8180) }));
    await chain.backup({ adopt: true });
    chain.write(3, 3);
    assert.equal((await chain.backup()).kind, 'incremental');
    assert.deepEqual(await chain.faults(), []);
  });
});

describe('the plan', () => {
  it('changes nothing', async () => {
    const chain = await chainWithOnePoint();
    chain.write(1, 9);
    const { calls } = await callsDuring(chain, () => planBackup(chain.request(), { world: chain.world, estimate: true }));
    assert.deepEqual(
      calls.filter(({ writes }) => writes),
      [],
    );
    assert.deepEqual(
      calls.filter(({ operation }) => operation === 'read'),
      [],
      'and reads no page',
    );
  });

  it('says what the run will do: what is estimated is what is moved while the disk rests', async () => {
    const chain = await chainWithOnePoint();
    chain.write(1, 9, 2);
    chain.write(13, 9);
    chain.clear(8);
    const plan = await planBackup(chain.request(), { world: chain.world, estimate: true });
    assert.deepEqual([plan.kind, plan.parent, plan.backup.exists], ['incremental', 1, true]);
    const result = await chain.backup();
    const { written, cleared, writes, clears } = plan.estimate!;
    assert.deepEqual([written, cleared, writes, clears], [result.written, result.cleared, 2, 1]);
    assert.deepEqual([written, cleared], [3 * PAGE, PAGE]);
  });

  it('estimates a full copy, also over an empty blob of no pages, and nothing where only reading would tell', async () => {
    const chain = chainOn(({ service }) => service.foreign.createBlob(BACKUP, 0));
    const estimated = async () => (await planBackup(chain.request(), { world: chain.world, estimate: true })).estimate;
    assert.equal((await estimated())?.written, 2 * PAGE);
    await chain.backup();
    chain.service.switches.difference = 'refused';
    assert.equal(await estimated(), undefined);
    chain.service.switches.difference = 'ignored';
    assert.equal(await estimated(), undefined);
  });

  it('names the interrupted run that will be finished', async () => {
    const chain = await chainWithOnePoint();
    chain.write(1, 9);
    const stop = new AbortController();
    chain.service.interceptor = ({ operation }) => void (operation === 'writePages' && stop.abort());
    await assert.rejects(chain.backup({ transfer: 'relay' }, { signal: stop.signal }));
    chain.service.interceptor = undefined;
    const plan = await planBackup(chain.request(), { world: chain.world });
    assert.equal(plan.resumes?.paused, true);
    const result = await chain.backup();
    assert.deepEqual([result.resumed, (await chain.entries()).at(-1)!.run], [true, plan.resumes.run]);
  });
});
