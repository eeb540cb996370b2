import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { makeDisk, startTwoAccounts, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;

interface Value {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}
interface Point {
  readonly attributes: Value[];
  readonly asInt?: number;
  readonly asDouble?: number;
  readonly sum?: number;
}
interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly dataPoints: Point[] };
  readonly gauge?: { readonly dataPoints: Point[] };
  readonly histogram?: { readonly dataPoints: Point[] };
}
interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Value[];
  readonly status: { readonly code?: number; readonly message?: string };
}
interface Received {
  readonly resourceMetrics?: { resource: { attributes: Value[] }; scopeMetrics: { metrics: Metric[] }[] }[];
  readonly resourceSpans?: { scopeSpans: { spans: Span[] }[] }[];
}

describe('telemetry of apply', () => {
  let two: TwoAccounts;
  let folder: string;
  let policy: string;
  /** The same chains in containers of their own, and what is made is verified. */
  let verifying: string;
  let collector: Server;
  let endpoint: string;
  /** What arrived, by path. */
  const received: { path: string; headers: NodeJS.Dict<string | string[]>; text: string }[] = [];
  const applyFile = (file: string, env: Record<string, string>, ...more: string[]): Promise<CliRun> =>
    runCliProcess(['apply', '--policy', file, '--json', ...more], { env: { ...two.env, ...env } });
  const apply = (env: Record<string, string>, ...more: string[]): Promise<CliRun> => applyFile(policy, env, ...more);
  const bodies = (): Received[] => received.map(({ text }) => JSON.parse(text) as Received);
  const metrics = (): Metric[] =>
    bodies().flatMap(({ resourceMetrics = [] }) =>
      resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
    );
  const spans = (): Span[] =>
    bodies().flatMap(({ resourceSpans = [] }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
  const textOf = (values: readonly Value[], key: string): string | undefined => values.find((each) => each.key === key)?.value.stringValue;
  const pointsOf = (name: string): Point[] =>
    metrics()
      .filter((each) => each.name === name)
      .flatMap(({ sum, gauge, histogram }) => (sum ?? gauge ?? histogram)!.dataPoints);

  before(async () => {
    two = await startTwoAccounts();
    folder = await mkdtemp(join(tmpdir(), 'pbb-telemetry-'));
    policy = join(folder, 'page-blob-backup.yaml');
    await makeDisk(two.disks, 'a.vhd', 2 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    await makeDisk(two.disks, 'b.vhd', 2 * MIB, [{ offset: 0, length: MIB, fill: 2 }]);
    const [from, to] = [two.emulator.blobEndpoint(two.diskAccount), two.emulator.blobEndpoint(two.backupAccount)];
    await writeFile(
      policy,
      `version: 1\nchains:\n  - { account: "${from}", blobs: vhds/*.vhd, window: 12h, retention: all, to: { account: "${to}", blob: "backups/{blob}" } }\n`,
    );
    verifying = join(folder, 'verifying.yaml');
    await writeFile(
      verifying,
      `version: 1\nchains:\n  - { account: "${from}", blobs: vhds/*.vhd, window: 12h, retention: all, verify: { every: 7d, proof: full }, to: { account: "${to}", blob: "backups/verified/{blob}" } }\n`,
    );
    collector = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        received.push({ path: request.url!, headers: request.headers, text: Buffer.concat(parts).toString() });
        response.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  });
  after(async () => {
    collector.closeAllConnections();
    collector.close();
    await two.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => void (received.length = 0));

  it('tells names, units, outcomes and ages, a span a chain, and no secret', async () => {
    const remove = two.emulator.onRequest(({ operation, blob }) =>
      operation === 'SnapshotBlob' && blob === 'b.vhd' ? { kind: 'status', status: 403, code: 'AuthorizationFailure' } : undefined,
    );
    const result = await apply({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=disks',
      OTEL_RESOURCE_ATTRIBUTES: 'place=here',
    });
    remove();
    assert.equal(result.status, 4, result.stderr);
    assert.deepEqual(received.map(({ path }) => path).sort(), ['/v1/metrics', '/v1/traces']);
    assert.ok(received.every(({ headers }) => headers['x-team'] === 'disks'));
    const resource = bodies().find(({ resourceMetrics }) => resourceMetrics)!.resourceMetrics![0]!.resource.attributes;
    assert.deepEqual(
      ['service.name', 'place'].map((key) => textOf(resource, key)),
      ['page-blob-backup', 'here'],
    );
    assert.deepEqual(Object.fromEntries(metrics().map(({ name, unit }) => [name, unit])), {
      'page_blob_backup.runs': '{run}',
      'page_blob_backup.transferred': 'By',
      'page_blob_backup.requests': '{request}',
      'page_blob_backup.chain.duration': 's',
      'page_blob_backup.duration': 's',
      'page_blob_backup.good.age': 's',
    });
    const runs = pointsOf('page_blob_backup.runs').map(({ attributes, asInt }) => [
      textOf(attributes, 'page_blob_backup.source')!.split('/').at(-1),
      textOf(attributes, 'page_blob_backup.outcome'),
      asInt,
    ]);
    assert.deepEqual(
      runs.toSorted(([a], [b]) => String(a).localeCompare(String(b))),
      [
        ['a.vhd', 'backedUp', 1],
        ['b.vhd', 'failed', 1],
      ],
    );
    assert.equal(pointsOf('page_blob_backup.transferred')[0]!.asInt, MIB);
    assert.equal(pointsOf('page_blob_backup.requests')[0]!.asInt, result.last['requests']);
    const whole = spans().find(({ name }) => name === 'apply')!;
    const chains = spans().filter(({ name }) => name === 'apply chain');
    assert.ok(chains.length === 2 && chains.every(({ parentSpanId }) => parentSpanId === whole.spanId));
    assert.deepEqual(
      chains.flatMap(({ attributes }) => textOf(attributes, 'error.type') ?? []),
      ['accessDenied'],
    );
    assert.equal(whole.status.code, 2);
    const all = received.map(({ text }) => text).join();
    for (const secret of Object.values(two.env).map((text) => /AccountKey=([^;]+)/.exec(text)![1]!)) assert.ok(!all.includes(secret));
    assert.doesNotMatch(all, /sig=|AccountKey/);
  });

  it('tells the age of the newest good point where nothing is due', async () => {
    await apply({});
    const later = new Date((Math.floor(Date.now() / 43_200_000) + 1) * 43_200_000 - 1000).toISOString();
    await apply({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${endpoint}/v1/metrics` }, '--now', later);
    assert.deepEqual(
      received.map(({ path }) => path),
      ['/v1/metrics'],
    );
    const ages = pointsOf('page_blob_backup.good.age').map(({ asDouble, asInt }) => asDouble ?? asInt!);
    assert.equal(ages.length, 2);
    assert.ok(
      ages.every((age) => age >= 0 && age < 43_200),
      String(ages),
    );
  });

  it('tells of each verification that the policy asks for, by what came of it, and how old a proof is', async () => {
    let isBegun = false;
    const remove = two.emulator.onRequest(({ blob = '', snapshot }) => {
      isBegun ||= blob.includes('b.vhd.chain/000001.verifying-');
      return isBegun && blob === 'b.vhd' && snapshot ? { kind: 'status', status: 403, code: 'AuthorizationFailure' } : undefined;
    });
    const result = await applyFile(verifying, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    remove();
    assert.equal(result.status, 4, result.stderr);
    const named = (points: readonly Point[], value: (point: Point) => unknown) =>
      points
        .map((point) => [
          textOf(point.attributes, 'page_blob_backup.source')!.split('/').at(-1),
          textOf(point.attributes, 'page_blob_backup.outcome'),
          textOf(point.attributes, 'error.type'),
          value(point),
        ])
        .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
    assert.deepEqual(
      named(pointsOf('page_blob_backup.verifications'), ({ asInt }) => asInt),
      [
        ['a.vhd', 'verified', undefined, 1],
        ['b.vhd', 'failed', 'accessDenied', 1],
      ],
    );
    const bytes = named(pointsOf('page_blob_backup.compared'), ({ asInt }) => asInt);
    assert.deepEqual(bytes, [['a.vhd', undefined, undefined, MIB]]);
    assert.equal(pointsOf('page_blob_backup.verification.duration').length, 2);
    const units = metrics().flatMap(({ name, unit }) => (/verif|compared/.test(name) ? [[name, unit]] : []));
    assert.deepEqual(Object.fromEntries(units), {
      'page_blob_backup.verifications': '{verification}',
      'page_blob_backup.compared': 'By',
      'page_blob_backup.verification.duration': 's',
      'page_blob_backup.verified.age': 's',
    });
    const whole = spans().find(({ name }) => name === 'apply')!;
    const told = spans().filter(({ name }) => name === 'verify chain');
    assert.ok(told.length === 2 && told.every(({ parentSpanId }) => parentSpanId === whole.spanId));
    assert.deepEqual(new Set(told.map(({ status }) => status.code)), new Set([0, 2]));
    assert.doesNotMatch(received.map(({ text }) => text).join(), /sig=|AccountKey/);

    received.length = 0;
    const later = new Date(Date.now() + 24 * 60 * 60_000).toISOString();
    await applyFile(verifying, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${endpoint}/v1/metrics` }, '--only', 'verify', '--now', later);
    assert.deepEqual(
      named(pointsOf('page_blob_backup.verifications'), ({ asInt }) => asInt),
      [
        ['a.vhd', 'notDue', undefined, 1],
        ['b.vhd', 'verified', undefined, 1],
      ],
    );
    const [old, fresh] = named(pointsOf('page_blob_backup.verified.age'), ({ asDouble, asInt }) => asDouble ?? asInt).map(([, , , age]) =>
      Number(age),
    );
    assert.ok(old! >= 86_400 && old! < 90_000, `${old} s`);
    assert.ok(fresh! < 1000, `${fresh} s`);
  });

  it('says nothing without a collector, or where it is switched off', async () => {
    assert.equal((await apply({})).status, 0);
    assert.equal((await apply({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'true' })).status, 0);
    assert.deepEqual(received, []);
  });

  it('a collector that refuses costs a warning and nothing else', async () => {
    const result = await apply({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.replace(/\d+$/, '1'), OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    assert.equal(result.status, 0);
    assert.match(result.stderr, /warning +The telemetry could not be delivered: /);
  });
});
