import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { BackupError, isBackupError } from '../../src/engine/errors.ts';
import { resultOf } from '../../src/engine/events.ts';
import type { BackupResult } from '../../src/engine/jobs/backup/backupRun.ts';
import { planBackup } from '../../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../../src/engine/jobs/backup/run.ts';
import type { TransferChoice } from '../../src/engine/transfer/pageMover.ts';
import { openAzure } from '../../src/azure/azure.ts';
import { attach } from '../../src/extension/accounts/attachInput.ts';
import { LazyAzureSession } from '../../src/extension/azureSession.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { startFakeArm, type FakeArm } from '../support/arm/fakeArm.ts';
import { makeDirectory, type MadeDirectory } from '../support/arm/makeDirectory.ts';
import { claimsOf, HOME_TENANT, type Claims } from '../support/arm/tokens.ts';
import { startEmulator, type Emulator, type Fault, type RequestInfo } from '../support/emulator/emulator.ts';
import { makeDisk, writeBytes } from '../support/twoAccounts.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../unit/azure/selfSigned.ts';

/** Storage accounts without shared keys, found through ARM and used with tokens alone; every request is judged by its token. */

const GUEST_TENANT = '00000000-0000-4000-8000-00000000000b';
const STORAGE = 'https://storage.azure.com';
const MIB = 1024 * 1024;
const [SOURCE, BACKUP] = ['devstoreaccount1', 'devstoreaccount2'];
const never = new AbortController().signal;
/** How many of the tokens of one tenant are good at a time: more than requests under way can straddle. */
const LIVING = 4;

let emulator: Emulator;
let arm: FakeArm;
let made: MadeDirectory;
let session: LazyAzureSession;
let tenantOf: Record<string, string>;
let seen: RequestInfo[] = [];
const living = new Map<string, string[]>();

before(async () => {
  emulator = await startEmulator({ tls: { key: TEST_KEY, cert: TEST_CERTIFICATE } });
  const found = (name: string) => ({ name, endpoint: emulator.blobEndpoint(name), sharedKeys: false });
  arm = await startFakeArm([
    { id: HOME_TENANT, name: 'Contoso', subscriptions: [{ id: 'sub-1', name: 'Disks', accounts: [found(SOURCE)] }] },
    { id: GUEST_TENANT, name: 'Fabrikam', subscriptions: [] },
  ]);
  for (const name of [SOURCE, BACKUP]) {
    const client = BlobServiceClient.fromConnectionString(emulator.connectionString(name));
    for (const container of ['vhds', 'backups']) await client.getContainerClient(container).create();
    for (let at = 0; at < 3; at++) await client.getContainerClient('vhds').getBlockBlobClient(`note${at}`).upload('x', 1);
  }
  emulator.onRequest((info) => {
    seen.push(info);
    return judge(info);
  });
});
after(async () => {
  await emulator.close();
  await arm.close();
});
beforeEach(() => {
  made = makeDirectory({ server: arm });
  made.sessions.onIssue = (token, claims) => allow(token, claims);
  session = new LazyAzureSession({
    directory: made.directory,
    anybody: () => made.directory.anybody,
    env: {},
    apiVersion: () => undefined,
    userAgent: 'test',
  });
  seen = [];
  living.clear();
  setBackupTenant(HOME_TENANT);
});

/** Puts the backup account into a subscription of this tenant. */
function setBackupTenant(tenant: string): void {
  tenantOf = { [SOURCE]: HOME_TENANT, [BACKUP]: tenant };
  const accounts = [{ name: BACKUP, endpoint: emulator.blobEndpoint(BACKUP), sharedKeys: false }];
  arm.tenants[0] = {
    ...arm.tenants[0]!,
    subscriptions: [arm.tenants[0]!.subscriptions[0]!, ...(tenant === HOME_TENANT ? [{ id: 'sub-2', name: 'Backups', accounts }] : [])],
  };
  arm.tenants[1] = { ...arm.tenants[1]!, subscriptions: tenant === GUEST_TENANT ? [{ id: 'sub-2', name: 'Backups', accounts }] : [] };
}

function allow(token: string, { aud, tid }: Claims): void {
  if (aud !== STORAGE) return;
  living.set(tid, [...(living.get(tid) ?? []), token].slice(-LIVING));
  emulator.switches.bearerTokens = [...living.values()].flat();
}

/** The service of an account without shared keys. Whether a token is good the emulator says; whose it must be is said here. */
function judge({ headers, query, account }: RequestInfo): Fault | undefined {
  const authorization = headers['authorization'] ?? '';
  if (authorization.startsWith('SharedKey') && !making) return { kind: 'status', status: 403, code: 'KeyBasedAuthenticationNotPermitted' };
  const token = claimsOf(authorization.replace('Bearer ', ''));
  if (token && token.tid !== tenantOf[account]) return { kind: 'status', status: 401, code: 'InvalidAuthenticationInfo' };
  if (query.has('sig') && !query.has('skoid')) return { kind: 'status', status: 403, code: 'KeyBasedAuthenticationNotPermitted' };
  return undefined;
}

let making = false;
/** Does something with the key, as somebody in the portal would. */
async function behindTheScenes<T>(work: (disks: ReturnType<BlobServiceClient['getContainerClient']>) => Promise<T>): Promise<T> {
  making = true;
  try {
    return await work(BlobServiceClient.fromConnectionString(emulator.connectionString(SOURCE)).getContainerClient('vhds'));
  } finally {
    making = false;
    seen = [];
  }
}

async function backUp(name: string, transfer: TransferChoice): Promise<BackupResult> {
  const [from, to] = [`${emulator.blobEndpoint(SOURCE)}/vhds/${name}`, `${emulator.blobEndpoint(BACKUP)}/backups/${name}`];
  const request = {
    source: await session.pageBlob(from),
    backup: await session.pageBlob(to),
    catalogue: await session.recordStoreFor(to),
    transfer,
    proof: 'full' as const,
  };
  const options = { world: systemWorld, limits: { calls: 4, bytes: 16 * MIB } };
  return resultOf(runBackup(await planBackup(request, options), request, options));
}

function assertEqualPoint(name: string): void {
  const disk = emulator.store.bytes({ account: SOURCE, container: 'vhds', blob: name });
  const [snapshot] = emulator.store.snapshots({ account: BACKUP, container: 'backups', blob: name }).slice(-1);
  assert.ok(disk.equals(emulator.store.bytes({ account: BACKUP, container: 'backups', blob: name, snapshot: snapshot! })));
}

describe('accounts without shared keys', () => {
  it('are found, browsed and backed up with tokens alone', async () => {
    await behindTheScenes((disks) => makeDisk(disks, 'disk.vhd', 8 * MIB, [{ offset: 0, length: 64 * 1024, fill: 1 }]));
    const { accounts, problems } = await made.directory.list(never);
    assert.deepEqual([accounts.map(({ name }) => name), problems], [[SOURCE, BACKUP], []]);
    const browser = await session.browse(accounts[0]!.endpoint);
    assert.deepEqual((await browser.containers(undefined)).items, [{ name: 'backups' }, { name: 'vhds' }]);
    const { items, others } = await browser.pageBlobs('vhds', undefined, '');
    assert.deepEqual([items.map(({ name, length }) => [name, length]), others], [[['disk.vhd', 8 * MIB]], 3]);

    for (const transfer of ['relay', 'server'] as const) {
      await behindTheScenes((disks) =>
        writeBytes(disks.getPageBlobClient('disk.vhd'), { offset: MIB, length: 4096, fill: transfer.length }),
      );
      seen = [];
      const result = await backUp('disk.vhd', transfer);
      assert.equal(result.kind, transfer === 'relay' ? 'full' : 'incremental');
      assertEqualPoint('disk.vhd');
      assert.ok(seen.length > 5);
      for (const { headers, query } of seen) {
        assert.match(headers['authorization'] ?? '', /^Bearer /);
        assert.ok(!query.has('sig'));
      }
    }
    assert.ok(arm.requests.every((request) => !/keys/i.test(request)));
  });

  it('of two directories are backed up from one to the other with a SAS that only a token could make', async () => {
    setBackupTenant(GUEST_TENANT);
    await behindTheScenes((disks) => makeDisk(disks, 'two.vhd', 8 * MIB, [{ offset: 0, length: 4096, fill: 1 }]));
    await made.directory.list(never);
    await backUp('two.vhd', 'server');
    assertEqualPoint('two.vhd');
    const sources = seen.filter(({ headers }) => headers['x-ms-copy-source'] !== undefined);
    assert.ok(sources.length > 0);
    for (const { headers } of sources) {
      assert.match(headers['x-ms-copy-source']!, /skoid=/);
      assert.equal(headers['x-ms-copy-source-authorization'], undefined);
    }
  });

  it('that the user may not read say which role is missing', async () => {
    await made.directory.list(never);
    const stop = emulator.onRequest(() => ({ kind: 'status', status: 403, code: 'AuthorizationPermissionMismatch' }));
    try {
      const browser = await session.browse(emulator.blobEndpoint(SOURCE));
      await assert.rejects(
        browser.containers(undefined),
        (error) => isBackupError(error, 'accessDenied') && /Storage Blob Data Reader/.test(error.fullText),
      );
    } finally {
      stop();
    }
  });

  it('can be attached by the URL of a blob', async () => {
    await behindTheScenes(async (disks) => (await makeDisk(disks, 'only.vhd', MIB)).createSnapshot());
    const attached = attach({ kind: 'url', text: `${emulator.blobEndpoint(SOURCE)}/vhds/only.vhd` }, [], Date.now());
    assert.ok('attachment' in attached);
    const { account } = attached.attachment;
    const alone = makeDirectory({
      sessions: made.sessions,
      arm: {
        findSubscriptions: async () => ({ subscriptions: [], problems: [] }),
        findAccounts: async () => ({ accounts: [], leftOut: [], problems: [] }),
        accountRules: async () => undefined,
      },
    });
    await alone.directory.attach(attached.attachment);
    const there = new LazyAzureSession({
      directory: alone.directory,
      anybody: () => alone.directory.anybody,
      env: {},
      apiVersion: () => undefined,
      userAgent: 'test',
    });
    const page = await (await there.browse(account.endpoint, account.scope)).pageBlobs('vhds', undefined, '');
    assert.deepEqual(
      page.items.map(({ name, snapshots }) => [name, snapshots.length]),
      [['only.vhd', 1]],
    );
  });
});

describe('a run that outlives its tokens', () => {
  const pages = Array.from({ length: 60 }, (_, at) => ({ offset: at * 128 * 1024, length: 4096, fill: 1 + at }));

  it('goes on with renewed ones', async () => {
    await behindTheScenes((disks) => makeDisk(disks, 'long.vhd', 8 * MIB, pages));
    await made.directory.list(never);
    // Nothing holds a token that says it is nearly over.
    made.sessions.lifetime = 1;
    made.sessions.renewAfter = 10;
    await backUp('long.vhd', 'relay');
    assertEqualPoint('long.vhd');
    const used = new Set(seen.map(({ headers }) => headers['authorization']));
    assert.ok(used.size > 2 * LIVING, `${used.size} tokens were used`);
    assert.ok(made.sessions.issued > 2 * LIVING);
  });

  it('fails where the first token is kept, so the test above proves something', async () => {
    await behindTheScenes((disks) => makeDisk(disks, 'kept.vhd', 8 * MIB, pages));
    await made.directory.list(never);
    made.sessions.renewAfter = 10;
    const wish = { account: made.sessions.signedIn[0]!, scope: `${STORAGE}/.default`, tenantId: HOME_TENANT, claims: undefined };
    const token = await made.sessions.token(wish);
    const kept = { getToken: async () => (await made.sessions.token(wish), { token: token!, expiresOnTimestamp: 0 }) };
    const azure = openAzure({ env: {}, findAccess: () => ({ kind: 'token', credential: kept }), endpoints: made.directory.endpoints() });
    session = {
      pageBlob: async (url: string) => azure.pageBlob(url),
      recordStoreFor: async (url: string) => azure.recordStoreFor(url),
    } as unknown as LazyAzureSession;
    const error = await backUp('kept.vhd', 'relay').then(
      () => assert.fail('it went on'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof BackupError);
    assert.equal(error.code, 'signInNeeded');
  });
});

describe('a directory that a service names', () => {
  it('is asked for a token where nobody knows the owner', async () => {
    await behindTheScenes((disks) => makeDisk(disks, 'named.vhd', MIB));
    // The emulator names this tenant in its challenge.
    tenantOf[SOURCE] = '00000000-0000-0000-0000-000000000000';
    const challenge = `Bearer authorization_uri=https://login.microsoftonline.com/${tenantOf[SOURCE]}/oauth2/authorize resource_id=${STORAGE}`;
    const stop = emulator.onRequest((info) => {
      const fault = judge(info);
      return fault?.kind === 'status' && fault.status === 401 ? { ...fault, headers: { 'www-authenticate': challenge } } : undefined;
    });
    try {
      const azure = openAzure({ env: {}, tokenCredential: made.directory.anybody, endpoints: [emulator.blobEndpoint(SOURCE)] });
      assert.equal(await azure.image(`${emulator.blobEndpoint(SOURCE)}/vhds/named.vhd`).length(), MIB);
      assert.ok(made.sessions.wishes.some(({ tenantId }) => tenantId === tenantOf[SOURCE]));
    } finally {
      stop();
    }
  });
});
