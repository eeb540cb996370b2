/** Who may do what on our emulator, and what it reads on its own: SAS, tokens, copy sources. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  BlobServiceClient,
  ContainerClient,
  generateBlobSASQueryParameters,
  newPipeline,
  PageBlobClient,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { UserDelegationKey } from '@azure/storage-blob';

import { inAnHour, list, PAGE, pages, put, refuses, rig, snapshot } from './emulatorRig.ts';
import type { Rig } from './emulatorRig.ts';

const NO_RETRY = { retryOptions: { maxTries: 1 } };
const TOKEN = 'a token';

describe('shared keys and SAS', () => {
  it('a wrong key is refused', async () => {
    const { emulator } = await rig();
    const credential = new StorageSharedKeyCredential('devstoreaccount1', emulator.accounts[1]!.key);
    const service = new BlobServiceClient(emulator.blobEndpoint('devstoreaccount1'), newPipeline(credential, NO_RETRY));
    await refuses(service.getContainerClient('disks').getProperties(), 403, 'AuthenticationFailed');
  });

  it('a signature holds whatever the metadata is called', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', PAGE);
    const metadata = { pbb_run: '1', pbb_chain: '2', pbb: '3', pbbrun: '4', pbb1: '5', a_: '6', a: '7' };
    await disk.setMetadata(metadata);
    assert.deepEqual((await disk.getProperties()).metadata, metadata);
  });

  it('nobody is let in without anything, unless the container is public', async () => {
    const { blob, one } = await rig();
    const disk = await blob('disk', PAGE);
    const anonymous = new PageBlobClient(disk.url, newPipeline(undefined, NO_RETRY));
    await refuses(anonymous.getPageRanges(0, PAGE), 401, 'NoAuthenticationInformation');
    await one.setAccessPolicy('blob', []);
    await anonymous.getPageRanges(0, PAGE);
    await refuses(put(anonymous, 0, 'a'), 401, 'NoAuthenticationInformation');
  });

  it('a SAS opens what it names, with its permissions, in its time', async () => {
    const { blob, bySas, emulator } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    const other = await blob('other', 4 * PAGE);
    const reader = bySas(disk, 'r');
    await reader.getProperties();
    await refuses(put(reader, 0, 'a'), 403, 'AuthorizationPermissionMismatch');
    await refuses(reader.createSnapshot(), 403, 'AuthorizationPermissionMismatch');
    await refuses(reader.delete(), 403, 'AuthorizationPermissionMismatch');
    const elsewhere = new PageBlobClient(reader.url.replace('/disk?', '/other?'), newPipeline(undefined, NO_RETRY));
    await refuses(elsewhere.getPageRanges(0, PAGE), 403, 'AuthenticationFailed');
    await refuses(bySas(disk, 'r', { expiresOn: new Date(Date.now() - 1000) }).getPageRanges(0, PAGE), 403, 'AuthenticationFailed');
    const forged = new PageBlobClient(reader.url.replace('sp=r', 'sp=rw'), newPipeline(undefined, NO_RETRY));
    await refuses(forged.getPageRanges(0, PAGE), 403, 'AuthenticationFailed');
    await refuses(bySas(disk, 'c').create(PAGE), 403, 'UnauthorizedBlobOverwrite');
    const account = emulator.sas(disk.accountName, { permissions: 'rl', expiresOn: inAnHour() });
    const byAccount = new PageBlobClient(`${other.url}?${account}`, newPipeline(undefined, NO_RETRY));
    await byAccount.getPageRanges(0, PAGE);
    await refuses(put(byAccount, 0, 'a'), 403, 'AuthorizationPermissionMismatch');
  });

  it('a SAS for a snapshot opens that snapshot and nothing else', async () => {
    const { blob, bySas } = await rig();
    const disk = await blob('disk', PAGE);
    const first = await snapshot(disk);
    const second = await snapshot(disk);
    const reader = bySas(disk, 'r', { snapshot: first });
    await reader.getPageRanges(0, PAGE);
    const elsewhere = new PageBlobClient(
      reader.url.replace(encodeURIComponent(first), encodeURIComponent(second)),
      newPipeline(undefined, NO_RETRY),
    );
    await refuses(elsewhere.getPageRanges(0, PAGE), 403, 'AuthenticationFailed');
  });

  it("the SDK's own SAS are understood: blob, container, account", async () => {
    const { blob, one } = await rig();
    const disk = await blob('disk', PAGE);
    const permissions = { permissions: { toString: () => 'r' } as never, expiresOn: inAnHour() };
    await new PageBlobClient(await disk.generateSasUrl(permissions), newPipeline()).getProperties();
    const lister = { permissions: { toString: () => 'l' } as never, expiresOn: inAnHour() };
    const names = new ContainerClient(await one.generateSasUrl(lister), newPipeline()).listBlobsFlat();
    assert.deepEqual(
      (await Array.fromAsync(names)).map(({ name }) => name),
      ['disk'],
    );
    const secure = new PageBlobClient(
      await disk.generateSasUrl({ ...permissions, protocol: SASProtocol.Https }),
      newPipeline(undefined, NO_RETRY),
    );
    await refuses(secure.getPageRanges(0, PAGE), 403, 'AuthorizationProtocolMismatch');
  });

  it('versions newer than the cloud are refused', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', PAGE);
    emulator.switches.newestVersion = '2017-11-09';
    await refuses(disk.getPageRanges(0, PAGE), 400, 'InvalidHeaderValue');
  });
});

describe('tokens', () => {
  it('are let in by the switch, and get keys that sign SAS', async () => {
    const { blob, emulator } = await rig({ switches: { bearerTokens: [TOKEN] } });
    const disk = await blob('disk', PAGE);
    const endpoint = emulator.blobEndpoint(disk.accountName);
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-ms-version': '2026-10-06' };
    const url = `${endpoint}/?restype=service&comp=userdelegationkey`;
    const body = `<KeyInfo><Start>${seconds(0)}</Start><Expiry>${seconds(3600)}</Expiry></KeyInfo>`;
    const answer = await (await fetch(url, { method: 'POST', headers, body })).text();
    const part = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(answer)?.[1] ?? '';
    const key: UserDelegationKey = {
      signedObjectId: part('SignedOid'),
      signedTenantId: part('SignedTid'),
      signedStartsOn: new Date(part('SignedStart')),
      signedExpiresOn: new Date(part('SignedExpiry')),
      signedService: part('SignedService'),
      signedVersion: part('SignedVersion'),
      value: part('Value'),
    };
    for (const version of ['2018-11-09', '2020-02-10', '2021-12-02', '2025-07-05', '2026-10-06']) {
      const values = {
        containerName: 'disks',
        blobName: 'disk',
        permissions: { toString: () => 'r' } as never,
        expiresOn: inAnHour(),
        version,
      };
      const sas = generateBlobSASQueryParameters(values, key, disk.accountName);
      await new PageBlobClient(`${disk.url}?${sas.toString()}`, newPipeline(undefined, NO_RETRY)).getPageRanges(0, PAGE);
    }
    emulator.switches.bearerTokens = [];
    assert.equal((await fetch(url, { method: 'POST', headers, body })).status, 401);
  });
});

describe('Put Page From URL', () => {
  it('reads a snapshot in another account by SAS, and nothing without', async () => {
    const { source, target, bySas, emulator } = await pair();
    const id = await snapshot(source);
    await put(source, 0, 'z', 4);
    const readable = bySas(source, 'r', { snapshot: id });
    emulator.resetCounts();
    await target.uploadPagesFromURL(readable.url, PAGE, 0, 2 * PAGE);
    assert.deepEqual(await target.downloadToBuffer(0, 4 * PAGE), Buffer.concat([pages('b'), pages('c'), Buffer.alloc(2 * PAGE)]));
    assert.equal(emulator.counts.pages.putFromUrl, 2 * PAGE);
    assert.equal(emulator.counts.pages.put, 0);
    assert.equal(await list(target), '0-1 w');
    const closed = source.withSnapshot(id).url;
    await refuses(target.uploadPagesFromURL(closed, 0, 0, PAGE), 401, 'CannotVerifyCopySource');
    await refuses(target.uploadPagesFromURL(bySas(source, 'w').url, 0, 0, PAGE), 403, 'CannotVerifyCopySource');
    const gone = bySas(source, 'r').url.replace('?', `?snapshot=${encodeURIComponent('2020-01-01T00:00:00.0000000Z')}&`);
    await refuses(target.uploadPagesFromURL(gone, 0, 0, PAGE), 404, 'CannotVerifyCopySource');
    const wrong = { sourceContentMD5: new Uint8Array(16) };
    await refuses(target.uploadPagesFromURL(readable.url, 0, 0, PAGE, wrong), 400, 'Md5Mismatch');
    await refuses(target.uploadPagesFromURL(readable.url, 0, 16 * PAGE, PAGE), 416, 'InvalidPageRange');
  });

  it('reads by a token', async () => {
    const { source, target, emulator } = await pair();
    emulator.switches.bearerTokens = [TOKEN];
    await target.uploadPagesFromURL(source.url, 0, 0, PAGE, { sourceAuthorization: { scheme: 'Bearer', value: TOKEN } });
    assert.deepEqual(await target.downloadToBuffer(0, PAGE), pages('a'));
    const stale = { sourceAuthorization: { scheme: 'Bearer', value: 'stale' } };
    await refuses(target.uploadPagesFromURL(source.url, 0, 0, PAGE, stale), 401, 'CannotVerifyCopySource');
  });

  it('can be refused or missing', async () => {
    const { source, target, bySas, emulator } = await pair();
    emulator.switches.copyFromUrl = 'refused';
    await refuses(target.uploadPagesFromURL(bySas(source, 'r').url, 0, 0, PAGE), 403, 'CannotVerifyCopySource');
    emulator.switches.copyFromUrl = 'unsupported';
    await refuses(target.uploadPagesFromURL(bySas(source, 'r').url, 0, 0, PAGE), 501, 'NotImplemented');
  });
});

describe('Copy Blob', () => {
  it('is pending by the switch, keeps everybody off meanwhile, and can be aborted', async () => {
    const { source, target, bySas, emulator } = await pair();
    await target.delete();
    emulator.switches.copyBlob = { pendingPolls: 2 };
    const poller = await target.beginCopyFromURL(bySas(source, 'r').url, { intervalInMs: 1 });
    await refuses(put(target, 0, 'x'), 409, 'PendingCopyOperation');
    await refuses(target.createSnapshot(), 409, 'PendingCopyOperation');
    await refuses(target.getPageRanges(0, PAGE), 409, 'PendingCopyOperation');
    await poller.pollUntilDone();
    assert.deepEqual(await target.downloadToBuffer(0, 4 * PAGE), await source.downloadToBuffer(0, 4 * PAGE));
    assert.equal((await target.getProperties()).copyStatus, 'success');
    emulator.switches.copyBlob = { pendingPolls: 1000 };
    await target.beginCopyFromURL(bySas(source, 'r').url, { intervalInMs: 1 });
    const { copyId = '' } = await target.getProperties();
    await refuses(target.abortCopyFromURL('00000000-0000-0000-0000-000000000000'), 409, 'CopyIdMismatch');
    await target.abortCopyFromURL(copyId);
    const { copyStatus, contentLength } = await target.getProperties();
    assert.deepEqual([copyStatus, contentLength], ['aborted', 0]);
    await refuses(target.abortCopyFromURL(copyId), 409, 'NoPendingCopyOperation');
  });

  it('needs a SAS from another account, and none with the key of the same', async () => {
    const { source, target, one } = await pair();
    await refuses(target.beginCopyFromURL(source.url), 401, 'CannotVerifyCopySource');
    const near = one.getPageBlobClient('near');
    await (await near.beginCopyFromURL(source.url)).pollUntilDone();
    await near.getBlobLeaseClient('11111111-2222-3333-4444-555555555555').acquireLease(60);
    const conditions = { leaseId: '11111111-2222-3333-4444-555555555555' };
    await refuses(near.beginCopyFromURL(source.url, { conditions }), 412, 'InfiniteLeaseDurationRequired');
  });
});

/** Four pages a, b, c, d in the first account, an empty blob in the second. */
async function pair(): Promise<Rig & { source: PageBlobClient; target: PageBlobClient }> {
  const made = await rig();
  const source = await made.blob('source', 16 * PAGE);
  for (const [page, letter] of ['a', 'b', 'c', 'd'].entries()) await put(source, page, letter);
  const target = made.two.getPageBlobClient('target');
  await target.create(16 * PAGE);
  return { ...made, source, target };
}

function seconds(later: number): string {
  return `${new Date(Date.now() + later * 1000).toISOString().slice(0, 19)}Z`;
}
