import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { after, before, beforeEach, describe, it } from 'node:test';
import { parseBlobUrl } from '../../../src/azure/blobAddress.ts';
import { isBackupError } from '../../../src/engine/errors.ts';
import { cloudOf } from '../../../src/extension/accounts/cloud.ts';
import { startFakeArm, type FakeAccount, type FakeArm, type FakeTenant } from '../../support/arm/fakeArm.ts';
import { makeDirectory } from '../../support/arm/makeDirectory.ts';
import { claimsOf, HOME_TENANT } from '../../support/arm/tokens.ts';

/** Storage accounts found through Azure Resource Manager, over HTTPS, by the real SDK. */

const GUEST_TENANT = '00000000-0000-4000-8000-00000000000b';
const never = new AbortController().signal;

const account = (name: string, more: Partial<FakeAccount> = {}): FakeAccount => ({
  name,
  endpoint: `https://${name}.blob.core.windows.net`,
  ...more,
});
const TENANTS: readonly FakeTenant[] = [
  {
    id: HOME_TENANT,
    name: 'Contoso',
    subscriptions: [
      {
        id: 'sub-production',
        name: 'Production',
        accounts: [
          account('prod1', { sku: 'Premium_LRS' }),
          account('prod2', { sharedKeys: false }),
          account('prod3', { endpoint: 'https://prod3.z07.blob.storage.azure.net' }),
          account('lake', { hierarchical: true }),
          account('blocks', { kind: 'BlockBlobStorage', sku: 'Premium_LRS' }),
          account('files', { kind: 'FileStorage', sku: 'Premium_LRS' }),
          account('prod4', { kind: 'Storage' }),
        ],
      },
      { id: 'sub-secret', name: 'Secret', accounts: [account('hidden')], denies: true },
    ],
  },
  { id: GUEST_TENANT, name: 'Fabrikam', subscriptions: [{ id: 'sub-guest', name: 'Guests', accounts: [account('guest1')] }] },
];

let server: FakeArm;
before(async () => {
  server = await startFakeArm(TENANTS);
});
after(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.tokens.length = 0;
  server.pageSize = 2;
  server.audience = server.url;
  server.wantedClaims = undefined;
  server.gate = async () => undefined;
});

const named = (accounts: readonly { readonly name: string }[]): string[] => accounts.map(({ name }) => name);

describe('accounts in subscriptions', () => {
  it('are found in all tenants, page by page, and one subscription that denies harms no other', async () => {
    const { directory } = makeDirectory({ server });
    const { accounts, problems, signedIn, leftOut } = await directory.list(never);
    assert.deepEqual(named(accounts), ['guest1', 'prod1', 'prod2', 'prod3', 'prod4']);
    assert.equal(signedIn, true);
    assert.deepEqual(
      problems.map(({ label, remedy }) => [label, remedy]),
      [['Secret', 'retry']],
    );
    assert.match(problems[0]!.text, /may not list the storage accounts in the subscription "Secret"\. Ask for the role "Reader"/);
    const lists = server.requests.filter((request) => request.includes('/sub-production/'));
    assert.equal(lists.length, 4, 'seven accounts, two a page');
    assert.deepEqual(leftOut?.map(({ name }) => name).sort(), ['blocks', 'files', 'lake']);
  });

  it('come with endpoint, subscription, tenant, kind and place', async () => {
    const { directory } = makeDirectory({ server });
    const { accounts } = await directory.list(never);
    const [guest, premium, , zone] = accounts;
    assert.deepEqual(premium, {
      id: 'https://prod1.blob.core.windows.net',
      name: 'prod1',
      endpoint: 'https://prod1.blob.core.windows.net',
      origin: 'subscription',
      scope: undefined,
      subscription: { id: 'sub-production', name: 'Production', tenantId: HOME_TENANT },
      premium: true,
      location: 'westeurope',
      pinned: false,
    });
    assert.deepEqual([zone?.endpoint, zone?.premium], ['https://prod3.z07.blob.storage.azure.net', false]);
    assert.equal(guest?.subscription?.tenantId, GUEST_TENANT);
  });

  it('are listed with tokens of their own tenant, and nobody ever asks for a key', async () => {
    const { directory, sessions } = makeDirectory({ server });
    await directory.list(never);
    for (const token of server.tokens) assert.equal(claimsOf(token)?.aud, server.url);
    assert.deepEqual(new Set(server.tokens.map((token) => claimsOf(token)?.tid)), new Set([HOME_TENANT, GUEST_TENANT]));
    assert.ok(server.requests.every((request) => request.startsWith('GET ') && !/keys/i.test(request)));
    assert.ok(sessions.wishes.every(({ scope }) => scope === `${server.url}/.default`));
  });

  it('get tokens for their data from the tenant that owns them, one credential for each', async () => {
    const { directory, sessions } = makeDirectory({ server });
    await directory.list(never);
    const [guest, own, other] = ['guest1', 'prod1', 'prod2'].map(
      (name) => parseBlobUrl(`https://${name}.blob.core.windows.net/vhds/d`).address,
    );
    const accesses = await Promise.all([guest, own, other].map(async (address) => directory.findAccess(address!)));
    const credentials = accesses.map((access) => (access?.kind === 'token' ? access.credential : assert.fail('no token')));
    assert.equal(credentials[1], credentials[2]);
    sessions.wishes.length = 0;
    await credentials[0]!.getToken('https://storage.azure.com/.default');
    await credentials[1]!.getToken('https://storage.azure.com/.default', { tenantId: 'what a server says' });
    assert.deepEqual(
      sessions.wishes.map(({ scope, tenantId }) => [scope, tenantId]),
      [
        ['https://storage.azure.com/.default', GUEST_TENANT],
        ['https://storage.azure.com/.default', HOME_TENANT],
      ],
    );
  });

  it('tell of their rules, where somebody may read them', async () => {
    const rule = (name: string, actions: object, more: object = {}): object => ({
      name,
      type: 'Lifecycle',
      enabled: true,
      definition: { actions, filters: { blobTypes: ['blockBlob'], prefixMatch: ['backups/'] } },
      ...more,
    });
    const { directory } = makeDirectory({ server });
    const rulesOf = (name: string) => directory.rulesOf({ endpoint: `https://${name}.blob.core.windows.net`, container: 'vhds' }, never);
    const untold = async (name: string): Promise<string> => inspect(await rulesOf(name));
    assert.match(await untold('prod2'), /not among the accounts/, 'nobody knows it yet');
    const [home] = server.tenants;
    const { id: subscription, accounts: shown } = home!.subscriptions[0]!;
    const accounts = shown as FakeAccount[];
    const at = accounts.findIndex(({ name }) => name === 'prod2');
    const before = accounts[at]!;
    const lifecycle = [
      rule('old', { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } }),
      rule('cold', { baseBlob: { tierToArchive: { daysAfterModificationGreaterThan: 30 } } }),
      rule('off', { baseBlob: { delete: { daysAfterModificationGreaterThan: 1 } } }, { enabled: false }),
    ];
    const kept = { immutabilityPeriodSinceCreationInDays: 7, state: 'Unlocked' };
    const rules = {
      versioning: true,
      defaultAction: 'Deny',
      copyScope: 'AAD',
      softDeleteDays: 7,
      containerSoftDeleteDays: 8,
      immutable: { enabled: true, immutabilityPolicy: kept },
      containers: { vhds: { hasLegalHold: true, legalHold: { hasLegalHold: true, tags: [{ tag: 'case7' }] } } },
      lifecycle,
    } as const;
    try {
      accounts[at] = { ...before, rules };
      await directory.list(never);
      const common = { blobTypes: ['blockBlob'], prefixes: ['backups/'], tagged: false };
      const told = {
        resource: { subscription, group: 'rg', account: 'prod2' },
        versioning: true,
        softDeleteDays: 7,
        containerSoftDeleteDays: 8,
        network: 'restricted',
        copyScope: 'AAD',
        keepsVersions: { by: 'account', days: 7, locked: false },
        legalHolds: ['case7'],
        lifecycle: [
          { name: 'old', ...common, deletes: true, archives: false },
          { name: 'cold', ...common, deletes: false, archives: true },
        ],
        unseen: [],
      };
      assert.deepEqual(await rulesOf('prod2'), told);
      const own = { immutableStorageWithVersioning: { enabled: true }, immutabilityPolicy: { properties: { ...kept, state: 'Locked' } } };
      accounts[at] = { ...before, rules: { ...rules, containers: { vhds: own } } };
      assert.deepEqual(await rulesOf('prod2'), { ...told, legalHolds: [], keepsVersions: { by: 'container', days: 7, locked: true } });
      accounts[at] = { ...before, rules: { ...rules, publicNetworkAccess: 'Disabled' } };
      assert.deepEqual(await rulesOf('prod2'), { ...told, network: 'closed' });
      accounts[at] = { ...before, rules: { ...rules, refuses: ['blobServices', 'containers', 'managementPolicies'] } };
      assert.deepEqual(await rulesOf('prod2'), {
        ...told,
        versioning: false,
        softDeleteDays: 0,
        containerSoftDeleteDays: 0,
        legalHolds: [],
        lifecycle: [],
        unseen: ['service', 'container', 'lifecycle'],
      });
      assert.deepEqual(await rulesOf('prod1'), {
        resource: { subscription, group: 'rg', account: 'prod1' },
        versioning: false,
        softDeleteDays: 0,
        containerSoftDeleteDays: 0,
        network: 'open',
        copyScope: undefined,
        keepsVersions: undefined,
        legalHolds: [],
        lifecycle: [],
        unseen: [],
      });
      assert.match(await untold('other'), /not among the accounts/);
      accounts[at] = { ...before, endpoint: 'https://moved.blob.core.windows.net' };
      assert.match(await untold('prod2'), /no longer in the subscription/);
    } finally {
      accounts[at] = before;
    }
  });

  it('in a directory that asks for a sign-in of its own are told by one row', async () => {
    const { directory, sessions } = makeDirectory({ server });
    sessions.closedTenants.add(GUEST_TENANT);
    const { accounts, problems } = await directory.list(never);
    assert.equal(accounts.length, 4);
    assert.deepEqual(
      problems.filter(({ remedy }) => remedy === 'signIn').map(({ label }) => label),
      ['Fabrikam'],
    );
    assert.deepEqual(
      directory.tenantsToSignIn().map(({ tenantId, user }) => [tenantId, user]),
      [[GUEST_TENANT, 'ada']],
    );
  });

  it('are looked for in the chosen subscriptions only', async () => {
    const { directory } = makeDirectory({ server });
    const { subscriptions } = await directory.subscriptions(never);
    assert.deepEqual(named(subscriptions), ['Guests', 'Production', 'Secret']);
    await directory.choose(subscriptions.filter(({ name }) => name === 'Guests'));
    server.requests.length = 0;
    const { accounts, problems } = await directory.list(never);
    assert.deepEqual([named(accounts), problems, server.requests.length], [['guest1'], [], 1]);
    await directory.choose([]);
    assert.deepEqual((await directory.list(never)).accounts, []);
    await directory.choose(undefined);
    assert.equal((await directory.list(never)).accounts.length, 5);
  });

  it('are asked for once, and again after a refresh', async () => {
    const { directory } = makeDirectory({ server });
    await Promise.all([directory.list(never), directory.list(never)]);
    const { length } = server.requests;
    await directory.list(never);
    assert.equal(server.requests.length, length);
    directory.refresh();
    await directory.list(never);
    assert.equal(server.requests.length, 2 * length);
  });

  it('can be waited for no longer', async () => {
    const { directory } = makeDirectory({ server });
    const controller = new AbortController();
    server.gate = async (path) => {
      if (path.includes('sub-production')) controller.abort();
    };
    await assert.rejects(directory.list(controller.signal), (error) => isBackupError(error, 'cancelled'));
    server.gate = async () => undefined;
    assert.equal((await directory.list(never)).accounts.length, 5);
  });

  it('come by another user of this machine where nobody is signed in to VS Code', async () => {
    const { sessions } = makeDirectory({ server });
    const other = {
      getToken: async (scopes: string | string[], options?: { tenantId?: string }) => {
        const scope = [scopes].flat()[0]!;
        const token = await sessions.token({ account: sessions.signedIn[0]!, scope, tenantId: options?.tenantId, claims: undefined });
        return { token: token!, expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    };
    const made = makeDirectory({ server, other });
    made.sessions.signedIn = [];
    const { accounts, signedIn } = await made.directory.list(never);
    assert.deepEqual([accounts.length, signedIn], [5, true]);
  });

  it('are none, without a request, where nobody is signed in at all', async () => {
    const { directory, sessions } = makeDirectory({ server });
    sessions.signedIn = [];
    const { accounts, problems, signedIn } = await directory.list(never);
    assert.deepEqual([accounts, problems, signedIn, server.requests], [[], [], false, []]);
  });
});

describe('a service that asks for more', () => {
  it('gets a token with the claims it asks for', async () => {
    const { directory, sessions } = makeDirectory({ server });
    server.wantedClaims = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}';
    const { accounts } = await directory.list(never);
    assert.equal(accounts.length, 5);
    assert.ok(sessions.wishes.some(({ claims }) => claims === server.wantedClaims));
  });
});

describe('another cloud', () => {
  it('has its own Resource Manager, audience and provider', async () => {
    server.audience = 'https://management.azurestack.local/1234';
    const cloud = cloudOf('custom', { resourceManagerEndpointUrl: `${server.url}/`, activeDirectoryResourceId: server.audience });
    assert.deepEqual([cloud.provider, cloud.arm.scope], ['microsoft-sovereign-cloud', `${server.audience}/.default`]);
    assert.equal((await makeDirectory({ server, cloud }).directory.list(never)).accounts.length, 5);
  });

  it('is chosen by the settings of VS Code itself', () => {
    assert.deepEqual(cloudOf(undefined, undefined).arm, {
      url: 'https://management.azure.com',
      scope: 'https://management.azure.com/.default',
    });
    assert.equal(cloudOf('ChinaCloud', {}).arm.url, 'https://management.chinacloudapi.cn');
    assert.equal(cloudOf('USGovernment', {}).storageSuffix, 'core.usgovcloudapi.net');
    assert.equal(cloudOf('USGovernment', {}).provider, 'microsoft-sovereign-cloud');
    assert.equal(cloudOf('custom', { storageEndpointSuffix: '.local.azurestack.external' }).storageSuffix, 'local.azurestack.external');
    assert.equal(cloudOf('custom', null).provider, 'microsoft');
  });

  it('that does not answer is a row with its reason', async () => {
    const cloud = cloudOf('custom', { resourceManagerEndpointUrl: 'https://127.0.0.1:1' });
    const { problems } = await makeDirectory({ server, cloud }).directory.list(never);
    assert.deepEqual(
      problems.map(({ label, remedy }) => [label, remedy]),
      [['ada@example.com', 'retry']],
    );
    assert.match(problems[0]!.text, /does not accept connections/);
  });
});
