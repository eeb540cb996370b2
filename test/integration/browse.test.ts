import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { openAzure, type Azure } from '../../src/azure/azure.ts';
import type { AccountBrowser, PageBlobItem } from '../../src/azure/browse/accountBrowser.ts';
import { isBackupError } from '../../src/engine/errors.ts';
import { startEmulator, type Emulator } from '../support/emulator/emulator.ts';

const ACCOUNT = 'devstoreaccount1';
const EMPTY_PAGE = 512;

let emulator: Emulator;
let azure: Azure;
let endpoint = '';
/** Ids of snapshots by disk, oldest first. */
const snapshots = new Map<string, string[]>();

before(async () => {
  emulator = await startEmulator();
  endpoint = emulator.blobEndpoint(ACCOUNT);
  azure = openAzure({ env: { AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString(ACCOUNT) } });
  const account = BlobServiceClient.fromConnectionString(emulator.connectionString(ACCOUNT));
  for (const name of ['vhds', 'empty', 'more']) await account.getContainerClient(name).create();
  const container = account.getContainerClient('vhds');
  for (const [name, count] of [
    ['a disk.vhd', 3],
    ['b.vhd', 0],
    ['c.vhd', 7],
    ['folder/d ü.vhd', 1],
  ] as const) {
    const blob = container.getPageBlobClient(name);
    await blob.create(8 * EMPTY_PAGE, { metadata: { Owner: name.slice(0, 1) } });
    const ids: string[] = [];
    for (let at = 0; at < count; at++) ids.push((await blob.createSnapshot({ metadata: { at: String(at) } })).snapshot!);
    snapshots.set(name, ids);
  }
  const texts = [
    'c.vhd.chain/000001.json',
    'c.vhd.chain/000002.json',
    'c.vhd.chain/000001.proof-passed-x.json',
    'c.vhd.chain/readme.txt',
    'notes.txt',
    'zz',
  ];
  for (const name of texts) await container.getBlockBlobClient(name).upload('{}', 2);
  await container.getBlockBlobClient('notes.txt').createSnapshot();
});
after(() => emulator.close());

/** All pages of a container: what they hold, and how many there were. */
async function all(browser: AccountBrowser, container: string, prefix = '') {
  const items: PageBlobItem[] = [];
  const catalogues = new Set<string>();
  let [others, pages] = [0, 0];
  for (let marker: string | undefined, first = true; first || marker !== undefined; first = false) {
    const page = await browser.pageBlobs(container, marker, prefix);
    items.push(...page.items);
    for (const name of page.catalogues) catalogues.add(name);
    others += page.others;
    pages++;
    marker = page.next;
  }
  return { items, others, pages, catalogues: [...catalogues] };
}

describe('browsing an account', () => {
  it('lists containers, page by page', async () => {
    const browser = azure.browse(endpoint);
    emulator.switches.maxResultsCap = 2;
    try {
      const first = await browser.containers(undefined);
      assert.deepEqual(first.items, [{ name: 'empty' }, { name: 'more' }]);
      assert.deepEqual(await browser.containers(first.next), { items: [{ name: 'vhds' }], next: undefined });
    } finally {
      emulator.switches.maxResultsCap = 10_000;
    }
  });

  it('gives page blobs with everything a row says', async () => {
    const { items, others, catalogues } = await all(azure.browse(endpoint), 'vhds');
    assert.deepEqual(
      items.map(({ name }) => name),
      ['a disk.vhd', 'b.vhd', 'c.vhd', 'folder/d ü.vhd'],
    );
    const [disk] = items;
    assert.equal(disk?.url, `${endpoint}/vhds/a%20disk.vhd`);
    assert.deepEqual([disk.length, disk.metadata, disk.lease, disk.infiniteLease], [8 * EMPTY_PAGE, { owner: 'a' }, 'available', false]);
    assert.ok(!Number.isNaN(Date.parse(disk.createdOn ?? '')));
    assert.deepEqual(
      disk.snapshots.map(({ id, metadata, length }) => [id, metadata, length]),
      snapshots.get('a disk.vhd')!.map((id, at) => [id, { at: String(at) }, 8 * EMPTY_PAGE]),
    );
    assert.deepEqual([others, catalogues], [3, ['c.vhd']], 'two notes and a read-me; records are not counted');
    assert.equal(await azure.image(disk.url).length(), 8 * EMPTY_PAGE);
  });

  it('keeps a blob and its snapshots together wherever a page ends', async () => {
    const whole = await all(azure.browse(endpoint), 'vhds');
    for (let size = 1; size <= 12; size++) {
      emulator.switches.maxResultsCap = size;
      try {
        const cut = await all(azure.browse(endpoint), 'vhds');
        assert.equal(JSON.stringify({ ...cut, pages: 1 }), JSON.stringify(whole), `${size} a page`);
        assert.ok(cut.pages > 1);
      } finally {
        emulator.switches.maxResultsCap = 10_000;
      }
    }
  });

  it('looks for names that begin so', async () => {
    const { items } = await all(azure.browse(endpoint), 'vhds', 'folder/');
    assert.deepEqual(
      items.map(({ name }) => name),
      ['folder/d ü.vhd'],
    );
  });

  it('tells a lease', async () => {
    const client = BlobServiceClient.fromConnectionString(emulator.connectionString(ACCOUNT))
      .getContainerClient('vhds')
      .getPageBlobClient('b.vhd');
    const lease = client.getBlobLeaseClient();
    await lease.acquireLease(-1);
    const { items } = await all(azure.browse(endpoint), 'vhds', 'b');
    assert.deepEqual(
      items.map(({ lease, infiniteLease }) => [lease, infiniteLease]),
      [['leased', true]],
    );
    await lease.releaseLease();
  });

  it('has nothing in an empty container, and an error for an absent one', async () => {
    assert.deepEqual(await azure.browse(endpoint).pageBlobs('empty', undefined, ''), {
      items: [],
      next: undefined,
      others: 0,
      catalogues: [],
    });
    await assert.rejects(azure.browse(endpoint).pageBlobs('absent', undefined, ''), (error) => isBackupError(error, 'containerNotFound'));
  });

  it('believes no list that is cut short, and can be cancelled', async () => {
    const stop = emulator.onRequest(() => ({ kind: 'truncateAnswer', bytes: 300, cleanly: true }));
    await assert.rejects(azure.browse(endpoint).pageBlobs('vhds', undefined, ''), (error) => isBackupError(error, 'incompleteAnswer'));
    await assert.rejects(azure.browse(endpoint).containers(undefined), (error) => isBackupError(error, 'incompleteAnswer'));
    stop();
    const controller = new AbortController();
    const hold = emulator.onRequest(() => (controller.abort(), { kind: 'delay', ms: 50 }));
    await assert.rejects(azure.browse(endpoint).containers(undefined, controller), (error) => isBackupError(error, 'cancelled'));
    hold();
  });
});

describe('browsing with a SAS', () => {
  const expiresOn = new Date(Date.now() + 3_600_000);
  const bySas = (request: { container?: string; blob?: string; permissions: string }): Azure => {
    const sas = emulator.sas(ACCOUNT, { expiresOn, ...request });
    return openAzure({ env: {}, findAccess: async () => (await import('../../src/azure/access.ts')).accessWithSas(sas) });
  };

  it('of a container shows just that', async () => {
    const browser = bySas({ container: 'vhds', permissions: 'rl' }).browse(endpoint, { container: 'vhds' });
    emulator.resetCounts();
    assert.deepEqual(await browser.containers(undefined), { items: [{ name: 'vhds' }], next: undefined });
    assert.equal(emulator.counts.requests, 0);
    assert.equal((await all(browser, 'vhds')).items.length, 4);
  });

  it('of a blob shows just that, without the snapshots it may not list', async () => {
    const scope = { container: 'vhds', blob: 'a disk.vhd' };
    const { items, others } = await all(bySas({ ...scope, permissions: 'rw' }).browse(endpoint, scope), 'vhds');
    assert.deepEqual(
      [items.map(({ name, length, metadata, snapshots }) => [name, length, metadata, snapshots]), others],
      [[['a disk.vhd', 8 * EMPTY_PAGE, { owner: 'a' }, []]], 0],
    );
    await assert.rejects(
      bySas({ container: 'vhds', blob: 'absent', permissions: 'r' })
        .browse(endpoint, { container: 'vhds', blob: 'absent' })
        .pageBlobs('vhds', undefined, ''),
      (error) => isBackupError(error, 'blobNotFound'),
    );
  });

  it('is told apart from another SAS of the same account', async () => {
    const sasOf = new Map(
      ['vhds', 'more'].map((container) => [container, emulator.sas(ACCOUNT, { expiresOn, container, permissions: 'rl' })]),
    );
    const { accessWithSas } = await import('../../src/azure/access.ts');
    const both = openAzure({
      env: {},
      findAccess: ({ container }) => accessWithSas(sasOf.get(container)!),
      credentialId: ({ container }) => container,
    });
    for (const container of ['vhds', 'more', 'vhds']) await both.browse(endpoint, { container }).pageBlobs(container, undefined, '');
  });
});
