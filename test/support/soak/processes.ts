import assert from 'node:assert/strict';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '../../../src/cli/exitStatus.ts';
import { startCli, type CliChild } from '../cliChild.ts';
import { runCliProcess } from '../cliProcess.ts';
import { sha256, sumOf, type Point, type ProxiedChain } from '../faultProxy/proxiedChain.ts';
import { changeDisk, Trouble, type Dice } from './chaos.ts';
import type { Figures } from './figures.ts';

/** How a command may end in trouble: each of these is told in words. */
const IN_ORDER: readonly (number | null)[] = [
  EXIT.done,
  EXIT.interrupted,
  EXIT.access,
  EXIT.notFound,
  EXIT.conflict,
  EXIT.integrity,
  EXIT.serviceFailed,
  EXIT.notSupported,
];
/** Requests among which a process dies or falls asleep. */
const REQUESTS = 60;

/** The real command line as processes of their own, killed, stopped, and two at once. */
export class Processes {
  readonly #chain: ProxiedChain;
  readonly #dice: Dice;
  readonly #figures: Figures;
  readonly #folder: string;
  readonly #log: (line: string) => void;
  readonly #alive = new Set<CliChild>();
  #names = 0;

  constructor(chain: ProxiedChain, dice: Dice, figures: Figures, folder: string, log: (line: string) => void) {
    this.#chain = chain;
    this.#dice = dice;
    this.#figures = figures;
    this.#folder = folder;
    this.#log = log;
  }

  async inTrouble(): Promise<void> {
    const points = await this.#chain.livePoints();
    const point = points.length > 0 ? this.#dice.oneOf(points) : undefined;
    const ways: (() => Promise<unknown>)[] = [() => this.#dies(this.#backup()), () => this.#sleeps(), () => this.#twoAtOnce()];
    if (point)
      ways.push(
        () => this.#restoreDies(point),
        () => this.#rewindDies(point),
        () => this.#pruneDies(points.at(-1)!),
      );
    await this.#dice.oneOf(ways)();
  }

  /** Nothing is in its way, so it has to be done. */
  async succeeds(args: readonly string[]): Promise<void> {
    const { status, stderr } = await this.#end(this.#start(args), args);
    assert.equal(status, EXIT.done, `${args.join(' ')}\n${stderr}`);
  }

  async backsUp(): Promise<void> {
    await this.succeeds(this.#backup());
  }

  /** Every point whose snapshot is there is found right. */
  async verifies(): Promise<void> {
    const { last, stderr } = await runCliProcess(['verify', this.#backupUrl, '--json'], { env: this.#chain.accounts.env });
    this.#figures.processes.started++;
    const verdicts = last['verdicts'] as readonly { verdict: string; fault?: string; number: number }[] | undefined;
    assert.ok(verdicts, stderr);
    for (const { verdict, fault, number } of verdicts)
      if (verdict === 'failed') assert.match(fault ?? '', /gone|record/, `verify of the point ${number}`);
  }

  /** Of those that are left when a law is broken. */
  async end(): Promise<void> {
    for (const { process, ended } of this.#alive) {
      process.kill('SIGKILL');
      await ended;
    }
  }

  get #backupUrl(): string {
    return this.#chain.through(this.#chain.backupBlob);
  }

  #backup(): string[] {
    return ['backup', this.#chain.through(this.#chain.disk), this.#backupUrl, '--adopt', '--transfer', this.#dice.oneOf(['relay', 'auto'])];
  }

  #start(args: readonly string[]): CliChild {
    const child = startCli(args, this.#chain.accounts.env);
    this.#figures.processes.started++;
    this.#alive.add(child);
    return child;
  }

  async #end(child: CliChild, [command = '']: readonly string[]): Promise<Awaited<CliChild['ended']>> {
    const end = await child.ended;
    this.#alive.delete(child);
    const how = end.signal ?? `status ${end.status}`;
    this.#log(`${command}: ${how}`);
    this.#figures.count(this.#figures.jobs, `${command} ${how}`);
    assert.ok(end.signal === 'SIGKILL' || IN_ORDER.includes(end.status), `${command} ended with ${how}\n${end.stderr}`);
    return end;
  }

  /** A command in trouble, killed at one of its requests, before or after that has its effect. @returns whether it was done before */
  async #dies(args: readonly string[]): Promise<boolean> {
    const { proxy } = this.#chain.accounts;
    const trouble = this.#dice.chance(0.5) ? new Trouble(this.#chain, this.#dice, this.#figures, false) : undefined;
    const at = this.#dice.below(REQUESTS);
    const isAfter = this.#dice.chance(0.5);
    const before = proxy.fired.length;
    const child = this.#start(args);
    let seen = 0;
    proxy.decide = (passing) => {
      if (seen++ !== at) return trouble?.decide(passing);
      child.process.kill('SIGKILL');
      return isAfter ? { verb: 'loseAnswer' } : { verb: 'drop' };
    };
    const { status, signal } = await this.#end(child, args);
    proxy.decide = undefined;
    if (signal !== null) this.#figures.processes.killed++;
    for (const verb of proxy.fired.slice(before)) this.#figures.count(this.#figures.verbs, verb);
    this.#log(`  killed at ${at} of ${seen}; ${String(trouble ?? 'no other trouble')}`);
    return status === EXIT.done;
  }

  /** Stopped at one of its requests for an hour, while the disk goes on and another process backs it up. */
  async #sleeps(): Promise<void> {
    const { accounts } = this.#chain;
    const at = this.#dice.below(REQUESTS);
    const args = this.#backup();
    const sleeper = this.#start(args);
    const fellAsleep = Promise.withResolvers<'asleep'>();
    const woke = Promise.withResolvers<undefined>();
    let seen = 0;
    accounts.proxy.decide = () => {
      if (seen++ !== at) return undefined;
      accounts.proxy.decide = undefined;
      sleeper.process.kill('SIGSTOP');
      fellAsleep.resolve('asleep');
      return woke.promise;
    };
    const how = await Promise.race([fellAsleep.promise, sleeper.ended]);
    if (how === 'asleep') {
      this.#figures.processes.stopped++;
      this.#log(`  asleep at ${at}`);
      accounts.passTime(3_600_000);
      await changeDisk(this.#chain, this.#dice);
      const other = this.#backup();
      await this.#end(this.#start(other), other);
      sleeper.process.kill('SIGCONT');
      woke.resolve(undefined);
    }
    await this.#end(sleeper, args);
  }

  async #twoAtOnce(): Promise<void> {
    this.#chain.accounts.passTime(61_000);
    const [one, other] = [this.#backup(), this.#backup()];
    const [first, second] = [this.#start(one), this.#start(other)];
    const ends = [await this.#end(first, one), await this.#end(second, other)];
    const words = ends.map(({ stderr }) => stderr).join('\n');
    assert.ok(
      ends.some(({ status }) => status === EXIT.done),
      `neither of two backups was made\n${words}`,
    );
  }

  /** To a blob, with a chain, or to a file: nothing half done is called complete, and the same command ends right. */
  async #restoreDies({ backup, source }: Point): Promise<void> {
    const truth = await this.#chain.truthOf(source);
    const name = `processes${++this.#names}.vhd`;
    const from = `${this.#backupUrl}?snapshot=${backup}`;
    if (this.#dice.chance(0.4)) {
      const path = join(this.#folder, name);
      const args = ['restore', from, path];
      await this.#dies(args);
      await this.#settle();
      if (!(await readdir(this.#folder)).includes(name)) await this.succeeds(args);
      assert.equal(sumOf(await readFile(path)), truth, `${path}, restored from ${backup}`);
      await rm(path);
    } else await this.#restoreToBlobDies(from, name, truth);
    this.#figures.restored(truth);
  }

  async #restoreToBlobDies(from: string, name: string, truth: string): Promise<void> {
    const { disks, backups } = this.#chain.accounts;
    const [blob, newBackup] = [disks.getPageBlobClient(name), backups.getPageBlobClient(name)];
    const args = ['restore', from, this.#chain.through(blob), '--transfer', this.#dice.oneOf(['auto', 'relay'])];
    if (this.#dice.chance(0.5)) args.push('--continue-chain', '--new-backup', this.#chain.through(newBackup));
    await this.#dies(args);
    await this.#settle();
    const isComplete = async (): Promise<boolean> =>
      (await blob.exists()) && (await blob.getProperties()).metadata?.['pbb_restore'] === 'complete';
    if (!(await isComplete())) await this.succeeds(args);
    assert.ok(await isComplete(), name);
    assert.equal(await sha256(blob), truth, `${blob.url}, restored from ${from}`);
    for (const each of [blob, newBackup]) if (await each.exists()) await each.delete({ deleteSnapshots: 'include' });
    for await (const record of backups.listBlobsFlat({ prefix: `${name}.chain/` })) await backups.deleteBlob(record.name);
  }

  /** The disk itself goes back to a point, and gets there with the same command. */
  async #rewindDies({ backup, source }: Point): Promise<void> {
    const { disk } = this.#chain;
    const args = ['restore', `${this.#backupUrl}?snapshot=${backup}`, this.#chain.through(disk), '--in-place', '--transfer', 'relay'];
    const isDone = await this.#dies(args);
    await this.#settle();
    // Where it is done, a foreigner may have written to the disk since. Where not, the point may have been deleted by one.
    if (!isDone && (await this.#chain.livePoints()).some((point) => point.backup === backup)) {
      await this.succeeds(args);
      const truth = await this.#chain.truthOf(source);
      assert.equal(await sha256(disk), truth, `the disk, rewound to ${backup}`);
      this.#figures.restored(truth);
    }
    if ((await disk.getProperties()).metadata?.['pbb_restore'] === 'partial') await disk.setMetadata({});
  }

  async #pruneDies(newest: Point): Promise<void> {
    await this.#dies(['prune', this.#backupUrl, '--keep-last', String(1 + this.#dice.below(3))]);
    assert.ok(!(await this.#chain.prunedPoints()).has(newest.number), 'the newest point is never pruned');
  }

  async #settle(): Promise<void> {
    const { accounts } = this.#chain;
    await accounts.proxy.deliverLate();
    accounts.passTime(61_000);
  }
}
