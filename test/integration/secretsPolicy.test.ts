import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SCHEDULE_KIND_NAMES } from '../../src/policy/generate/kinds.ts';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import type { Emulator } from '../support/emulator/emulator.ts';
import { startFakeArm, type FakeArm } from '../support/arm/fakeArm.ts';
import { HOME_TENANT } from '../support/arm/tokens.ts';
import { signedInWith } from '../support/fakeAz.ts';
import { BACKUPS, clientOf, DISKS, huntedSas, markedKey, startHuntedEmulator } from '../support/huntedAccounts.ts';
import { SecretHunt } from '../support/secretHunt.ts';
import { makeDisk, writeBytes } from '../support/twoAccounts.ts';
import { TEST_CERTIFICATE } from '../unit/azure/selfSigned.ts';

const MIB = 1024 * 1024;
const PROXY_PASSWORD = 'marked-proxy-password-77';
const COLLECTOR_KEY = 'marked-collector-key-0123456789';
const CLIENT_SECRET = 'marked~client.secret-0123456789';

/**
 * The commands of policies and of chains that are there, in processes of their own, with marked secrets in every place that they come from; afterwards
 * stdout, stderr, reports, generated files, metrics and traces are looked through.
 */
describe('secrets of policies', () => {
  const hunt = new SecretHunt();
  let emulator: Emulator;
  let arm: FakeArm;
  let collector: Server;
  let collected = 0;
  let folder: string;
  let signedIn: Readonly<Record<string, string>>;
  let runs = 0;
  const statuses = new Map<number | null, number>();

  before(async () => {
    hunt.hide('password of the proxy', PROXY_PASSWORD);
    hunt.hide('key of the collector', COLLECTOR_KEY);
    hunt.hide('client secret', CLIENT_SECRET);
    emulator = await startHuntedEmulator(hunt);
    emulator.onRequest(({ headers }) => {
      hunt.search('User-Agent', headers['user-agent'] ?? '');
      return undefined;
    });
    collector = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        collected++;
        hunt.search(`telemetry ${request.url}`, Buffer.concat(parts).toString());
        response.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
    arm = await startFakeArm([
      { id: HOME_TENANT, name: 'Contoso', subscriptions: [{ id: 'sub-x', name: 'Closed', accounts: [], denies: true }] },
    ]);
    folder = await mkdtemp(join(tmpdir(), 'pbb-secrets-'));
    const claims = { aud: arm.audience, tid: HOME_TENANT, user: 'ada', exp: Math.floor(Date.now() / 1000) + 3600, serial: 1 };
    const token = ['{"alg":"none"}', JSON.stringify(claims), 'marked-signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    hunt.hide('token', token);
    hunt.hide('end of the token', token.slice(-60));
    await writeFile(join(folder, 'certificate.pem'), TEST_CERTIFICATE);
    signedIn = { ...(await signedInWith(token, folder)), NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem') };
  });
  after(async () => {
    collector.closeAllConnections();
    collector.close();
    await arm.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  async function run(env: Readonly<Record<string, string>>, ...args: string[]): Promise<CliRun> {
    const ended = await runCliProcess(args, { env });
    hunt.search(`stdout of ${args[0]}`, ended.stdout);
    hunt.search(`stderr of ${args[0]}`, ended.stderr);
    statuses.set(ended.status, (statuses.get(ended.status) ?? 0) + 1);
    runs++;
    return ended;
  }

  const sas = (account: string): string => huntedSas(emulator, hunt, account);

  const ways: Record<string, () => Record<string, string>> = {
    keys: () => ({
      AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString(DISKS),
      AZURE_STORAGE_CONNECTION_STRING_B: emulator.connectionString(BACKUPS),
    }),
    sas: () => ({
      AZURE_STORAGE_CONNECTION_STRING: `BlobEndpoint=${emulator.blobEndpoint(DISKS)};SharedAccessSignature=${sas(DISKS)}`,
      AZURE_STORAGE_CONNECTION_STRING_B: `BlobEndpoint=${emulator.blobEndpoint(BACKUPS)};SharedAccessSignature=${sas(BACKUPS)}`,
    }),
  };

  function policyText(name: string, query = ''): string {
    const [from, to] = [DISKS, BACKUPS].map((account) => emulator.blobEndpoint(account));
    return `version: 1\nchains:\n  - name: ${name}\n    account: "${from}${query}"\n    blobs: vhds/${name}.vhd\n    window: 12h\n    retention: { last: 1 }\n    to: { account: "${to}", blob: "backups/{blob}" }\n`;
  }

  for (const [way, secrets] of Object.entries(ways)) {
    it(`of ${way} are in nothing of apply, prune, hold, check and generate`, async () => {
      const env = { ...secrets(), AZURE_CLIENT_SECRET: CLIENT_SECRET };
      const disk = await makeDisk(clientOf(emulator, DISKS).getContainerClient('vhds'), `${way}.vhd`, MIB, [
        { offset: 0, length: 4096, fill: 1 },
      ]);
      const backup = `${emulator.blobEndpoint(BACKUPS)}/backups/${way}.vhd`;
      const policy = join(folder, `${way}.yaml`);
      await writeFile(policy, policyText(way));
      const told = {
        ...env,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Basic ${COLLECTOR_KEY}`,
      };
      const report = join(folder, `${way}.md`);
      await run(told, 'apply', '--policy', policy, '--dry-run', '--json');
      assert.equal((await run(told, 'apply', '--policy', policy, '--verbose', '--report', report)).status, 0);
      for (const fill of [2, 3]) {
        await writeBytes(disk, { offset: MIB / 2, length: 512, fill });
        await run(env, 'backup', disk.url, backup, '--json');
      }
      const [first] = emulator.store.snapshots({ account: BACKUPS, container: 'backups', blob: `${way}.vhd` });
      assert.equal((await run(env, 'hold', `${backup}?snapshot=${first}`, '--json', '--verbose')).status, 0);
      await run(env, 'prune', backup, '--keep-last', '1', '--dry-run');
      assert.equal((await run(env, 'hold', `${backup}?snapshot=${first}`, '--release')).status, 0);
      assert.equal((await run(env, 'prune', backup, '--keep-last', '1', '--json', '--verbose')).status, 0);
      const asked = { ...env, ...signedIn };
      assert.equal((await run(asked, 'check', disk.url, backup, '--json', '--verbose', '--resource-manager', arm.url)).status, 0);
      for (const kind of way === 'keys' ? SCHEDULE_KIND_NAMES : []) {
        const out = join(folder, `${way}-${kind}`);
        await mkdir(out);
        await run(env, 'generate', kind, '--policy', policy, '--out', out, '--image', 'registry.example/page-blob-backup:1');
      }
      hunt.search('report', await readFile(report, 'utf8'));
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
        if (entry.isFile() && entry.parentPath.includes(`${way}-`))
          hunt.search(`generated ${entry.name}`, await readFile(join(entry.parentPath, entry.name), 'utf8'));
    });

    it(`of ${way} are in nothing that goes wrong there`, async () => {
      const env = secrets();
      const policy = join(folder, `wrong-${way}.yaml`);
      await writeFile(policy, policyText('nothing'));
      const backup = `${emulator.blobEndpoint(BACKUPS)}/backups/nothing.vhd`;
      const report = join(folder, `wrong-${way}.md`);
      await run(env, 'apply', '--policy', policy, '--json', '--verbose', '--report', report);
      await run(env, 'prune', backup, '--keep-last', '1', '--verbose');
      await run(env, 'hold', `${backup}?snapshot=2026-01-01T00:00:00.0000000Z`, '--verbose');
      await run(env, 'check', backup, backup, '--json', '--verbose');
      const stop = emulator.onRequest(() => ({ kind: 'status', status: 403, code: 'AuthenticationFailed' }));
      await run(env, 'apply', '--policy', policy, '--json', '--verbose', '--report', report);
      await run(env, 'prune', backup, '--keep-last', '1', '--json', '--verbose');
      stop();
      hunt.search('report', await readFile(report, 'utf8').catch(() => ''));
    });
  }

  it('written into a policy are refused, and repeated nowhere', async () => {
    const key = markedKey('a marked key in a policy');
    hunt.hide('key in a policy', key);
    const query = sas(DISKS);
    const endpoint = emulator.blobEndpoint(DISKS);
    const wrong = [
      policyText('a', `?${query}`),
      policyText('a').replace('blobs: vhds/a.vhd', `blobs: "vhds/a.vhd?${query}"`),
      policyText('a').replace('backups/{blob}', `backups/{blob}?${query}`),
      policyText('a').replace('window: 12h', `window: "${endpoint}?${query}"`),
      policyText('a').replace('window: 12h', `AccountKey=${key}: 12h`),
      policyText('a').replace('window: 12h', `"?${query}": 12h`),
      policyText('a').replace('window: 12h', `window: "AccountName=a;AccountKey=${key}"`),
      policyText('a').replace('name: a', `name: "${endpoint}?${query}"`),
      `${policyText('a')}  - account: *${query}\n`,
      `account: "${endpoint}?${query}\n`,
      `${query}: [`,
      query,
    ];
    for (const [number, text] of wrong.entries()) {
      const policy = join(folder, `bad-${number}.yaml`);
      await writeFile(policy, text);
      const ended = await run({}, 'apply', '--policy', policy, '--json', '--verbose');
      assert.notEqual(ended.status, 0, text);
    }
    await run({}, 'generate', `?${query}`, '--policy', `${endpoint}?${query}`, '--image', `x?${query}`);
  });

  it('of a proxy and of the environment are in no error', async () => {
    const url = 'https://nobody.blob.core.windows.net/vhds/disk.vhd';
    const proxy = `http://marked-user:${PROXY_PASSWORD}@127.0.0.1:9`;
    const env = {
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
      AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
      AZURE_CLIENT_ID: '00000000-0000-4000-8000-000000000001',
      AZURE_TENANT_ID: HOME_TENANT,
      AZURE_CLIENT_SECRET: CLIENT_SECRET,
    };
    // A proxy that cannot be read, and a collector that is none.
    await run({ ...env, HTTPS_PROXY: `http://marked-user:${PROXY_PASSWORD}@[` }, 'points', url, '--verbose');
    const collectors = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://x:${COLLECTOR_KEY}@127.0.0.1:9`,
      OTEL_EXPORTER_OTLP_HEADERS: `=;${COLLECTOR_KEY}`,
    };
    await run({ ...ways['keys']!(), ...collectors }, 'apply', '--policy', join(folder, 'keys.yaml'), '--verbose');
  });

  it('were looked for in earnest: nothing was found', () => {
    const told = `${runs} runs, ${hunt.hidden} kinds of secrets, ${hunt.searched} characters, ${collected} reports of telemetry, statuses ${JSON.stringify([...statuses])}`;
    assert.ok(runs >= 42 && hunt.hidden >= 9 && hunt.searched > 100_000 && collected >= 2, told);
    for (const status of [0, 2, 4, 5]) assert.ok((statuses.get(status) ?? 0) > 0, told);
    assert.deepEqual([...hunt.found], [], told);
  });
});
