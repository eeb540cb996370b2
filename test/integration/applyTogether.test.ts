import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { seededRandom } from '../support/memory/seededRandom.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const DISKS = ['a.vhd', 'b.vhd', 'c.vhd'];
const CREW = 3;
const WINDOWS = 3;
const KEPT = 2;
const HALF_DAY = 12 * 3_600_000;
const FIRST = Date.UTC(2026, 2, 28, 0, 5);
const SEED = Number(process.env['PBB_SEED'] ?? Date.now() % 1_000_000);

interface Point {
  readonly number: number;
  readonly recoveryPoint: string;
  readonly startedOn: string;
}

describe(`three processes with one policy, killed and restarted at random (PBB_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  const pick = (below: number): number => Math.floor(random() * below);
  let two: TwoAccounts;
  let folder: string;
  /** Of the service's clock before the machine's. */
  let ahead = 0;

  before(async () => {
    two = await startTwoAccounts({ clock: () => Date.now() + ahead });
    folder = await mkdtemp(join(tmpdir(), 'pbb-crew-'));
    for (const [i, name] of DISKS.entries()) await makeDisk(two.disks, name, MIB, [{ offset: 0, length: MIB / 4, fill: i + 1 }]);
    const [from, to] = [two.emulator.blobEndpoint(two.diskAccount), two.emulator.blobEndpoint(two.backupAccount)];
    await writeFile(
      join(folder, 'policy.yaml'),
      `version: 1
chains:
  - account: ${from}
    blobs: vhds/*.vhd
    window: 12h
    retention: { last: ${KEPT} }
    to: { account: "${to}", blob: "backups/{blob}" }
`,
    );
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  /** One of the crew: started again as often as it is killed. @returns its last run */
  async function member(now: string, alive: Set<ChildProcess>): Promise<CliRun> {
    for (;;) {
      let child: ChildProcess | undefined;
      const run = await runCliProcess(['apply', '--policy', join(folder, 'policy.yaml'), '--now', now, '--json', '--parallel', '2'], {
        env: two.env,
        onStart: (started) => alive.add((child = started)),
      });
      alive.delete(child!);
      // 3: stopped in order, by the signal of the test.
      if (run.status !== null && run.status !== 3) return run;
    }
  }

  /** All of them at once, while the service kills one of them at some of its requests. */
  async function window(now: string, kills: number): Promise<CliRun[]> {
    const alive = new Set<ChildProcess>();
    const at = new Set(Array.from({ length: kills }, () => 10 + pick(150)));
    let requests = 0;
    const remove = two.emulator.onRequest(() => {
      if (!at.has(++requests) || alive.size === 0) return undefined;
      [...alive][pick(alive.size)]!.kill(pick(3) === 0 ? 'SIGINT' : 'SIGKILL');
      // The leases of whoever died run out, and those of the others too, as when a machine has slept.
      ahead += 61_000;
      return undefined;
    });
    const runs = await Promise.all(Array.from({ length: CREW }, () => member(now, alive)));
    remove();
    return runs;
  }

  it('every chain has exactly the points it should, each equal to its source, and none ran twice in a window', async () => {
    const points = new Map(DISKS.map((name) => [name, 0]));
    const unchanged = new Map(DISKS.map((name) => [name, 0]));
    for (let at = 0; at <= WINDOWS; at++) {
      const isLast = at === WINDOWS;
      for (const name of DISKS) {
        const changes = at === 0 || isLast || pick(3) > 0;
        if (at > 0 && changes)
          await writeBytes(two.disks.getPageBlobClient(name), { offset: pick(200) * 4096, length: 4096, fill: 100 + at });
        const count = changes ? points : unchanged;
        count.set(name, count.get(name)! + 1);
      }
      const now = new Date(FIRST + at * HALF_DAY).toISOString();
      // The last window goes undisturbed, so that its prune finishes what the others left.
      const runs = await window(now, isLast ? 0 : 4);
      for (const { status, stderr } of runs) assert.equal(status, 0, `window ${at}: ${stderr}`);
      for (const name of DISKS) await isAsItShould(name, points.get(name)!, unchanged.get(name)!, `${name}, window ${at}`);
    }
    for (const name of DISKS) await isPruned(name, points.get(name)!);
  });

  async function list(name: string): Promise<{ points: Point[]; pruned: number[] }> {
    const { last, stderr } = await runCliProcess(['points', two.backups.getPageBlobClient(name).url, '--json'], { env: two.env });
    assert.equal(last['type'], 'result', stderr);
    return { points: last['points'] as Point[], pruned: last['pruned'] as number[] };
  }

  async function isAsItShould(name: string, count: number, unchanged: number, when: string): Promise<void> {
    const { points, pruned } = await list(name);
    const numbers = [...points.map(({ number }) => number), ...pruned].sort((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: count }, (_, i) => i + 1),
      when,
    );
    assert.deepEqual(
      points.slice(0, KEPT).map(({ number }) => number),
      [count, count - 1].filter((number) => number > 0),
      when,
    );
    const backup = two.backups.getPageBlobClient(name);
    const disk = await bytesOf(two.disks.getPageBlobClient(name));
    assert.ok((await bytesOf(backup.withSnapshot(points[0]!.recoveryPoint))).equals(disk), `the newest point is the disk: ${when}`);
    const windows = points.map(({ startedOn }) => Math.floor(Date.parse(startedOn) / HALF_DAY));
    assert.equal(new Set(windows).size, windows.length, `one point a window: ${when}`);
    let records = 0;
    for await (const { name: record } of two.backups.listBlobsFlat({ prefix: `${name}.chain/` }))
      if (record.includes('.unchanged-')) records++;
    assert.equal(records, unchanged, `one look a window: ${when}`);
  }

  /** What was pruned is gone, and of the backup blob nothing is left that no point names. */
  async function isPruned(name: string, count: number): Promise<void> {
    const { points, pruned } = await list(name);
    assert.deepEqual([points.length, pruned.length], [Math.min(KEPT, count), Math.max(0, count - KEPT)]);
    const snapshots: string[] = [];
    for await (const blob of two.backups.listBlobsFlat({ prefix: name, includeSnapshots: true })) {
      if (blob.name === name && blob.snapshot) snapshots.push(blob.snapshot);
    }
    const named = new Set(points.map(({ recoveryPoint }) => recoveryPoint));
    assert.ok(
      [...named].every((id) => snapshots.includes(id)),
      'every point is there',
    );
    for (const number of pruned) {
      const record = two.backups.getBlobClient(`${name}.chain/${String(number).padStart(6, '0')}.json`);
      const { backup } = JSON.parse(String(await record.downloadToBuffer())) as { backup: { snapshot: string } };
      assert.ok(!snapshots.includes(backup.snapshot), `the snapshot of point ${number} is gone`);
    }
  }
});
