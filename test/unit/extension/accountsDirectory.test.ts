import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { parseBlobUrl } from '../../../src/azure/blobAddress.ts';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import { attach, type AttachInput } from '../../../src/extension/accounts/attachInput.ts';
import type { Arm, UserAccount } from '../../../src/extension/accounts/discovery.ts';
import { KEPT } from '../../../src/extension/accounts/storage.ts';
import { makeDirectory, type MadeDirectory } from '../../support/arm/makeDirectory.ts';
import { FakeMemory, FakeSecrets } from '../../support/arm/stores.ts';

const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const ONE = 'https://one.blob.core.windows.net';
const sasOf = (sig: string, sr = 'c'): string => `sv=2022-11-02&sr=${sr}&sp=rwdl&se=2099-01-01T00:00:00Z&sig=${sig}`;
const never = new AbortController().signal;

async function add({ directory }: MadeDirectory, input: AttachInput): Promise<string> {
  const attached = attach(input, directory.endpoints(), Date.now());
  assert.ok('attachment' in attached, inspect(attached));
  await directory.attach(attached.attachment);
  return attached.attachment.account.id;
}

async function accessTo({ directory }: MadeDirectory, url: string): Promise<string | undefined> {
  const access = await directory.findAccess(parseBlobUrl(url, directory.endpoints()).address);
  if (access === undefined) return undefined;
  return access.kind === 'key' ? `${access.account} ${access.key.reveal()}` : access.kind === 'sas' ? access.sas.reveal() : 'token';
}

/** Azure Resource Manager that answers when it is told to. */
function slowArm(accounts: readonly Pick<UserAccount, 'name' | 'endpoint'>[]): {
  arm: Arm;
  answer: () => void;
  asked: () => number;
  signals: AbortSignal[];
} {
  const gate = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  let asked = 0;
  const subscription = { id: 's1', name: 'Contoso', tenantId: 't1', shownBy: 't1' };
  const arm: Arm = {
    findSubscriptions: async (_arm, _user, _for, { signal }) => {
      asked++;
      signals.push(signal!);
      const stopped = new Promise<never>((_, fail) =>
        signal!.addEventListener('abort', () => fail(new BackupError('cancelled', 'Stopped.'))),
      );
      await Promise.race([gate.promise, stopped]);
      return { subscriptions: [subscription], problems: [] };
    },
    accountRules: async () => undefined,
    findAccounts: async () => ({
      accounts: accounts.map((account) => ({ ...account, subscription, premium: true, location: 'westeurope' })),
      leftOut: [{ name: 'lake', subscription: 'Contoso', reason: 'hierarchical' }],
      problems: [],
    }),
  };
  return { arm, answer: () => gate.resolve(), asked: () => asked, signals };
}

/** Tells no secret until it is ready, though it keeps them. */
class LateSecrets extends FakeSecrets {
  isReady = false;
  asked = 0;

  override async get(key: string): Promise<string | undefined> {
    this.asked++;
    return this.isReady ? super.get(key) : undefined;
  }
}

describe('attached accounts', () => {
  it('keep their secrets in the secret storage and nowhere else', async () => {
    const made = makeDirectory();
    await add(made, { kind: 'connectionString', text: `AccountName=one;AccountKey=${KEY};EndpointSuffix=core.windows.net` });
    await add(made, { kind: 'sas', text: `${ONE}/vhds?${sasOf('secretOfVhds')}` });
    await add(made, { kind: 'url', text: 'https://two.blob.core.windows.net/vhds/disk' });
    const listing = await made.directory.list(never);
    const kept = [...made.memory.texts.values()].join('');
    const access = await made.directory.findAccess(parseBlobUrl(`${ONE}/vhds/d`).address);
    const shown = inspect([made.directory, made.users, listing, access], { depth: 12, showHidden: true });
    for (const secret of [KEY.slice(0, 20), 'secretOfVhds']) {
      assert.ok(!kept.includes(secret), 'globalState holds a secret');
      assert.ok(!shown.includes(secret), 'a secret is printed');
      assert.ok(!JSON.stringify([listing, made.directory, access]).includes(secret), 'JSON holds a secret');
      assert.ok([...made.secrets.texts.values()].some((text) => text.includes(secret)));
    }
    assert.deepEqual([...made.secrets.texts.keys()].sort(), [`pageBlobBackup.account:${ONE}`, `pageBlobBackup.account:${ONE}/vhds`]);
    assert.deepEqual(
      listing.accounts.map(({ id }) => id),
      [ONE, `${ONE}/vhds`, 'https://two.blob.core.windows.net/vhds/disk'],
    );
  });

  it('give their credential for what it covers, the closest one first', async () => {
    const made = makeDirectory();
    await add(made, { kind: 'connectionString', text: `AccountName=one;AccountKey=${KEY}` });
    await add(made, { kind: 'sas', text: `${ONE}/vhds?${sasOf('container')}` });
    await add(made, { kind: 'sas', text: `${ONE}/vhds/disk.vhd?${sasOf('blob', 'b')}` });
    assert.equal(await accessTo(made, `${ONE}/other/disk.vhd`), `one ${KEY}`);
    assert.equal(await accessTo(made, `${ONE}/vhds/other.vhd`), sasOf('container'));
    assert.equal(await accessTo(made, `${ONE}/vhds/disk.vhd`), sasOf('blob', 'b'));
    assert.equal(await accessTo(made, `${ONE}/vhds/disk.vhd.chain/000001.json`), sasOf('container'));
    assert.equal(await accessTo(made, 'https://two.blob.core.windows.net/vhds/disk.vhd'), undefined);
    const ids = ['other/d', 'vhds/other.vhd', 'vhds/disk.vhd'].map((path) =>
      made.directory.credentialId(parseBlobUrl(`${ONE}/${path}`).address),
    );
    assert.equal(new Set(ids).size, 3);
  });

  it('understand the names of the loopback as one, and tell path-style addresses', async () => {
    const made = makeDirectory();
    await add(made, { kind: 'connectionString', text: `AccountName=one;AccountKey=${KEY};BlobEndpoint=https://storage.example.com/one` });
    await add(made, { kind: 'emulator', text: 'UseDevelopmentStorage=true' });
    assert.equal(await accessTo(made, 'https://storage.example.com/one/vhds/d'), `one ${KEY}`);
    assert.equal(await accessTo(made, 'http://localhost:10000/devstoreaccount1/vhds/d'), `devstoreaccount1 ${KEY}`);
  });

  it('are replaced when attached again, and forgotten with their secret when detached', async () => {
    const made = makeDirectory();
    const changes: unknown[] = [];
    made.directory.onDidChange(() => changes.push(1));
    const id = await add(made, { kind: 'sas', text: `${ONE}/vhds?${sasOf('old')}` });
    await add(made, { kind: 'sas', text: `${ONE}/vhds?${sasOf('new')}` });
    assert.equal(await accessTo(made, `${ONE}/vhds/d`), sasOf('new'));
    await made.directory.detach(id);
    assert.deepEqual([(await made.directory.list(never)).accounts, made.secrets.texts.size, changes.length], [[], 0, 3]);
  });

  it('whose secret is gone say so, within two seconds', async () => {
    const waits: number[] = [];
    const made = makeDirectory({ pause: async (ms) => void waits.push(ms) });
    await add(made, { kind: 'sas', text: `${ONE}/vhds?${sasOf('old')}` });
    made.secrets.texts.clear();
    await assert.rejects(
      accessTo(made, `${ONE}/vhds/d`),
      (error) => isBackupError(error, 'signInNeeded') && /Attach the account again/.test(error.fullText),
    );
    assert.ok(waits.reduce((sum, ms) => sum + ms, 0) < 2000, waits.join());
  });

  it('whose secret is not told yet, right after a reload of the window, wait a moment for it', async () => {
    const secrets = new LateSecrets();
    let waits = 0;
    const pause = async (): Promise<void> => {
      waits++;
      secrets.isReady = true;
    };
    const made = makeDirectory({ secrets, pause });
    await add(made, { kind: 'sas', text: `${ONE}/vhds?${sasOf('kept')}` });
    assert.equal(await accessTo(made, `${ONE}/vhds/d`), sasOf('kept'));
    assert.deepEqual([waits, secrets.asked], [1, 2]);
    assert.equal(await accessTo(made, `${ONE}/vhds/d`), sasOf('kept'));
    assert.deepEqual([waits, secrets.asked], [1, 3], 'one that is told is not waited for');
  });

  it('outlive the window', async () => {
    const [memory, secrets] = [new FakeMemory(), new FakeSecrets()];
    await add(makeDirectory({ memory, secrets }), { kind: 'sas', text: `${ONE}/vhds?${sasOf('kept')}` });
    assert.equal(await accessTo(makeDirectory({ memory, secrets }), `${ONE}/vhds/d`), sasOf('kept'));
  });
});

describe('the list of accounts', () => {
  it('has the pinned ones first, then goes by name', async () => {
    const made = makeDirectory();
    for (const name of ['bbb', 'aaa', 'ccc']) await add(made, { kind: 'key', name, key: KEY, suffix: 'core.windows.net' });
    await made.directory.pin('https://ccc.blob.core.windows.net', true);
    assert.deepEqual(
      (await made.directory.list(never)).accounts.map(({ name }) => name),
      ['ccc', 'aaa', 'bbb'],
    );
    await made.directory.pin('https://ccc.blob.core.windows.net', false);
    assert.deepEqual(
      (await made.directory.list(never)).accounts.map(({ name }) => name),
      ['aaa', 'bbb', 'ccc'],
    );
  });

  it('does not wait for Azure where accounts are attached, and tells when Azure has answered', async () => {
    const { arm, answer, asked } = slowArm([{ name: 'found', endpoint: 'https://found.blob.core.windows.net' }]);
    const made = makeDirectory({ arm, sleep: async () => undefined });
    await add(made, { kind: 'key', name: 'one', key: KEY, suffix: 'core.windows.net' });
    const first = await made.directory.list(never);
    assert.deepEqual([first.accounts.map(({ name }) => name), first.looking], [['one'], true]);
    const changed = new Promise<void>((resolve) => made.directory.onDidChange(resolve));
    answer();
    await changed;
    const second = await made.directory.list(never);
    assert.deepEqual(
      [second.accounts.map(({ name }) => name), second.looking, second.signedIn, asked()],
      [['found', 'one'], undefined, true, 1],
    );
    assert.deepEqual(
      second.leftOut?.map(({ name }) => name),
      ['lake'],
    );
  });

  it('knows an attached account that is also found as one, with its own key', async () => {
    const { arm, answer } = slowArm([{ name: 'one', endpoint: ONE }]);
    answer();
    const made = makeDirectory({ arm });
    await add(made, { kind: 'key', name: 'one', key: KEY, suffix: 'core.windows.net' });
    const { accounts } = await made.directory.list(never);
    assert.deepEqual(
      accounts.map(({ origin, premium, subscription }) => [origin, premium, subscription?.name]),
      [['attached', true, 'Contoso']],
    );
    assert.equal(await accessTo(made, `${ONE}/vhds/d`), `one ${KEY}`);
  });

  it('stops asking when the last who waits has gone, and asks again for the next', async () => {
    const { arm, answer, asked, signals } = slowArm([]);
    const made = makeDirectory({ arm });
    const [first, second] = [new AbortController(), new AbortController()];
    const lists = [made.directory.list(first.signal), made.directory.list(second.signal)];
    while (asked() === 0) await new Promise(setImmediate);
    first.abort();
    await assert.rejects(lists[0]!, (error) => isBackupError(error, 'cancelled'));
    assert.equal(signals[0]!.aborted, false);
    second.abort();
    await assert.rejects(lists[1]!, (error) => isBackupError(error, 'cancelled'));
    assert.equal(signals[0]!.aborted, true);
    answer();
    await made.directory.list(never);
    assert.equal(asked(), 2);
  });

  it('begins anew for those who wait when it is refreshed', async () => {
    const { arm, answer, asked, signals } = slowArm([{ name: 'one', endpoint: ONE }]);
    const made = makeDirectory({ arm });
    const list = made.directory.list(never);
    while (asked() === 0) await new Promise(setImmediate);
    made.directory.refresh();
    answer();
    assert.equal((await list).accounts.length, 1);
    assert.deepEqual([asked(), signals[0]!.aborted], [2, true]);
  });

  it('remembers what was found, so that a run can go on before Azure is asked again', async () => {
    const { arm, answer } = slowArm([{ name: 'one', endpoint: ONE }]);
    answer();
    const memory = new FakeMemory();
    await makeDirectory({ arm, memory }).directory.list(never);
    const next = makeDirectory({ arm: slowArm([]).arm, memory });
    assert.deepEqual(next.directory.endpoints(), [ONE]);
    assert.equal(await accessTo(next, `${ONE}/vhds/d`), 'token');
    assert.deepEqual([...memory.texts.keys()], [KEPT.found]);
  });

  it('shows what went wrong as a row, and the attached accounts all the same', async () => {
    const arm: Arm = { ...slowArm([]).arm, findSubscriptions: () => Promise.reject(new Error('no SDK, sig=abc')) };
    const made = makeDirectory({ arm });
    await add(made, { kind: 'key', name: 'one', key: KEY, suffix: 'core.windows.net' });
    const { accounts, problems } = await made.directory.list(never);
    assert.deepEqual([accounts.length, problems], [1, [{ label: 'Azure', text: 'no SDK, sig=(redacted)', remedy: 'retry' }]]);
  });
});
