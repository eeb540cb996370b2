import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupError } from '../../../src/engine/errors.ts';
import { ProxiedChain, sha256, startProxiedAccounts, sumOf, type Point, type ProxiedAccounts } from '../faultProxy/proxiedChain.ts';
import { seededRandom } from '../memory/seededRandom.ts';
import { changeDisk, Dice, Trouble } from './chaos.ts';
import type { Figures } from './figures.ts';
import { Processes } from './processes.ts';

const PAGE = 512;
/** Of a request of the engine in this process: long for a busy machine, short for one that is never answered. */
const DEADLINE = { seconds: 5, bytesPerSecond: 1024 * 1024 };

/** A disk and its backup over HTTP, from their begin to a calm end. Accounts, blobs and all that is known of them end with it, so memory is bounded. */
export class Era {
  /** What was done, to be printed when a law is broken: the clock of this machine has a part in it, so the seed alone may not show it again. */
  readonly log: string[] = [];
  readonly #accounts: ProxiedAccounts;
  readonly #chain: ProxiedChain;
  readonly #dice: Dice;
  readonly #figures: Figures;
  readonly #folder: string;
  readonly #processes: Processes;
  readonly #compared = new Set<string>();
  #names = 0;

  static async begin(seed: number, figures: Figures): Promise<Era> {
    const accounts = await startProxiedAccounts();
    const folder = await mkdtemp(join(tmpdir(), 'pbb-soak-'));
    const era = new Era(accounts, folder, seed, figures);
    await era.#chain.disk.create((64 + era.#dice.below(512)) * PAGE);
    figures.line.chains++;
    return era;
  }

  private constructor(accounts: ProxiedAccounts, folder: string, seed: number, figures: Figures) {
    this.#accounts = accounts;
    this.#folder = folder;
    this.#dice = new Dice(seededRandom(seed));
    this.#figures = figures;
    this.#chain = new ProxiedChain(accounts, 'disk.vhd', DEADLINE);
    this.#processes = new Processes(this.#chain, this.#dice, figures, folder, (line) => void this.log.push(line));
    const { emulator } = accounts;
    // A point is compared with its source snapshot also when that is gone.
    emulator.onRequest(async ({ operation, container, snapshot }) => {
      if (operation === 'DeleteSnapshot' && container === 'vhds' && snapshot) await this.#chain.truthOf(snapshot).catch(() => undefined);
      return undefined;
    });
    const { switches } = emulator;
    switches.resizeTracked = this.#dice.chance(0.5);
    switches.leaseGuardsSnapshots = this.#dice.chance(0.3);
    switches.softDelete = this.#dice.chance(0.3);
    switches.copyFromUrl = this.#dice.oneOf(['works', 'works', 'refused', 'unsupported']);
    switches.maxResultsCap = this.#dice.oneOf([2, 10_000, 10_000]);
  }

  /** The disk changes; the engine in this process, or processes of the command line, work on the chain in trouble; then every law is asked. */
  async round(kind: 'line' | 'processes'): Promise<void> {
    await changeDisk(this.#chain, this.#dice);
    if (kind === 'line') await this.#engineInTrouble();
    else await this.#processes.inTrouble();
    this.#accounts.proxy.decide = undefined;
    // Else the next run meets the lease of this one, and what is on its way arrives in it.
    if (this.#dice.chance(0.8)) this.#accounts.passTime(61_000);
    if (this.#dice.chance(0.4)) await this.#accounts.proxy.deliverLate();
    this.#figures.line.rounds++;
    await this.#comparePoints();
  }

  /** A point drawn by lot is restored by the command line, to a file or a blob, and compared with the source snapshot it came from. */
  async restoreOne(): Promise<void> {
    this.#accounts.passTime(61_000);
    const points = await this.#chain.livePoints();
    if (points.length === 0) return;
    const { backup, source } = this.#dice.oneOf(points);
    const truth = await this.#chain.truthOf(source);
    const from = `${this.#chain.through(this.#chain.backupBlob)}?snapshot=${backup}`;
    if (this.#dice.chance(0.5)) {
      const path = join(this.#folder, `disk${++this.#names}.vhd`);
      await this.#processes.succeeds(['restore', from, path]);
      assert.equal(sumOf(await readFile(path)), truth, `${path}, restored from ${backup}`);
      await rm(path);
    } else {
      const blob = this.#accounts.disks.getPageBlobClient(`restored${++this.#names}.vhd`);
      await this.#processes.succeeds(['restore', from, this.#chain.through(blob), '--transfer', this.#dice.oneOf(['auto', 'relay'])]);
      assert.equal(await sha256(blob), truth, `${blob.name}, restored from ${backup}`);
      await blob.delete({ deleteSnapshots: 'include' });
    }
    this.#figures.restored(truth);
  }

  /** No more faults: the next runs come to an end, the newest point is the disk, and every point is restored to what its source was. */
  async calm(): Promise<void> {
    const { proxy } = this.#accounts;
    proxy.decide = undefined;
    await proxy.deliverLate();
    this.#accounts.passTime(120_000);
    await changeDisk(this.#chain, this.#dice);
    for (let runs = 0; runs < 2; runs++) await this.#processes.backsUp();
    this.#compared.clear();
    await this.#comparePoints();
    const points = await this.#chain.livePoints();
    const newest = this.#chain.backupBlob.withSnapshot(points.at(-1)!.backup);
    assert.equal(await sha256(newest), await sha256(this.#chain.disk), 'the newest point is the disk');
    await this.#processes.verifies();
    await this.restoreOne();
  }

  async close(): Promise<void> {
    await this.#processes.end();
    await this.#accounts.close();
    await rm(this.#folder, { recursive: true });
  }

  async #engineInTrouble(): Promise<void> {
    const { proxy } = this.#accounts;
    const trouble = new Trouble(this.#chain, this.#dice, this.#figures, true);
    const stop = new AbortController();
    const cancelAt = this.#dice.chance(0.15) ? this.#dice.below(60) : undefined;
    const before = proxy.fired.length;
    proxy.decide = (passing) => {
      if (trouble.seen === cancelAt) stop.abort();
      return trouble.decide(passing);
    };
    const points = this.#dice.chance(0.25) ? await this.#chain.livePoints() : [];
    const point = points.length > 0 ? this.#dice.oneOf(points) : undefined;
    const transfer = this.#dice.oneOf(['relay', 'server'] as const);
    const job = point ? `restore ${transfer}` : 'backup';
    let end = 'done';
    try {
      if (point) await this.#restoreInTrouble(point, transfer, stop.signal);
      else
        await this.#chain.backup(
          { transfer: this.#dice.oneOf(['relay', 'auto']), proof: 'changed', full: this.#dice.chance(0.1) },
          stop.signal,
        );
    } catch (error) {
      if (!(error instanceof BackupError) || error.code === 'unexpected') throw error;
      end = error.code;
    }
    this.log.push(`engine ${job}: ${end}; ${String(trouble)}, cancelled at ${cancelAt ?? 'none'} of ${trouble.seen}`);
    this.#figures.count(this.#figures.jobs, `${job} ${end === 'done' ? end : 'failed'}`);
    for (const verb of proxy.fired.slice(before)) this.#figures.count(this.#figures.verbs, verb);
  }

  /** A disk that is called complete is the point. */
  async #restoreInTrouble(point: Point, transfer: 'relay' | 'server', signal: AbortSignal): Promise<void> {
    const target = this.#accounts.disks.getPageBlobClient(`restored${++this.#names}.vhd`);
    try {
      await this.#chain.restore(point.backup, target, transfer, signal);
    } finally {
      this.#accounts.proxy.decide = undefined;
      await this.#accounts.proxy.deliverLate();
      this.#accounts.passTime(61_000);
      if (await target.exists()) {
        const mark = (await target.getProperties()).metadata?.['pbb_restore'];
        const truth = await this.#chain.truthOf(point.source);
        if (mark === 'complete') assert.equal(await sha256(target), truth, `${target.name} is complete`);
        if (mark === 'complete') this.#figures.restored(truth);
        await target.delete({ deleteSnapshots: 'include' });
      }
    }
  }

  async #comparePoints(): Promise<void> {
    for (const { backup, source } of await this.#chain.livePoints()) {
      if (this.#compared.has(backup)) continue;
      const truth = await this.#chain.truthOf(source);
      assert.equal(await sha256(this.#chain.backupBlob.withSnapshot(backup)), truth, `the point ${backup} is not its source ${source}`);
      this.#compared.add(backup);
      this.#figures.line.points++;
      this.#figures.line.pointBytes += Number.parseInt(truth);
    }
  }
}
