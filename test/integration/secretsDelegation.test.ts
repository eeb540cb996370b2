import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { HOME_TENANT } from '../support/arm/tokens.ts';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { delegationKey } from '../support/emulator/auth/delegationKey.ts';
import { startEmulator, type Emulator, type Fault, type RequestInfo } from '../support/emulator/emulator.ts';
import { signedInWith } from '../support/fakeAz.ts';
import { SecretHunt } from '../support/secretHunt.ts';
import { makeDisk, writeBytes } from '../support/twoAccounts.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../unit/azure/selfSigned.ts';

const MIB = 1024 * 1024;
const DAY = 24 * 3_600_000;
const [DISKS, BACKUPS] = ['entradisks', 'keybackups'];
const BOTH = [
  [DISKS, 'vhds'],
  [BACKUPS, 'backups'],
] as const;

/**
 * Disks that are read with a token, backed up to an account of another sign-in: the token is not for that one's service, so `apply` has a key made with it
 * (REST: Get User Delegation Key), and a SAS with that key. None of the three may come out anywhere, whatever is answered and however much is logged.
 */
describe('secrets of server-side copies with a token', () => {
  const hunt = new SecretHunt();
  const key = Object.fromEntries(
    [DISKS, BACKUPS].map((name) => [name, Buffer.from(`the marked account key of ${name}`.padEnd(64, '.')).toString('base64')]),
  );
  let token: string;
  let emulator: Emulator;
  let collector: Server;
  let folder: string;
  let env: Readonly<Record<string, string>>;
  let disks: ContainerClient;
  /** What is answered instead, by the operation. */
  let fault: ((info: RequestInfo) => Fault | undefined) | undefined;
  let logged = 0;
  const seen = { delegated: 0, keys: 0, telemetry: 0, relayed: 0, pruned: 0 };

  before(async () => {
    setDefaultCACertificates([...getCACertificates('default'), TEST_CERTIFICATE]);
    token = ['{"alg":"none"}', JSON.stringify({ tid: HOME_TENANT, user: 'ada' }), 'marked-signature-of-the-token']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    hunt.hide('token', token);
    hunt.hide('end of the token', token.slice(-36));
    for (const [name, value] of Object.entries(key)) hunt.hide(`key of ${name}`, value);
    const accounts = [DISKS, BACKUPS].map((name) => ({ name, key: key[name]! }));
    emulator = await startEmulator({ accounts, tls: { key: TEST_KEY, cert: TEST_CERTIFICATE }, switches: { bearerTokens: [token] } });
    emulator.onRequest((info) => {
      look(info);
      return fault?.(info);
    });
    collector = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        seen.telemetry++;
        hunt.search(`telemetry ${request.url}`, Buffer.concat(parts).toString());
        response.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
    folder = await mkdtemp(join(tmpdir(), 'pbb-delegation-'));
    await writeFile(join(folder, 'certificate.pem'), TEST_CERTIFICATE);
    env = {
      ...(await signedInWith(token, folder)),
      NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem'),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    };
    for (const [account, container] of BOTH) await client(account, container).create();
    disks = client(DISKS, 'vhds');
  });
  after(async () => {
    collector.closeAllConnections();
    collector.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  const client = (account: string, container: string): ContainerClient =>
    BlobServiceClient.fromConnectionString(emulator.connectionString(account)).getContainerClient(container);
  const keyOfBackups = (): Record<string, string> => ({ AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString(BACKUPS) });

  /** Learns the SAS and the key that it is signed with from what the service is handed; whatever else is sent must hold none of them. */
  function look({ operation, account, headers }: RequestInfo): void {
    if (operation === 'GetUserDelegationKey') seen.keys++;
    if (operation === 'PutPage' && account === BACKUPS) seen.relayed++;
    if (operation === 'DeleteSnapshot' && account === BACKUPS) seen.pruned++;
    const { 'x-ms-copy-source': source, authorization, ...others } = headers;
    if (source?.includes('skoid=')) {
      seen.delegated++;
      const { searchParams } = new URL(source);
      hunt.hideSas('user delegation SAS', source);
      const signed = ['skoid', 'sktid', 'skt', 'ske', 'sks', 'skv'].map((name) => searchParams.get(name) ?? '');
      hunt.hide('user delegation key', delegationKey(key[DISKS]!, signed));
    }
    hunt.search(`headers of ${operation}`, JSON.stringify(others));
    if (account === BACKUPS && !authorization?.startsWith('Bearer ')) hunt.search(`authorization of ${operation}`, authorization ?? '');
  }

  async function run(more: Readonly<Record<string, string>>, ...args: string[]): Promise<CliRun> {
    const ended = await runCliProcess(args, { env: { ...env, ...more } });
    hunt.search(`stdout of ${args[0]}`, ended.stdout);
    hunt.search(`stderr of ${args[0]}`, ended.stderr);
    if (more['AZURE_LOG_LEVEL']) logged += ended.stderr.split('\n').filter((line) => line.startsWith('azure:')).length;
    return ended;
  }

  async function policyOf(name: string, transfer: string): Promise<string> {
    const [from, to] = [DISKS, BACKUPS].map((account) => emulator.blobEndpoint(account));
    const path = join(folder, `${name}.yaml`);
    await writeFile(
      path,
      `version: 1\nchains:\n  - name: ${name}\n    account: "${from}"\n    blobs: vhds/${name}.vhd\n    window: 1h\n    transfer: ${transfer}\n    retention: { last: 2 }\n    to: { account: "${to}", blob: "backups/{blob}" }\n`,
    );
    return path;
  }
  const apply = async (policy: string, more: Record<string, string> = {}, ...args: string[]): Promise<CliRun> => {
    const ended = await run({ ...keyOfBackups(), ...more }, 'apply', '--policy', policy, '--report', `${policy}.md`, ...args);
    hunt.search('report', await readFile(`${policy}.md`, 'utf8').catch(() => ''));
    return ended;
  };
  const snapshots = (name: string): number =>
    emulator.store.snapshots({ account: BACKUPS, container: 'backups', blob: `${name}.vhd` }).length;

  it('are in nothing of apply and prune that goes well, however much is logged', async () => {
    const disk = await makeDisk(disks, 'well.vhd', 2 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    const policy = await policyOf('well', 'server');
    const logs: Record<string, string>[] = [{}, { AZURE_LOG_LEVEL: 'verbose' }, { DEBUG: '*' }, {}];
    for (const [day, more] of logs.entries()) {
      await writeBytes(disk, { offset: MIB, length: 4096, fill: day + 2 });
      const now = new Date(Date.now() + day * DAY).toISOString();
      const ended = await apply(policy, more, '--now', now, '--verbose', ...(day % 2 === 0 ? ['--json'] : []));
      assert.equal(ended.status, 0, ended.stderr);
    }
    assert.equal(snapshots('well'), 2, 'apply pruned');
    const backup = `${emulator.blobEndpoint(BACKUPS)}/backups/well.vhd`;
    // With the token alone, as whoever may delete does.
    for (const more of [['--dry-run'], ['--json', '--verbose']]) {
      const pruned = await run({ AZURE_LOG_LEVEL: 'verbose' }, 'prune', backup, '--keep-last', '1', ...more);
      assert.equal(pruned.status, 0, pruned.stderr);
    }
    assert.equal(snapshots('well'), 1);
    assert.ok(seen.delegated > 3 && seen.keys >= 4 && seen.pruned >= 3 && seen.relayed === 0, JSON.stringify(seen));
  });

  /** From its signature on, since errors show the beginning of what a service says. */
  const sas = ({ headers }: RequestInfo): string => /sig=.*$/.exec(headers['x-ms-copy-source'] ?? '')?.[0] ?? '';
  /** Answers as proxies and services do that repeat what they were asked. */
  const repeating =
    (operation: RequestInfo['operation'], status: number, code: string) =>
    (info: RequestInfo): Fault | undefined =>
      info.operation !== operation
        ? undefined
        : {
            kind: 'status',
            status,
            code,
            message: `Not this: ${sas(info)} authorization: ${info.headers['authorization'] ?? ''} ${info.headers['x-ms-copy-source'] ?? ''}`,
            headers: { 'x-ms-copy-source-status-code': '403', 'x-ms-copy-source-error-code': 'AuthorizationFailure' },
          };

  for (const [what, refuse, transfer] of [
    ['the source refuses the copy', repeating('PutPageFromURL', 403, 'CannotVerifyCopySource'), 'auto'],
    ['the source refuses the copy and nobody may relay', repeating('PutPageFromURL', 403, 'CannotVerifyCopySource'), 'server'],
    ['the copy is refused with an unknown code', repeating('PutPageFromURL', 403, 'SomethingElse'), 'server'],
    ['the copy is answered with an unknown status', repeating('PutPageFromURL', 418, 'SomethingElse'), 'server'],
    ['the delegation key is refused', repeating('GetUserDelegationKey', 403, 'AuthorizationPermissionMismatch'), 'server'],
    ['the delegation key is answered with an unknown status', repeating('GetUserDelegationKey', 418, 'SomethingElse'), 'server'],
  ] as const) {
    it(`are in nothing where ${what}`, async () => {
      const name = what.replaceAll(' ', '-');
      await makeDisk(disks, `${name}.vhd`, MIB, [{ offset: 0, length: 4096, fill: 1 }]);
      const policy = await policyOf(name, transfer);
      const before = { ...seen };
      fault = refuse;
      try {
        for (const [more, ...args] of [
          [{ AZURE_LOG_LEVEL: 'verbose' }, '--json', '--verbose'],
          [{}, '--verbose'],
        ] as const) {
          const ended = await apply(policy, { ...more }, ...args);
          assert.equal(ended.status === 0, transfer === 'auto', ended.stderr);
        }
      } finally {
        fault = undefined;
      }
      assert.equal(seen.relayed > before.relayed, transfer === 'auto');
      assert.ok(seen.delegated > before.delegated || seen.keys > before.keys);
    });
  }

  it('are in nothing of a prune that is refused', async () => {
    fault = repeating('DeleteSnapshot', 403, 'SomethingElse');
    const disk = await makeDisk(disks, 'kept.vhd', MIB, [{ offset: 0, length: 4096, fill: 1 }]);
    const backup = `${emulator.blobEndpoint(BACKUPS)}/backups/kept.vhd`;
    for (const fill of [2, 3]) {
      await run(keyOfBackups(), 'backup', disk.url, backup, '--transfer', 'server', '--verbose');
      await writeBytes(disk, { offset: 0, length: 512, fill });
    }
    const pruned = await run({ AZURE_LOG_LEVEL: 'verbose' }, 'prune', backup, '--keep-last', '1', '--verbose', '--json');
    fault = undefined;
    assert.notEqual(pruned.status, 0, pruned.stderr);
    assert.equal(snapshots('kept'), 2);
  });

  it('are in no metadata and no record', () => {
    let texts = 0;
    for (const [account, container] of BOTH) {
      for (const blob of emulator.store.blobs(account, container)) {
        for (const snapshot of [undefined, ...emulator.store.snapshots({ account, container, blob })]) {
          hunt.search(`metadata of ${blob}`, JSON.stringify(emulator.store.metadata({ account, container, blob, snapshot })));
          texts++;
        }
        if (blob.endsWith('.json')) hunt.search(`record ${blob}`, emulator.store.bytes({ account, container, blob }).toString());
      }
    }
    assert.ok(texts > 15, `${texts} metadata`);
  });

  it('were looked for in earnest: nothing was found', () => {
    const told = `${hunt.hidden} kinds of secrets, ${hunt.searched} characters, ${logged} lines of the SDK's log, ${JSON.stringify(seen)}`;
    // Token twice, two account keys, SAS, delegation key.
    assert.equal(hunt.hidden, 6, told);
    assert.ok(hunt.searched > 100_000 && logged > 50 && seen.telemetry >= 8, told);
    assert.deepEqual([...hunt.found], [], told);
  });
});
