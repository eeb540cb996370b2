import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCli } from '../../support/cliChild.ts';
import { ProxiedChain, sha256, startProxiedAccounts, type ProxiedAccounts } from '../../support/faultProxy/proxiedChain.ts';
import { seededRandom } from '../../support/memory/seededRandom.ts';

/** Kills of each kind of command. */
const ROUNDS = Number(process.env['PBB_ROUNDS'] ?? 3);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);
const PAGE = 512;

describe(`real processes that are killed at random requests (${ROUNDS} times each, seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  let accounts: ProxiedAccounts;
  let chain: ProxiedChain;
  let folder: string;
  let fill = 1;
  before(async () => {
    accounts = await startProxiedAccounts();
    chain = new ProxiedChain(accounts, 'disk.vhd');
    await chain.disk.create(256 * PAGE);
    await change();
    folder = await mkdtemp(join(tmpdir(), 'pbb-kill-'));
  });
  after(async () => {
    await accounts.close();
    await rm(folder, { recursive: true });
  });

  async function change(): Promise<void> {
    fill = (fill % 250) + 1;
    for (let i = 0; i < 4; i++) await chain.write(Math.floor(random() * 250), fill, 1 + Math.floor(random() * 6));
    await chain.disk.clearPages(Math.floor(random() * 250) * PAGE, PAGE);
  }

  /** Runs a command whose process is killed at its nth request, before or after that has its effect. @returns false when it ended before */
  async function killed(args: readonly string[], at: number): Promise<boolean> {
    const child = startCli(args, accounts.env);
    const isAfter = random() < 0.5;
    let seen = 0;
    accounts.proxy.decide = () => {
      if (seen++ !== at) return undefined;
      child.process.kill('SIGKILL');
      return isAfter ? { verb: 'loseAnswer' } : { verb: 'drop' };
    };
    const { signal, status, stderr } = await child.ended;
    accounts.proxy.decide = undefined;
    accounts.passTime(61_000);
    if (signal === null) assert.equal(status, 0, stderr);
    return signal === 'SIGKILL';
  }

  async function succeeds(args: readonly string[]): Promise<void> {
    const { status, stderr } = await startCli(args, accounts.env).ended;
    assert.equal(status, 0, stderr);
  }

  const backup = (): string[] => ['backup', chain.through(chain.disk), chain.through(chain.backupBlob), '--transfer', 'relay'];

  it('backup: no wrong point, and the next runs end with a point that is the disk', async (t) => {
    let kills = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await change();
      if (await killed(backup(), Math.floor(random() * 55))) kills++;
      assert.deepEqual(await chain.wrongPoints(), []);
      await chain.remember();
    }
    assert.ok(kills > 0, 'some of them were killed');
    await succeeds(backup());
    assert.deepEqual(await chain.wrongPoints(), []);
    // The run before may have finished what a killed one had begun.
    await change();
    await succeeds(backup());
    assert.deepEqual(await chain.wrongPoints(), []);
    assert.equal(await sha256(chain.backupBlob.withSnapshot((await chain.points()).at(-1)!.backup)), await sha256(chain.disk));
    t.diagnostic(`${kills} of ${ROUNDS} killed, ${(await chain.points()).length} points, wrong: 0`);
  });

  it('restore to a blob, with a chain and to a file: never half a disk under its name, and the same command ends right', async (t) => {
    const point = (await chain.points()).at(-1)!.backup;
    const image = chain.backupBlob.withSnapshot(point);
    const truth = await image.downloadToBuffer();
    const from = `${chain.through(chain.backupBlob)}?snapshot=${point}`;
    let kills = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const at = Math.floor(random() * 40);
      const blob = accounts.disks.getPageBlobClient(`restored-${round}.vhd`);
      const toBlob = ['restore', from, chain.through(blob)];
      if (round % 2 === 1)
        toBlob.push('--continue-chain', '--new-backup', chain.through(accounts.backups.getPageBlobClient(`restored-${round}.vhd`)));
      if (await killed(toBlob, at)) {
        kills++;
        if (await blob.exists()) {
          const mark = (await blob.getProperties()).metadata?.['pbb_restore'];
          if (mark === 'complete') assert.ok((await blob.downloadToBuffer()).equals(truth));
          else assert.equal(mark, 'partial');
        }
        if (!(await isComplete(blob))) await succeeds(toBlob);
      }
      assert.ok((await blob.downloadToBuffer()).equals(truth));

      const path = join(folder, `disk-${round}.vhd`);
      const toFile = ['restore', from, path];
      if (await killed(toFile, Math.floor(random() * 14))) {
        kills++;
        if ((await readdir(folder)).includes(`disk-${round}.vhd`)) assert.ok((await readFile(path)).equals(truth));
        else await succeeds(toFile);
      }
      assert.ok((await readFile(path)).equals(truth));
    }
    assert.ok(kills > 0, 'some of them were killed');
    t.diagnostic(`${kills} of ${2 * ROUNDS} killed`);
  });

  async function isComplete(blob: ProxiedChain['disk']): Promise<boolean> {
    return (await blob.exists()) && (await blob.getProperties()).metadata?.['pbb_restore'] === 'complete';
  }
});
