/**
 * Replays recorded answers of the real service against our emulator. The recordings are no part of the repository: they lie in `shared/recordings` beside
 * it, or where the environment variable PBB_RECORDINGS says.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { BlobServiceClient } from '@azure/storage-blob';

import { crc64, md5 } from '../support/emulator/checksums.ts';
import { startEmulator } from '../support/emulator/emulator.ts';
import type { Emulator, RequestInfo } from '../support/emulator/emulator.ts';

const FOLDER = process.env['PBB_RECORDINGS'] ?? fileURLToPath(new URL('../../../shared/recordings', import.meta.url));
const SKIP = existsSync(join(FOLDER, 'replay.mjs')) ? false : `no recordings at ${FOLDER}; set PBB_RECORDINGS to where they are`;
const ACCOUNT = 'devstoreaccount1';

/** Everything the engine does. What it does not do (query, tags) may disagree. */
const ENGINE_OPERATIONS =
  /^(PutBlob:PageBlob|PutPage|ClearPage|PutPageFromURL|GetPageRanges|GetPageRangesDiff|GetBlob|GetProperties|GetMetadata|SetBlobProperties|SetMetadata|SnapshotBlob|DeleteBlob|Lease|CopyBlob|AbortCopy|List)\b/;

/** Disagreements that are known, with the reason; every other one fails. By the replay's own line. */
const KNOWN: Readonly<Record<string, string>> = {
  'POST:query: Azure 200 / emulator 501 NotImplemented': 'Query Blob Contents is for block blobs and not implemented',
  'PutBlob:BlockBlob: Azure 412 LeaseLost / emulator 201': 'the replay does not wait the five seconds until the lease is broken',
  'PutPageFromURL: Azure 201 / emulator 400 Md5Mismatch': "the checksum is that of the source's random bytes, which were not recorded",
};

interface Tally {
  readonly operation: string;
  readonly agree: number;
  readonly all: number;
}

interface Replay {
  readonly summary: { readonly scenarios: number; readonly steps: number; readonly agree: number; readonly emulatorDeaths: number };
  readonly table: readonly Tally[];
  readonly disagreements: readonly string[];
  readonly output: string;
}

describe('recorded answers of the real service', () => {
  it('are those of the emulator', { skip: SKIP }, async (t) => {
    const emulator = await startEmulator({ switches: { sameAccountSourceTrusted: true } });
    const work = await mkdtemp(join(tmpdir(), 'pbb-recordings-'));
    try {
      emulator.onRequest((info) => seedLostSource(emulator, info));
      const replay = await runReplay(emulator.blobEndpoint(ACCOUNT), await playableScenarios(work));
      t.diagnostic(`\n${replay.output}`);
      assert.equal(replay.summary.emulatorDeaths, 0);
      assert.ok(replay.summary.steps > 1000, `only ${replay.summary.steps} steps were replayed`);
      const unknown = replay.disagreements.filter((line) => KNOWN[line] === undefined);
      assert.deepEqual(unknown, []);
      const expected = replay.disagreements.length;
      const disagreeing = replay.table.reduce((sum, { agree, all }) => sum + all - agree, 0);
      assert.equal(disagreeing, expected, 'each known disagreement happens once');
      for (const { operation, agree, all } of replay.table.filter((line) => ENGINE_OPERATIONS.test(line.operation))) {
        assert.ok(all - agree <= (operation === 'PutPageFromURL' ? 1 : 0), `${operation}: ${agree} of ${all}`);
      }
    } finally {
      await emulator.close();
      await rm(work, { recursive: true });
    }
  });

  it('have the checksums that we compute', { skip: SKIP }, async () => {
    const vectors = (await readFile(join(FOLDER, 'checksum_vectors.jsonl'), 'utf8')).trim().split('\n').map(parseVector);
    const wrong = vectors.filter(({ kind, body, expect }) => (kind === 'crc64' ? crc64(body) : md5(body)) !== expect);
    assert.ok(vectors.some(({ kind }) => kind === 'crc64'));
    assert.deepEqual(
      wrong.map(({ kind, body }) => `${kind} of ${body.length} bytes`),
      [],
    );
  });
});

/**
 * The recordings of Put Page From URL lack how the source came to be (it was made under another host name): 8 KiB of random pages. It is put there when
 * it is first asked for.
 */
async function seedLostSource(emulator: Emulator, info: RequestInfo): Promise<undefined> {
  const source = info.headers['x-ms-copy-source'];
  const path =
    info.operation === 'PutPageFromURL' && source !== undefined
      ? new URL(source).pathname.split('/').slice(2)
      : [info.container, info.blob];
  const [container = '', blob = ''] = path;
  if (!blob.startsWith('srcblob') || emulator.store.exists({ account: ACCOUNT, container, blob })) return;
  if (info.operation !== 'PutPageFromURL' && info.operation !== 'GetBlobProperties') return;
  const service = BlobServiceClient.fromConnectionString(emulator.connectionString(ACCOUNT));
  const client = service.getContainerClient(container).getPageBlobClient(blob);
  await client.create(8192);
  await client.uploadPages(Buffer.alloc(8192, 'source'), 0, 8192);
}

/** The replay leaves out 8 TiB blobs, by their names, because Azurite dies of them. We do not, so they get other names. */
async function playableScenarios(work: string): Promise<string> {
  const text = await readFile(join(FOLDER, 'scenarios.jsonl'), 'utf8');
  const path = join(work, 'scenarios.jsonl');
  await writeFile(path, text.replaceAll(/("id": "[^"]*)8tb/g, '$1eight-tebibytes'));
  return path;
}

async function runReplay(endpoint: string, scenarios: string): Promise<Replay> {
  const child = spawn(process.execPath, [join(FOLDER, 'replay.mjs'), endpoint], { env: { ...process.env, SCENARIOS: scenarios } });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (output += piece.toString()));
  const status = await new Promise((done) => child.on('close', done));
  assert.equal(status, 0, output);
  const lines = output.split('\n');
  const summary = JSON.parse(lines[0]!) as Replay['summary'];
  const table: Tally[] = [];
  const disagreements: string[] = [];
  for (const line of lines.slice(1)) {
    const tally = /^ *(\d+) \/ (\d+) +(\S+)$/.exec(line);
    if (tally !== null) table.push({ operation: tally[3]!, agree: Number(tally[1]), all: Number(tally[2]) });
    const disagreement = /^ *\d+ (\S.*) +e\.g\. /.exec(line);
    if (disagreement !== null) disagreements.push(disagreement[1]!.replaceAll(/ +/g, ' ').trim());
  }
  return { summary, table, disagreements, output };
}

function parseVector(line: string): { kind: string; body: Buffer; expect: string } {
  const { kind, bodyB64, expect } = JSON.parse(line) as { kind: string; bodyB64: string; expect: string };
  return { kind, body: Buffer.from(bodyB64, 'base64'), expect };
}
