import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { BlobServiceClient } from '@azure/storage-blob';
import { runCli } from '../../src/cli/runCli.ts';
import { fileSystem } from '../../src/files/fileSystem.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { startEmulator, type Emulator, type Fault } from '../support/emulator/emulator.ts';
import { signedInWith } from '../support/fakeAz.ts';
import { SecretHunt } from '../support/secretHunt.ts';
import { makeDisk, writeBytes } from '../support/twoAccounts.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../unit/azure/selfSigned.ts';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;
const TOKEN = 'opaque-token-of-the-hunt-0123456789';
const [DISKS, BACKUPS] = ['huntdisks', 'huntbackups'];
const keyOf = (text: string): string => Buffer.from(text.padEnd(64, '.')).toString('base64');

/**
 * Every command with every kind of sign-in, going well and going wrong; afterwards nothing that it let out may hold a secret: stdout, stderr,
 * files, blob metadata, catalogue records, the User-Agent.
 */
describe('secrets on the command line', () => {
  const hunt = new SecretHunt();
  let emulator: Emulator;
  let folder: string;
  let fault: Fault | undefined;
  let runs = 0;
  const statuses = new Map<number, number>();

  before(async () => {
    setDefaultCACertificates([...getCACertificates('default'), TEST_CERTIFICATE]);
    const accounts = [DISKS, BACKUPS].map((name) => ({ name, key: keyOf(`the marked account key of ${name}`) }));
    for (const { name, key } of accounts) hunt.hide(`key of ${name}`, key);
    hunt.hide('token', TOKEN);
    emulator = await startEmulator({ accounts, tls: { key: TEST_KEY, cert: TEST_CERTIFICATE }, switches: { bearerTokens: [TOKEN] } });
    folder = await mkdtemp(join(tmpdir(), 'pbb-secrets-'));
    Object.assign(process.env, await signedInWith(TOKEN, folder));
    for (const [account, container] of [
      [DISKS, 'vhds'],
      [BACKUPS, 'backups'],
    ] as const)
      await client(account).getContainerClient(container).create();
    emulator.onRequest(({ headers, query }) => {
      const source = headers['x-ms-copy-source'] ?? '';
      hunt.hideSas('SAS made for a copy', source);
      hunt.search('User-Agent', headers['user-agent'] ?? '');
      hunt.search(
        'metadata header',
        Object.entries(headers)
          .flat()
          .filter((_, i, all) => (all[i - (i % 2)] ?? '').startsWith('x-ms-meta'))
          .join(' '),
      );
      return query.get('comp') === 'list' || source === '' ? undefined : fault;
    });
  });
  after(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  const client = (account: string) => BlobServiceClient.fromConnectionString(emulator.connectionString(account));

  /** Runs a command twice: for people with every detail, and as JSON. */
  async function run(env: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
    let said = '';
    for (const more of [['--verbose'], ['--json', '--verbose']]) {
      const stdout = new PassThrough({ encoding: 'utf8', highWaterMark: 64 * MIB });
      const stderr: string[] = [];
      const surroundings = { env, stdout, stderr: { write: (text: string) => stderr.push(text) }, world: systemWorld, files: fileSystem };
      const status = await runCli([...args, ...more], { ...surroundings, signal: AbortSignal.timeout(60_000) });
      const out = String(stdout.read() ?? '');
      hunt.search(`stdout of ${args[0]}`, out);
      hunt.search(`stderr of ${args[0]}`, stderr.join(''));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      runs++;
      said += out + stderr.join('');
    }
    return said;
  }

  const ways: Record<string, () => { env: Record<string, string>; sign: (account: string, container: string) => string }> = {
    'a key': () => ({
      env: {
        AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString(DISKS),
        AZURE_STORAGE_CONNECTION_STRING_B: emulator.connectionString(BACKUPS),
      },
      sign: () => '',
    }),
    'a SAS': () => ({ env: {}, sign: (account, container) => sas(account, container, 'racwdl') }),
    'a SAS in a connection string': () => ({
      env: {
        AZURE_STORAGE_CONNECTION_STRING: `BlobEndpoint=${emulator.blobEndpoint(DISKS)};SharedAccessSignature=${sas(DISKS, undefined, 'racwdl')}`,
        AZURE_STORAGE_CONNECTION_STRING_B: `BlobEndpoint=${emulator.blobEndpoint(BACKUPS)};SharedAccessSignature=${sas(BACKUPS, undefined, 'racwdl')}`,
      },
      sign: () => '',
    }),
    'a token': () => ({ env: {}, sign: () => '' }),
  };

  function sas(account: string, container: string | undefined, permissions: string, lives = HOUR): string {
    const query = emulator.sas(account, { ...(container && { container }), permissions, expiresOn: new Date(Date.now() + lives) });
    hunt.hideSas(`SAS of ${account}`, query);
    return query;
  }
  const signed = (url: string, query: string): string => (query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`);

  for (const [way, open] of Object.entries(ways)) {
    it(`of ${way} are in nothing that goes well`, async () => {
      const { env, sign } = open();
      const name = `${way.replaceAll(' ', '-')}.vhd`;
      const disk = await makeDisk(client(DISKS).getContainerClient('vhds'), name, 2 * MIB, [{ offset: 0, length: 4096, fill: 1 }]);
      const source = signed(disk.url, sign(DISKS, 'vhds'));
      const plain = `${emulator.blobEndpoint(BACKUPS)}/backups/${name}`;
      const backup = signed(plain, sign(BACKUPS, 'backups'));
      await run(env, 'backup', source, backup, '--transfer', 'server');
      await writeBytes(disk, { offset: MIB, length: 512, fill: 2 });
      await run(env, 'backup', source, backup, '--transfer', 'relay', '--proof', 'full');
      await run(env, 'points', backup);
      await run(env, 'verify', backup, '--source', source);
      const [point] = emulator.store.snapshots({ account: BACKUPS, container: 'backups', blob: name });
      assert.ok(point !== undefined);
      const from = signed(`${plain}?snapshot=${point}`, sign(BACKUPS, 'backups'));
      await run(env, 'diff', from, backup, '--summary', '--real');
      const beside = (text: string): string => signed(`${emulator.blobEndpoint(DISKS)}/vhds/${text}-${name}`, sign(DISKS, 'vhds'));
      await run(env, 'restore', from, beside('restored'), '--transfer', 'server');
      await run(env, 'restore', from, join(folder, name));
      await run(
        env,
        'restore',
        from,
        beside('chained'),
        '--continue-chain',
        '--new-backup',
        signed(`${plain}-two`, sign(BACKUPS, 'backups')),
      );
      await run(env, 'restore', from, source, '--in-place');
      await run(env, 'copy', from, beside('copied'));
      const said = await run(env, 'promote', from);
      assert.match(said, /snapshot/i);
    });

    it(`of ${way} are in nothing that goes wrong`, async () => {
      const { env, sign } = open();
      const source = signed(`${emulator.blobEndpoint(DISKS)}/vhds/nothing.vhd`, sign(DISKS, 'vhds'));
      const backup = signed(`${emulator.blobEndpoint(BACKUPS)}/backups/nothing.vhd`, sign(BACKUPS, 'backups'));
      for (const command of [
        ['backup', source, backup],
        ['points', backup],
        ['verify', backup],
        ['copy', source, backup],
        ['diff', source, backup],
      ])
        await run(env, ...command);
      const name = `wrong-${way.replaceAll(' ', '-')}.vhd`;
      const disk = await makeDisk(client(DISKS).getContainerClient('vhds'), name, MIB, [{ offset: 0, length: 4096, fill: 1 }]);
      for (const code of ['CannotVerifyCopySource', 'AuthenticationFailed', 'AuthorizationPermissionMismatch']) {
        fault = { kind: 'status', status: 403, code };
        await run(env, 'backup', signed(disk.url, sign(DISKS, 'vhds')), backup.replace('nothing', name), '--transfer', 'server');
        fault = undefined;
      }
    });
  }

  it('that are wrong, cut, expired or too weak are in no error', async () => {
    const url = `${emulator.blobEndpoint(DISKS)}/vhds/a-key.vhd`;
    const wrongKey = keyOf('a marked key that nobody knows');
    hunt.hide('wrong key', wrongKey);
    const wrongSas = sas(DISKS, 'vhds', 'rl').replace(/sig=..../, 'sig=abcd');
    hunt.hideSas('wrong SAS', wrongSas);
    const withKey = (key: string): Record<string, string> => ({
      AZURE_STORAGE_CONNECTION_STRING: `AccountName=${DISKS};AccountKey=${key};BlobEndpoint=${emulator.blobEndpoint(DISKS)}`,
    });
    await run(withKey(wrongKey), 'points', url);
    await run(withKey(`${wrongKey}!!`), 'points', url);
    await run({ AZURE_STORAGE_CONNECTION_STRING: `AccountKey=${wrongKey}` }, 'points', 'http://127.0.0.1:1/a/b/c');
    for (const query of [
      wrongSas,
      sas(DISKS, 'vhds', 'rl', -HOUR),
      sas(DISKS, 'vhds', 'r'),
      sas(DISKS, 'vhds', 'rl').replace('sv=', 'xx='),
    ]) {
      await run({}, 'points', `${url}?${query}`);
      await run({}, 'backup', `${url}?${query}`, `${url}2?${query}`);
      await run({}, 'points', `${url}?${query}#x`);
      await run({}, 'points', `not a url ?${query}`);
      await run({}, 'points', url, `${url}?${query}`);
      await run({}, `--catalogue=${url}?${query}`);
      await run({}, 'restore', `${url}?${query}`, `${url}?snapshot=1&${query}`);
      await run({}, 'restore', `${url}?snapshot=2026-01-01T00:00:00.0000000Z&${query}`, join(folder, 'none', 'x.vhd'));
    }
    const expired = process.env['PATH'];
    Object.assign(process.env, { PATH: '/nowhere' });
    await run({}, 'points', url);
    Object.assign(process.env, { PATH: expired });
  });

  it('are in no file, no metadata and no record', async () => {
    let texts = 0;
    for (const file of await readdir(folder)) {
      if (file === 'az' || (await stat(join(folder, file))).size > MIB) continue;
      hunt.search(`file ${file}`, await readFile(join(folder, file), 'latin1'));
    }
    for (const [account, container] of [
      [DISKS, 'vhds'],
      [BACKUPS, 'backups'],
    ] as const) {
      for (const blob of emulator.store.blobs(account, container)) {
        for (const snapshot of [undefined, ...emulator.store.snapshots({ account, container, blob })]) {
          hunt.search(`metadata of ${blob}`, JSON.stringify(emulator.store.metadata({ account, container, blob, snapshot })));
          texts++;
        }
        if (blob.endsWith('.json')) hunt.search(`record ${blob}`, emulator.store.bytes({ account, container, blob }).toString());
      }
    }
    assert.ok(texts > 20, `${texts} metadata`);
  });

  it('were looked for in earnest: nothing was found', () => {
    const told = `${runs} runs, ${hunt.hidden} kinds of secrets, ${hunt.searched} characters, statuses ${JSON.stringify([...statuses])}`;
    assert.ok(runs > 100 && hunt.hidden >= 7 && hunt.searched > 100_000, told);
    for (const status of [0, 2, 4, 5]) assert.ok((statuses.get(status) ?? 0) > 0, told);
    assert.deepEqual([...hunt.found], [], told);
  });
});
