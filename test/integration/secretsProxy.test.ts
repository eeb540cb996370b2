import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { runCli } from '../../src/cli/runCli.ts';
import { attach } from '../../src/extension/accounts/attachInput.ts';
import { LazyAzureSession } from '../../src/extension/azureSession.ts';
import { fileSystem } from '../../src/files/fileSystem.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { makeDirectory } from '../support/arm/makeDirectory.ts';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { startEmulator, type Emulator } from '../support/emulator/emulator.ts';
import { redactedLog } from '../support/extension/redactedLog.ts';
import { signedInWith } from '../support/fakeAz.ts';
import { startRefusingProxy, type Refusal, type RefusingProxy } from '../support/refusingProxy.ts';
import { SecretHunt } from '../support/secretHunt.ts';
import { makeDisk, startTwoAccounts } from '../support/twoAccounts.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../unit/azure/selfSigned.ts';

const PASSWORD = 'marked-proxy-password-77';
const TOKEN = 'opaque-token-behind-a-proxy-0123456789';
const CLIENT_SECRET = 'marked~client.secret-0123456789';
const [DISKS, BACKUPS] = ['proxydisks', 'proxybackups'];
const REFUSALS = ['asks', 'teapot', 'garbles', 'closes'] as const satisfies readonly Refusal[];
/** Those that the program does not try again. */
const PLAIN = ['asks', 'teapot'] as const;

/** A proxy whose URL holds a password, between every request and its service, which refuses and repeats all that it was told. */
describe('secrets behind a proxy', () => {
  const hunt = new SecretHunt();
  let emulator: Emulator;
  let proxy: RefusingProxy;
  let folder: string;
  let tokens: Readonly<Record<string, string>>;
  let runs = 0;
  const statuses = new Map<number | null, number>();

  before(async () => {
    const accounts = [DISKS, BACKUPS].map((name) => ({
      name,
      key: Buffer.from(`the marked account key of ${name}`.padEnd(64, '.')).toString('base64'),
    }));
    for (const { name, key } of accounts) hunt.hide(`key of ${name}`, key);
    hunt.hide('password of the proxy', PASSWORD);
    hunt.hide('password of the proxy in its header', Buffer.from(`marked-user:${PASSWORD}`).toString('base64'));
    hunt.hide('token', TOKEN);
    hunt.hide('client secret', CLIENT_SECRET);
    emulator = await startEmulator({ accounts, tls: { key: TEST_KEY, cert: TEST_CERTIFICATE } });
    proxy = await startRefusingProxy();
    folder = await mkdtemp(join(tmpdir(), 'pbb-proxy-'));
    await writeFile(join(folder, 'certificate.pem'), TEST_CERTIFICATE);
    tokens = { ...(await signedInWith(TOKEN, folder)), NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem') };
  });
  after(async () => {
    proxy.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  function sas(account: string): string {
    const query = emulator.sas(account, { permissions: 'racwdl', expiresOn: new Date(Date.now() + 3_600_000) });
    hunt.hideSas(`SAS of ${account}`, query);
    return query;
  }
  /** Without TLS a proxy is handed the whole request, with it a wish for a tunnel. */
  const plainly = (url: string): string => url.replaceAll('https:', 'http:');
  const keys = (): Record<string, string> => ({
    AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString(DISKS),
    AZURE_STORAGE_CONNECTION_STRING_B: plainly(emulator.connectionString(BACKUPS)),
  });
  function ended(what: string, status: number | null, stdout: string, stderr: string): void {
    hunt.search(`stdout of ${what}`, stdout);
    hunt.search(`stderr of ${what}`, stderr);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    runs++;
  }

  async function run(env: Readonly<Record<string, string>>, ...args: string[]): Promise<CliRun> {
    const done = await runCliProcess(args, { env: { ...tokens, ...env } });
    ended(`${args[0]}, the proxy ${proxy.refusal}`, done.status, done.stdout, done.stderr);
    return done;
  }

  /** The same in this process, where nobody waits before the next try. */
  async function runHere(env: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
    const stdout = new PassThrough({ encoding: 'utf8', highWaterMark: 1 << 26 });
    let stderr = '';
    const surroundings = { env, stdout, stderr: { write: (text: string) => (stderr += text) }, files: fileSystem };
    const world = { ...systemWorld, sleep: async () => undefined };
    const status = await runCli([...args, '--verbose'], { ...surroundings, world, signal: AbortSignal.timeout(60_000) });
    ended(`${args[0]}, the proxy ${proxy.refusal}`, status, String(stdout.read() ?? ''), stderr);
    return stderr;
  }

  /** What the environment of this process says while `work` goes on. */
  async function withProxy<T>(work: () => Promise<T>): Promise<T> {
    process.env['HTTPS_PROXY'] = proxy.url(PASSWORD);
    try {
      return await work();
    } finally {
      delete process.env['HTTPS_PROXY'];
    }
  }

  async function policy(): Promise<string> {
    const path = join(folder, 'policy.yaml');
    const [from, to] = [emulator.blobEndpoint(DISKS), plainly(emulator.blobEndpoint(BACKUPS))];
    await writeFile(
      path,
      `version: 1\nchains:\n  - account: "${from}"\n    blobs: vhds/disk.vhd\n    window: 1h\n    retention: { last: 2 }\n    to: { account: "${to}", blob: "backups/{blob}" }\n`,
    );
    return path;
  }

  it('that lets through: the command line goes by it', async () => {
    proxy.refusal = 'passes';
    const two = await startTwoAccounts();
    try {
      const disk = await makeDisk(two.disks, 'disk.vhd', 1 << 20, [{ offset: 0, length: 4096, fill: 1 }]);
      const backup = two.backups.getPageBlobClient('disk.vhd').url;
      const env = { ...two.env, HTTP_PROXY: proxy.url(PASSWORD) };
      const made = await run(env, 'backup', disk.url, backup, '--transfer', 'relay');
      assert.equal(made.status, 0, made.stderr);
      const asked = proxy.heads.length;
      assert.ok(asked > 10, `${asked} requests`);
      assert.ok(proxy.heads.every((head) => head.includes(Buffer.from(`marked-user:${PASSWORD}`).toString('base64'))));
      const past = await run({ ...env, NO_PROXY: '127.0.0.1' }, 'points', backup);
      assert.equal(past.status, 0, past.stderr);
      assert.equal(proxy.heads.length, asked, 'NO_PROXY leaves it out');
    } finally {
      await two.close();
    }
  });

  it('that asks for a sign-in: it is said, and what to do', async () => {
    proxy.refusal = 'asks';
    for (const url of [`${emulator.blobEndpoint(DISKS)}/vhds/disk.vhd`, `${plainly(emulator.blobEndpoint(BACKUPS))}/vhds/disk.vhd`]) {
      const { status, stderr } = await run({ ...keys(), HTTPS_PROXY: proxy.url(PASSWORD) }, 'points', url);
      assert.equal(status, 8, stderr);
      assert.match(
        stderr,
        /a proxy on the way asks for a name and a password\..*HTTPS_PROXY=http:\/\/<name>:<password>@<host>:<port>; .*NO_PROXY/,
      );
    }
  });

  for (const refusal of PLAIN) {
    it(`that ${refusal}: are in nothing that processes let out, however much is logged`, async () => {
      proxy.refusal = refusal;
      const through = proxy.url(PASSWORD);
      const asked = proxy.heads.length;
      const at = (account: string, name: string): string => `${emulator.blobEndpoint(account)}/vhds/${name}`;
      const policyFile = await policy();
      const report = join(folder, `${refusal}.md`);
      const json = ['--json', '--verbose'];
      await run({ ...keys(), HTTPS_PROXY: through }, 'apply', '--policy', policyFile, '--report', report, ...json);
      hunt.search('report', await readFile(report, 'utf8'));
      const signed = [plainly(`${at(DISKS, 'disk.vhd')}?${sas(DISKS)}`), `${at(BACKUPS, 'disk.vhd')}?${sas(BACKUPS)}`] as const;
      await run({ HTTP_PROXY: through }, 'backup', ...signed, ...json);
      await run({ ALL_PROXY: through, AZURE_LOG_LEVEL: 'verbose' }, 'backup', ...signed, '--verbose');
      for (const url of signed) await run({ https_proxy: through, DEBUG: '*' }, 'points', url, '--verbose');
      await run({ HTTPS_PROXY: through, AZURE_LOG_LEVEL: 'verbose' }, 'check', at(DISKS, 'disk.vhd'), at(BACKUPS, 'disk.vhd'), '--verbose');
      await run({ ...keys(), HTTPS_PROXY: through, NODE_USE_ENV_PROXY: '1', DEBUG: '*' }, 'verify', at(BACKUPS, 'disk.vhd'), ...json);
      const secret = {
        AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
        AZURE_CLIENT_ID: '00000000-0000-4000-8000-000000000001',
        AZURE_TENANT_ID: '00000000-0000-4000-8000-000000000002',
        AZURE_CLIENT_SECRET: CLIENT_SECRET,
        AZURE_LOG_LEVEL: 'verbose',
      };
      await run({ ...secret, HTTPS_PROXY: through }, 'points', 'https://nobody.blob.core.windows.net/vhds/disk.vhd', '--verbose');
      assert.ok(proxy.heads.length - asked >= 8, `${proxy.heads.length - asked} requests`);
    });
  }

  for (const refusal of REFUSALS) {
    it(`that ${refusal}: are in no error and no line of the extension's log`, async () => {
      proxy.refusal = refusal;
      const asked = proxy.heads.length;
      await withProxy(async () => {
        for (const [account, form] of [
          [DISKS, plainly],
          [BACKUPS, (url: string) => url],
        ] as const) {
          const url = form(`${emulator.blobEndpoint(account)}/vhds/disk.vhd`);
          assert.match(await runHere({}, 'points', `${url}?${sas(account)}`), /Could not/);
          await runHere({}, 'diff', `${url}?${sas(account)}`, `${url}2?${sas(account)}`, '--json');
          await runHere(keys(), 'prune', url, '--keep-last', '1');
          await runHere(keys(), 'verify', '--all', form(emulator.blobEndpoint(account)), '--json');
          for (const way of [
            { kind: 'connectionString', text: form(emulator.connectionString(account)) },
            { kind: 'sas', text: form(`${emulator.blobEndpoint(account)}?${sas(account)}`) },
          ] as const)
            await lookInExtension(way, url);
        }
      });
      assert.ok(proxy.heads.length - asked >= 14, `${proxy.heads.length - asked} requests`);
    });
  }

  async function lookInExtension(way: Parameters<typeof attach>[0], url: string): Promise<void> {
    const made = makeDirectory();
    const attached = attach(way, made.directory.endpoints(), Date.now());
    assert.ok('attachment' in attached, inspect(attached));
    await made.directory.attach(attached.attachment);
    const session = new LazyAzureSession({
      directory: made.directory,
      anybody: () => made.directory.anybody,
      env: {},
      apiVersion: () => undefined,
      userAgent: 'test',
    });
    const { log, lines } = redactedLog();
    const error: unknown = await session
      .image(url)
      .then((image) => image.length())
      .catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Error);
    log.error('Failed', error);
    hunt.search(`log, the proxy ${proxy.refusal}`, lines.join('\n'));
    hunt.search(`error, the proxy ${proxy.refusal}`, inspect(error, { depth: 9, showHidden: true }));
  }

  it('were looked for in earnest: nothing was found', () => {
    const told = `${runs} runs, ${hunt.hidden} kinds of secrets, ${hunt.searched} characters, statuses ${JSON.stringify([...statuses])}`;
    assert.ok(runs >= 50 && hunt.hidden >= 8 && hunt.searched > 100_000, told);
    const heads = proxy.heads.join('');
    for (const sent of [/^CONNECT /m, /^GET http:.*sig=/m, /^proxy-authorization: Basic /im]) assert.match(heads, sent);
    assert.deepEqual([...hunt.found], [], told);
  });
});
