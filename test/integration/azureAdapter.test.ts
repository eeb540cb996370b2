import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { openAzure, type Azure, type AzureOptions } from '../../src/azure/azure.ts';
import { BackupError, type ErrorCode } from '../../src/engine/errors.ts';
import type { PageBlob } from '../../src/engine/pageBlob.ts';
import { collect } from '../../src/engine/ranges/rangeWindow.ts';
import { startEmulator, type Emulator, type Fault, type RequestInfo, type SasRequest } from '../support/emulator/emulator.ts';

/** What the contract suite does not cover: SAS of all kinds, old and slow endpoints, answers that are lost or late. */

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const SOURCE = 'devstoreaccount1';
const BACKUP = 'devstoreaccount2';
const HOUR = 3_600_000;

let emulator: Emulator;
let azure: Azure;
let blob: PageBlob;
let count = 0;
const hooks: (() => void)[] = [];

before(async () => {
  emulator = await startEmulator();
  azure = open();
  for (const account of [SOURCE, BACKUP]) await createContainer(emulator.connectionString(account));
});
after(() => emulator.close());
beforeEach(async () => {
  blob = azure.pageBlob(`${emulator.blobEndpoint(SOURCE)}/vhds/disk${++count}`);
  await blob.create(8 * MIB, { owner: 'somebody' });
  await blob.writePages(512, new Uint8Array(512).fill(1));
});
afterEach(() => {
  for (const remove of hooks.splice(0)) remove();
});

function open(options: AzureOptions = {}): Azure {
  const env = {
    AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString(SOURCE),
    AZURE_STORAGE_CONNECTION_STRING_BACKUP: emulator.connectionString(BACKUP),
  };
  return openAzure({ env, ...options });
}

async function createContainer(connectionString: string): Promise<void> {
  await BlobServiceClient.fromConnectionString(connectionString).getContainerClient('vhds').create();
}

/** The blob by a SAS and nothing else. */
function bySas(request: Omit<SasRequest, 'expiresOn'> & { expiresOn?: Date }): PageBlob {
  const sas = emulator.sas(SOURCE, { expiresOn: new Date(Date.now() + HOUR), ...request });
  return openAzure({ env: {} }).pageBlob(`${blob.url}?${sas}`);
}

function disturb(hook: (info: RequestInfo) => Fault | undefined): void {
  hooks.push(emulator.onRequest(hook));
}

async function assertFails(call: Promise<unknown>, code: ErrorCode, text = /./): Promise<BackupError> {
  const error = await call.then(
    () => assert.fail(`succeeded, not ${code}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof BackupError, inspect(error));
  assert.equal(error.code, code, error.fullText);
  assert.match(error.fullText, text);
  assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /sig=(?!\(redacted\))|AccountKey|SharedKey \w/);
  return error;
}

const blobName = (): string => blob.url.split('/').at(-1)!;

describe('a SAS', () => {
  it('does what its letters allow, and the error names the one that is missing', async () => {
    const reader = bySas({ container: 'vhds', permissions: 'r' });
    assert.equal(await reader.image().length(), 8 * MIB);
    assert.deepEqual(await collect(reader.image().allocated({ start: 0, end: 8 * MIB })), [{ start: 512, end: 1024 }]);
    await assertFails(reader.writePages(0, new Uint8Array(512)), 'sasLacksPermission', /lacks permission w \(write\); it has "r"/);
    await assertFails(reader.createSnapshot({ a: 'b' }), 'sasLacksPermission', /c \(create\) or w \(write\)/);
    await assertFails(Array.fromAsync(reader.snapshots()), 'sasLacksPermission', /l \(list\)/);
    const writer = bySas({ container: 'vhds', permissions: 'rw' });
    const snapshot = await writer.createSnapshot({ a: 'b' });
    await assertFails(writer.deleteSnapshot(snapshot), 'sasLacksPermission', /d \(delete\)/);
  });

  it('that has expired is said to have, with its time', async () => {
    const late = bySas({ container: 'vhds', permissions: 'r', expiresOn: new Date('2026-01-02T03:04:05Z') });
    const error = await assertFails(late.image().length(), 'sasExpired', /expired on 2026-01-02T03:04:05Z.*new SAS/);
    assert.equal(error.retryable, false);
  });

  it('that is not valid yet says from when', async () => {
    const startsOn = new Date(Date.now() + HOUR);
    const early = bySas({ container: 'vhds', permissions: 'r', startsOn, expiresOn: new Date(Date.now() + 2 * HOUR) });
    await assertFails(early.image().length(), 'sasExpired', /not valid before/);
  });

  it('for one blob reads it, and lists nothing', async () => {
    const one = bySas({ container: 'vhds', blob: blobName(), permissions: 'rl' });
    assert.equal((await one.image().read({ start: 512, end: 1024 }))[0], 1);
    const error = await Array.fromAsync(one.snapshots()).then(
      () => assert.fail('listed'),
      (thrown: unknown) => thrown as BackupError,
    );
    assert.ok(['sasLacksPermission', 'accessDenied'].includes(error.code), error.code);
    assert.match(error.fullText, /one blob/);
  });

  it('for one snapshot reads just that', async () => {
    const snapshot = await blob.createSnapshot({ a: 'b' });
    const sas = emulator.sas(SOURCE, {
      container: 'vhds',
      blob: blobName(),
      snapshot,
      permissions: 'r',
      expiresOn: new Date(Date.now() + HOUR),
    });
    const image = openAzure({ env: {} }).image(`${blob.url}?${sas}`);
    assert.equal(image.snapshot, snapshot);
    assert.equal((await image.read({ start: 512, end: 1024 }))[0], 1);
    assert.doesNotMatch(inspect(image, { depth: 9, showHidden: true }) + JSON.stringify(image) + image.label, /sig=/);
  });

  it('of the source lets another account’s service read it', async () => {
    const snapshot = await bySas({ container: 'vhds', permissions: 'rw' }).createSnapshot({ a: 'b' });
    const target = azure.pageBlob(`${emulator.blobEndpoint(BACKUP)}/vhds/copy${count}`);
    await target.create(8 * MIB, {});
    await target.writePagesFrom(bySas({ container: 'vhds', permissions: 'r' }).image(snapshot), { start: 512, end: 1024 });
    assert.equal((await target.image().read({ start: 512, end: 1024 }))[0], 1);
    const expired = bySas({ container: 'vhds', permissions: 'r', expiresOn: new Date('2026-01-02T03:04:05Z') }).image(snapshot);
    await assertFails(target.writePagesFrom(expired, { start: 512, end: 1024 }), 'copySourceRefused');
  });

  it('of a container serves the catalogue too', async () => {
    const records = openAzure({ env: {} }).recordStoreFor(bySas({ container: 'vhds', permissions: 'rcl' }));
    assert.equal(await records.create('000001.json', '{}'), 'created');
    assert.equal(await records.create('000001.json', '[]'), 'taken');
    assert.equal(await records.read('000001.json'), '{}');
    assert.deepEqual(await records.list(), ['000001.json']);
  });
});

describe('an endpoint', () => {
  it('that is older than the SDK is said to be, and works with its own version', async () => {
    emulator.switches.newestVersion = '2017-11-09';
    try {
      await assertFails(blob.image().length(), 'notSupported', /2017-11-09/);
      const old = open({ apiVersion: '2017-11-09' }).pageBlob(blob.url);
      const snapshot = await old.createSnapshot({ a: 'b' });
      await old.clearPages({ start: 512, end: 1024 });
      assert.deepEqual(await collect(old.image().changedSince(snapshot, { start: 0, end: 8 * MIB })), [{ start: 512, end: 1024 }]);
      await assertFails(old.writePagesFrom(old.image(snapshot), { start: 0, end: 512 }), 'notSupported');
      const copy = open({ apiVersion: '2017-11-09' }).pageBlob(`${emulator.blobEndpoint(BACKUP)}/vhds/old${count}`);
      assert.equal((await copy.startCopy(blob.image(), { a: 'b' })).status, 'success');
    } finally {
      emulator.switches.newestVersion = undefined;
    }
  });

  it('that is too slow to list a fragmented disk is asked for less at a time', async () => {
    await blob.resize(64 * GIB);
    for (let at = 0; at < 64 * GIB; at += 4 * GIB) await blob.writePages(at, new Uint8Array(512).fill(9));
    const snapshot = await blob.createSnapshot({ a: 'b' });
    await blob.clearPages({ start: 8 * GIB, end: 8 * GIB + 512 });
    const within = { start: 0, end: 64 * GIB };
    const whole = await collect(blob.image().allocated(within));
    emulator.resetCounts();
    emulator.switches.rangeListTimeoutAbove = { bytes: 3 * GIB };
    try {
      assert.deepEqual(await collect(blob.image().allocated(within)), whole);
      assert.deepEqual(await collect(blob.image().changedSince(snapshot, within)), [{ start: 8 * GIB, end: 8 * GIB + 512 }]);
      assert.ok((emulator.counts.byOperation['GetPageRanges'] ?? 0) > 20);
    } finally {
      emulator.switches.rangeListTimeoutAbove = undefined;
    }
  });

  it('that answers lists in pieces is read to the end', async () => {
    for (let page = 0; page < 40; page += 2) await blob.writePages(page * 512, new Uint8Array(512).fill(1));
    const whole = await collect(blob.image().allocated({ start: 0, end: 8 * MIB }));
    emulator.switches.maxResultsCap = 3;
    try {
      assert.deepEqual(await collect(blob.image().allocated({ start: 0, end: 8 * MIB })), whole);
      for (let i = 0; i < 5; i++) await blob.createSnapshot({ i: String(i) });
      assert.deepEqual(
        (await Array.fromAsync(blob.snapshots())).map(({ metadata }) => metadata),
        [0, 1, 2, 3, 4].map((i) => ({ i: String(i) })),
      );
    } finally {
      emulator.switches.maxResultsCap = 10_000;
    }
  });

  it('without Put Page From URL, or with a firewall, is told apart', async () => {
    const target = azure.pageBlob(`${emulator.blobEndpoint(BACKUP)}/vhds/copy${count}`);
    await target.create(8 * MIB, {});
    try {
      emulator.switches.copyFromUrl = 'unsupported';
      await assertFails(target.writePagesFrom(blob.image(), { start: 0, end: 512 }), 'notSupported');
      emulator.switches.copyFromUrl = 'refused';
      await assertFails(target.writePagesFrom(blob.image(), { start: 0, end: 512 }), 'copySourceRefused', /firewall/i);
    } finally {
      emulator.switches.copyFromUrl = 'works';
    }
  });
});

describe('an answer', () => {
  it('that is cut short is not believed', async () => {
    const asked = [
      () => collect(blob.image().allocated({ start: 0, end: 8 * MIB })),
      () => blob.image().read({ start: 0, end: 4096 }),
      () => Array.fromAsync(blob.snapshots()),
    ];
    for (const cleanly of [true, false]) {
      for (const ask of asked) {
        disturb(() => ({ kind: 'truncateAnswer', bytes: 40, cleanly }));
        const error = await assertFails(ask(), 'incompleteAnswer');
        assert.equal(error.retryable, true);
        for (const remove of hooks.splice(0)) remove();
        await ask();
      }
    }
  });

  it('that was damaged on the way is found out, both ways', async () => {
    disturb(({ operation }) => (operation === 'GetBlob' || operation === 'PutPage' ? { kind: 'flipBit' } : undefined));
    await assertFails(blob.image().read({ start: 0, end: 4096 }), 'checksumMismatch');
    const error = await assertFails(blob.writePages(0, new Uint8Array(4096)), 'checksumMismatch');
    assert.deepEqual([error.retryable, error.effect], [true, 'none']);
  });

  it('that is lost leaves the effect open, and the request is not repeated', async () => {
    for (const fault of [
      { kind: 'drop', afterEffect: true },
      { kind: 'status', status: 500, code: 'InternalError', afterEffect: true },
    ] as const) {
      const before = (await Array.fromAsync(blob.snapshots())).length;
      disturb(({ operation }) => (operation === 'SnapshotBlob' ? fault : undefined));
      const call = blob.createSnapshot({ a: 'b' });
      const error = await assertFails(call, fault.kind === 'drop' ? 'network' : 'serviceFailed');
      assert.deepEqual([error.retryable, error.effect], [true, 'unknown']);
      for (const remove of hooks.splice(0)) remove();
      assert.equal((await Array.fromAsync(blob.snapshots())).length, before + 1);
    }
  });

  it('that does not come in time is given up, a large body having more time', async () => {
    const hasty = open({ deadline: { seconds: 0.15, bytesPerSecond: MIB } }).pageBlob(blob.url);
    disturb(({ operation }) => (operation === 'PutPage' || operation === 'LeaseBlob' ? { kind: 'delay', ms: 400 } : undefined));
    const error = await assertFails(hasty.acquireLease('6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f021', 60), 'timedOut');
    assert.deepEqual([error.retryable, error.effect], [true, 'unknown']);
    await assertFails(hasty.writePages(0, new Uint8Array(512)), 'timedOut');
    await open({ deadline: { seconds: 0.15, bytesPerSecond: MIB } })
      .pageBlob(`${emulator.blobEndpoint(SOURCE)}/vhds/disk${count}`)
      .image()
      .length();
  });
});

describe('discovery', () => {
  it('lists containers, and page blobs with their snapshots', async () => {
    const account = emulator.connectionString(BACKUP);
    const container = BlobServiceClient.fromConnectionString(account).getContainerClient('found');
    await container.create();
    await container.getBlockBlobClient('disks/a.vhd.chain/000001.json').upload('{}', 2);
    const folder = `${emulator.blobEndpoint(BACKUP)}/found/disks`;
    const disk = azure.pageBlob(`${folder}/a%20b.vhd`);
    await disk.create(MIB, { Owner: 'somebody' });
    const snapshots = [await disk.createSnapshot({ n: '1' }), await disk.createSnapshot({ n: '2' })];
    await azure.pageBlob(`${folder}2/other.vhd`).create(MIB, {});
    emulator.switches.maxResultsCap = 1;
    try {
      assert.deepEqual(await Array.fromAsync(azure.containers(emulator.blobEndpoint(BACKUP))), ['found', 'vhds']);
      const expected = {
        url: disk.url,
        name: 'disks/a b.vhd',
        length: MIB,
        metadata: { owner: 'somebody' },
        lease: 'available',
        snapshots,
      };
      assert.deepEqual(await Array.fromAsync(azure.pageBlobs(folder)), [expected]);
    } finally {
      emulator.switches.maxResultsCap = 10_000;
    }
    const gone = Array.fromAsync(azure.pageBlobs(`${emulator.blobEndpoint(BACKUP)}/absent`));
    await assertFails(gone, 'containerNotFound', /list the blobs of/);
    assert.throws(() => azure.containers(folder), /endpoint of an account/);
  });
});

describe('a premium account', () => {
  it('takes no catalogue, and says where to keep it', async () => {
    const premium = await startEmulator({ accounts: [{ name: 'premium', key: Buffer.from('premium').toString('base64'), premium: true }] });
    try {
      await createContainer(premium.connectionString('premium'));
      const there = openAzure({ env: { AZURE_STORAGE_CONNECTION_STRING: premium.connectionString('premium') } });
      const disk = there.pageBlob(`${premium.blobEndpoint('premium')}/vhds/disk`);
      await disk.create(MIB, {}, { tier: 'P10' });
      await assertFails(there.recordStoreFor(disk).create('000001.json', '{}'), 'notSupported', /standard/);
      await disk.createSnapshot({ a: 'b' });
      await assertFails(disk.createSnapshot({ a: 'b' }), 'snapshotLimit', /ten minutes/);
    } finally {
      await premium.close();
    }
  });
});
