import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BackupError } from '../../src/engine/errors.ts';
import { resultOf } from '../../src/engine/events.ts';
import { planRestoreToBlob, runRestoreToBlob } from '../../src/engine/jobs/restore/restoreToBlob.ts';
import { planRestoreToFile, runRestoreToFile } from '../../src/engine/jobs/restore/restoreToFile.ts';
import { BACKUP, CATALOGUE, type MemoryChain } from '../support/chain/memoryChain.ts';
import { MemoryFileSystem } from '../support/files/memoryDisk.ts';
import { Crash, type Fault } from '../support/memory/faults.ts';
import { act, histories, live } from './histories.ts';

const RUNS = Number(process.env['PBB_HISTORIES'] ?? 600);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_123);
const TARGET = 'https://disks.example/vhds/restored.vhd';

type Trouble = readonly { readonly at: number; readonly fault: Fault }[];

const trouble: fc.Arbitrary<Trouble> = fc.array(
  fc.record({
    at: fc.nat(50),
    fault: fc.oneof(
      fc.constantFrom<Fault>(
        { kind: 'dropped' },
        { kind: 'lostAnswer' },
        { kind: 'torn' },
        { kind: 'duplicate' },
        { kind: 'flip' },
        { kind: 'crash', effect: 'none' },
        { kind: 'crash', effect: 'done' },
      ),
      fc.record({ kind: fc.constant('late'), calls: fc.integer({ min: 1, max: 40 }) } as const),
    ),
  }),
  { maxLength: 3 },
);

/** Restores a point through the faults, run after run, until `isDone`; the disk and the chain live on meanwhile. */
async function through(
  chain: MemoryChain,
  faults: Trouble,
  isDone: () => boolean,
  restore: (name: string) => Promise<unknown>,
): Promise<void> {
  for (let round = 0; !isDone(); round++) {
    const from = chain.service.calls.length;
    if (round === 0) chain.service.interceptor = ({ index }) => faults.find(({ at }) => at === index - from)?.fault;
    try {
      await restore(`restore${round}`);
    } catch (error) {
      if (!(error instanceof Crash) && !(error instanceof BackupError)) throw error;
      if (round > 3) throw error;
      act(chain, { do: 'write', page: round, count: 1, value: 240 });
      chain.world.jump(61_000);
    } finally {
      chain.service.interceptor = undefined;
    }
  }
}

test(`points restored to a blob and to a file in ${RUNS} random histories equal what they were, and the chain is as it was`, async () => {
  let restored = 0;
  await fc.assert(
    fc.asyncProperty(histories, fc.nat(), trouble, trouble, async (history, choice, toBlob, toFile) => {
      const { chain } = await live(history);
      const { service } = chain;
      service.late.deliver();
      chain.world.jump(120_000);
      const there = new Set(service.oracle.snapshotsEver(BACKUP).flatMap(({ id, deletedBy }) => (deletedBy === undefined ? [id] : [])));
      const points = (await chain.entries()).map(({ backup }) => backup.snapshot).filter((id) => there.has(id));
      const point = points[choice % Math.max(1, points.length)];
      if (point === undefined) return;

      const request = (name: string) => {
        const client = service.client(name);
        const ports = { backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE), point };
        return { client, ports, job: { world: client.world } };
      };
      const mark = () => (service.ledger.find(TARGET) ? service.oracle.contentOf({ url: TARGET }).metadata['pbb_restore'] : undefined);
      const equals = () => service.oracle.differenceOf({ url: TARGET }, { url: BACKUP, snapshot: point });
      await through(
        chain,
        toBlob,
        () => mark() === 'complete',
        async (name) => {
          const { client, ports, job } = request(name);
          const all = { ...ports, target: client.pageBlob(TARGET), proof: 'changed' } as const;
          await resultOf(runRestoreToBlob(await planRestoreToBlob(all, job), all, job));
        },
      );
      assert.equal(equals(), undefined, 'the blob equals the point');
      // What was under way when it ended may come late, but finds lease and epoch gone.
      service.late.deliver();
      assert.equal(equals(), undefined, 'the blob still equals the point');

      const files = new MemoryFileSystem();
      await through(
        chain,
        toFile,
        () => files.finished !== undefined,
        async (name) => {
          const { ports, job } = request(name);
          const all = { ...ports, target: files.open() };
          await resultOf(runRestoreToFile(await planRestoreToFile(all, job), all, job));
        },
      );
      assert.deepEqual(files.finished, service.bytesOf(BACKUP, point), 'the file equals the point');

      const strayed = service.calls.filter(({ client, writes, url }) => client.startsWith('restore') && writes && url !== TARGET);
      assert.deepEqual(strayed, [], 'nothing but the target was written');
      assert.deepEqual(await chain.faults(), []);
      restored++;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  console.log(`restored ${restored}`);
  assert.ok(restored > RUNS / 3);
});
