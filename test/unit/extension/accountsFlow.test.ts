import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import type { Accounts } from '../../../src/extension/accounts/accounts.ts';
import { startFakeArm, type FakeArm } from '../../support/arm/fakeArm.ts';
import { FakeMemory, FakeSecrets } from '../../support/arm/stores.ts';
import { FakeSessions, HOME_TENANT } from '../../support/arm/tokens.ts';
import { startEmulator, type Emulator } from '../../support/emulator/emulator.ts';
import { microsoft, sessionsChanged, type AskedSession } from '../../support/vscode/authentication.ts';
import { GO_BACK } from '../../support/vscode/quickInputs.ts';
import { user } from '../../support/vscode/user.ts';

/** What the commands on accounts ask and do, with a stand-in for VS Code and the emulator for Azure. */

await import('../../support/vscode/register.ts');
const { createAccounts } = await import('../../../src/extension/accounts/accounts.ts');
const { setSetting } = await import('../../support/vscode/vscode.ts');

// Nobody's sign-in but the stand-in's.
process.env['AZURE_CONFIG_DIR'] = '/absent';
for (const name of ['AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'IMDS_ENDPOINT'])
  delete process.env[name];

const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const never = new AbortController().signal;
const ADA = { id: 'ada', label: 'ada@example.com' };

let emulator: Emulator;
let accounts: Accounts;
let secrets: FakeSecrets;
let memory: FakeMemory;
let lines: string[];

before(async () => {
  emulator = await startEmulator();
  await BlobServiceClient.fromConnectionString(emulator.connectionString('devstoreaccount1')).getContainerClient('vhds').create();
});
after(() => emulator.close());
beforeEach(() => {
  user.reset();
  [memory, secrets, lines] = [new FakeMemory(), new FakeSecrets(), []];
  Object.assign(microsoft, { accounts: [], asked: [], silent: () => 'token', dialog: () => undefined });
  const context = { globalState: memory, secrets } as unknown as Parameters<typeof createAccounts>[0];
  accounts = createAccounts(context, { debug: (text) => lines.push(text) });
});

describe('Attach Account', () => {
  it('asks for a connection string, checks it and attaches', async () => {
    user.answers(/How do you reach/, 'Connection String');
    user.answers(/Connection string of/, emulator.connectionString('devstoreaccount1'));
    const [id] = await accounts.attachAccount();
    assert.equal(id, `http://127.0.0.1:${emulator.port}/devstoreaccount1`);
    assert.deepEqual(user.take(), [
      'pick: Attach Storage Account | How do you reach the account?',
      'input: Attach Storage Account | Connection string of the storage account (hidden)',
    ]);
    const [account] = (await accounts.directory.list(never)).accounts;
    assert.equal(account?.origin, 'emulator');
    const browser = await accounts.session.browse(account.endpoint, account.scope);
    assert.deepEqual((await browser.containers(undefined)).items, [{ name: 'vhds' }]);
    assert.ok(![...memory.texts.values()].join('').includes(KEY.slice(0, 20)));
  });

  it('says what is wrong with what is typed, and keeps asking', async () => {
    user.answers(/How do you reach/, 'SAS URL');
    user.answers(/with its SAS/, 'https://one.blob.core.windows.net/vhds');
    user.answers(/with its SAS/, 'https://one.blob.core.windows.net/vhds?sv=1&sr=c');
    assert.deepEqual(await accounts.attachAccount(), []);
    const errors = user.take().filter((line) => line.startsWith('error'));
    assert.deepEqual(errors, [
      'error: This URL holds no SAS. A SAS begins after a question mark and has a part "sig=…".',
      'error: This SAS is cut short: its signature (sig) is missing.',
    ]);
  });

  it('takes name, key and endpoint, with a way back', async () => {
    user.answers(/How do you reach/, 'Account Name and Key');
    user.answers(/Name of the storage account/, 'devstoreaccount9');
    user.answers(/Account key of devstoreaccount9/, GO_BACK);
    user.answers(/Name of the storage account/, 'devstoreaccount1');
    user.answers(/Account key of devstoreaccount1/, KEY);
    user.answers(/Blob endpoint/, emulator.blobEndpoint('devstoreaccount1'));
    assert.equal((await accounts.attachAccount()).length, 1);
    assert.deepEqual([...secrets.texts.values()], [KEY]);
  });

  it('attaches an account that does not answer only when told so', async () => {
    const wrong = emulator.connectionString('devstoreaccount1').replace(/AccountKey=[^;]+/, `AccountKey=${'A'.repeat(86)}==`);
    for (const [answer, attached] of [
      [undefined, 0],
      ['Add Anyway', 1],
    ] as const) {
      user.answers(/How do you reach/, 'Connection String');
      user.answers(/Connection string of/, wrong);
      user.answers(/did not answer as it should/, (shown) => {
        assert.match(shown.choices[0]!, /Add Anyway — Could not list the containers.*the service did not accept the account key/);
        return answer;
      });
      assert.equal((await accounts.attachAccount()).length, attached);
    }
  });

  it('knows the accounts of the emulator that the setting lists', async () => {
    setSetting(
      'pageBlobBackup.emulatorConnectionStrings',
      ['devstoreaccount1', 'devstoreaccount2'].map((name) => emulator.connectionString(name)),
    );
    assert.equal((await accounts.attachEmulator()).length, 2);
    setSetting('pageBlobBackup.emulatorConnectionStrings', [`AccountName=one;AccountKey=${KEY}`]);
    assert.deepEqual(await accounts.attachEmulator(), []);
    assert.match(user.take().at(-1)!, /cannot be used\. This is not an emulator on this machine/);
    setSetting('pageBlobBackup.emulatorConnectionStrings', ['AccountName=one;AccountKey=YWJj;BlobEndpoint=http://127.0.0.1:1/one']);
    assert.deepEqual(await accounts.attachEmulator(), []);
    assert.match(user.take().at(-1)!, /^warning: The emulator does not answer at http:\/\/127\.0\.0\.1:1\/one\. Start it first/);
    setSetting('pageBlobBackup.emulatorConnectionStrings', undefined);
  });

  it('uses a new key at once', async () => {
    const endpoint = emulator.blobEndpoint('devstoreaccount1');
    for (const key of [`${'A'.repeat(86)}==`, KEY]) {
      user.answers(/How do you reach/, 'Connection String');
      user.answers(/Connection string of/, `AccountName=devstoreaccount1;AccountKey=${key};BlobEndpoint=${endpoint}`);
      user.answers(/did not answer/, 'Add Anyway');
      await accounts.attachAccount();
      const asked = (await accounts.session.browse(endpoint)).containers(undefined);
      await (key === KEY ? asked : assert.rejects(asked, { code: 'accessDenied' }));
    }
  });
});

describe('Sign In', () => {
  it('is the only thing that shows a dialog', async () => {
    microsoft.accounts = [ADA];
    microsoft.silent = () => undefined;
    const { signedIn } = await accounts.directory.list(never);
    assert.equal(signedIn, false);
    assert.ok(microsoft.asked.length > 0 && microsoft.asked.every(({ options }) => options.silent && !options.createIfNone));
    microsoft.dialog = () => ADA;
    microsoft.asked = [];
    assert.equal(await accounts.signIn(), true);
    const dialogs = microsoft.asked.filter(({ options }) => options.createIfNone);
    assert.deepEqual(
      dialogs.map(({ wish }) => wish),
      [['https://management.azure.com/.default'], ['https://storage.azure.com/.default']],
    );
  });

  it('that the user turns away from changes nothing', async () => {
    let changes = 0;
    accounts.directory.onDidChange(() => changes++);
    assert.deepEqual([await accounts.signIn(), changes], [false, 0]);
  });

  it('goes to the cloud that VS Code is set to', async () => {
    setSetting('microsoft-sovereign-cloud.environment', 'USGovernment');
    microsoft.dialog = () => ADA;
    await accounts.signIn();
    assert.deepEqual(microsoft.asked.map(({ provider, wish }) => [provider, wish])[0], [
      'microsoft-sovereign-cloud',
      ['https://management.usgovcloudapi.net/.default'],
    ]);
    setSetting('microsoft-sovereign-cloud.environment', undefined);
  });

  it('answers a challenge that only a dialog can answer', async () => {
    const { VsCodeSessions } = await import('../../../src/extension/accounts/vscodeSessions.ts');
    const { signIn } = await import('../../../src/extension/accounts/signInFlow.ts');
    const { cloudOf } = await import('../../../src/extension/accounts/cloud.ts');
    const sessions = new VsCodeSessions(
      () => 'microsoft',
      () => undefined,
    );
    const claims = '{"access_token":{"acrs":{"essential":true}}}';
    microsoft.accounts = [ADA];
    microsoft.silent = ({ wish }: AskedSession) => ('wwwAuthenticate' in wish ? undefined : 'token');
    assert.equal(await sessions.token({ account: ADA, scope: 's/.default', tenantId: 't1', claims }), undefined);
    microsoft.dialog = () => ADA;
    microsoft.asked = [];
    assert.equal(await signIn(sessions, cloudOf(undefined, undefined), []), true);
    const [{ wish, options }] = microsoft.asked as [AskedSession];
    assert.deepEqual(
      [wish, options.account, options.createIfNone],
      [
        {
          wwwAuthenticate: `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`,
          fallbackScopes: ['s/.default', 'VSCODE_TENANT:t1'],
        },
        ADA,
        true,
      ],
    );
    assert.equal(sessions.unmet, undefined);
  });

  it('in another window is noticed, and a renewed session is not', async () => {
    let changes = 0;
    accounts.directory.onDidChange(() => changes++);
    microsoft.accounts = [ADA];
    for (let at = 0; at < 3; at++) {
      sessionsChanged('microsoft');
      sessionsChanged('github');
      await new Promise(setImmediate);
    }
    assert.equal(changes, 1);
  });
});

describe('Select Subscriptions', () => {
  const account = (name: string) => ({ name, endpoint: `https://${name}.blob.core.windows.net` });
  let server: FakeArm;
  before(async () => {
    server = await startFakeArm([
      {
        id: HOME_TENANT,
        name: 'Contoso',
        subscriptions: [
          { id: 'sub-1', name: 'Production', accounts: [account('prod')] },
          { id: 'sub-2', name: 'Testing', accounts: [account('test')] },
        ],
      },
    ]);
  });
  after(() => server.close());
  beforeEach(() => {
    setSetting('microsoft-sovereign-cloud.customEnvironment', { resourceManagerEndpointUrl: server.url });
    setSetting('microsoft-sovereign-cloud.environment', 'custom');
    const sessions = new FakeSessions();
    microsoft.accounts = sessions.signedIn;
    microsoft.silent = ({ wish, options }) => {
      const [scope = '', tenant] = wish as readonly string[];
      return sessions.token({ account: options.account!, scope, tenantId: tenant?.replace('VSCODE_TENANT:', ''), claims: undefined });
    };
  });
  after(() => setSetting('microsoft-sovereign-cloud.environment', undefined));

  const names = async (): Promise<string[]> => (await accounts.directory.list(never)).accounts.map(({ name }) => name);

  it('shows the accounts of those that are chosen, from then on', async () => {
    assert.deepEqual(await names(), ['prod', 'test']);
    user.answers(/Storage accounts in these subscriptions/, ['Testing']);
    await accounts.selectSubscriptions();
    assert.deepEqual(user.seen.at(-1)?.choices, ['Production', 'Testing']);
    assert.deepEqual(await names(), ['test']);
    user.answers(/Storage accounts in these subscriptions/, ['Production', 'Testing']);
    await accounts.selectSubscriptions();
    assert.deepEqual(await names(), ['prod', 'test']);
    assert.deepEqual(
      [...memory.texts.keys()].filter((key) => /selected/.test(key)),
      [],
      'all means all, also future ones',
    );
  });

  it('changes nothing when the user goes away', async () => {
    await accounts.selectSubscriptions();
    assert.deepEqual([user.take().length, await names()], [1, ['prod', 'test']]);
  });

  it('asks in every directory with a token of that directory', async () => {
    await names();
    const tenants = new Set(microsoft.asked.map(({ wish }) => (wish as readonly string[])[1]));
    assert.deepEqual(tenants, new Set([undefined, `VSCODE_TENANT:${HOME_TENANT}`]));
  });
});

describe('the accounts', () => {
  it('load no SDK until they are used', async () => {
    const { spawnSync } = await import('node:child_process');
    const code = `
      import { registerHooks } from 'node:module';
      import './test/support/vscode/register.ts';
      let loaded = 0;
      registerHooks({ load: (url, context, next) => ((loaded += Number(url.includes('/@azure/'))), next(url, context)) });
      const { createAccounts } = await import('./src/extension/accounts/accounts.ts');
      const { session } = createAccounts({ globalState: { get() {} }, secrets: {} }, { debug() {} });
      const before = loaded;
      await session.pageBlob('https://one.blob.core.windows.net/vhds/disk');
      console.log(before, loaded > 0);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    assert.deepEqual([stdout, stderr], ['0 true\n', '']);
  });
});
