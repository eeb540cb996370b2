import assert from 'node:assert/strict';
import type { BackupRequest } from '../../../src/engine/jobs/backup/request.ts';
import { changeDisk, chainWithOnePoint, liveSnapshots, newestEqualsDisk, trespasses } from '../chain/chainViews.ts';
import { MemoryChain, SOURCE } from '../chain/memoryChain.ts';
import type { Mortal } from './crashSweep.ts';

interface Scene {
  readonly chain: MemoryChain;
}

const SWITCHES = { latency: { min: 0, max: 3 } };

const incremental = async (seed: number): Promise<Scene> => {
  const chain = await chainWithOnePoint({ seed, switches: SWITCHES });
  changeDisk(chain);
  return { chain };
};

/** The disk was put in the place of another one: no difference is to be had. */
const overwritten = async (seed: number): Promise<Scene> => {
  const scene = await incremental(seed);
  scene.chain.service.foreign.putBlobOver(SOURCE, 20 * 512, {}, 'holder');
  scene.chain.write(3, 7, 3);
  scene.chain.write(19, 8);
  return scene;
};

const unprotected = async (seed: number): Promise<Scene> => {
  const chain = new MemoryChain({ seed, pages: 16, switches: SWITCHES });
  chain.write(0, 1, 4);
  chain.write(8, 2, 2);
  return { chain };
};

/** A backup that dies. Afterwards the next run commits, and then the newest point is the disk. */
function backup(name: string, fresh: (seed: number) => Promise<Scene>, request: Partial<BackupRequest>): Mortal<Scene> {
  const all = { proof: 'changed', ...request } as const;
  return {
    name: `backup, ${name}, ${request.transfer}`,
    fresh,
    run: ({ chain }) => chain.backup(all),
    lawsHold: ({ chain }, when) => lawsHold(chain, when),
    async endsRight({ chain }, when) {
      const before = (await chain.entries()).length;
      chain.write(6, 60);
      const next = await chain.backup(all);
      if (next.resumed) await chain.backup(all);
      assert.ok((await chain.entries()).length > before, `a new point, ${when}`);
      await lawsHold(chain, when);
      assert.equal(await newestEqualsDisk(chain), undefined, when);
    },
  };
}

async function lawsHold(chain: MemoryChain, when: string): Promise<void> {
  assert.deepEqual(await chain.faults(), [], when);
  assert.deepEqual(trespasses(chain), [], when);
  const entries = await chain.entries();
  assert.equal(new Set(entries.map(({ run }) => run)).size, entries.length, `one recovery point a run, ${when}`);
  const anchor = entries.at(-1)?.source.snapshot;
  if (anchor === undefined) return;
  assert.ok(
    liveSnapshots(chain, SOURCE).some(({ id }) => id === anchor),
    `the anchor of the newest point is there, ${when}`,
  );
}

export const INCREMENTALS = (['relay', 'server'] as const).map((transfer) => backup('incremental', incremental, { transfer }));
export const OTHER_BACKUPS = [
  backup('first', unprotected, { transfer: 'relay' }),
  backup('full', incremental, { transfer: 'server', full: true }),
  backup('rebase', overwritten, { transfer: 'relay' }),
];
