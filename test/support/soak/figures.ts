import { Tally } from '../../fault/mixed.ts';

/** What a soak came to; added to by every turn, and never more than some hundred numbers. */
export class Figures {
  readonly tally = new Tally();
  /** Of the histories alone, in milliseconds. */
  historiesMs = 0;
  readonly crashes = { points: 0, pairs: 0, sweeps: 0 };
  /** Jobs over HTTP and how they ended, as `backup status 0`. */
  readonly jobs = new Map<string, number>();
  /** Verbs of the proxy that happened. */
  readonly verbs = new Map<string, number>();
  /** Foreigners who came in the middle of a run. */
  readonly foreigners = new Map<string, number>();
  readonly processes = { started: 0, killed: 0, stopped: 0 };
  /** Over HTTP: rounds, recovery points compared with their sources, restores, and the bytes of both. */
  readonly line = { chains: 0, rounds: 0, points: 0, pointBytes: 0, restores: 0, restoredBytes: 0 };
  #mostMemory = 0;

  count(map: Map<string, number>, what: string): void {
    map.set(what, (map.get(what) ?? 0) + 1);
  }

  /** A disk was restored over HTTP and is right. @param sum as `sumOf` gives it: it begins with the length in bytes */
  restored(sum: string): void {
    this.line.restores++;
    this.line.restoredBytes += Number.parseInt(sum);
  }

  /** One line of how it stands. */
  progress(minutes: number): string {
    this.#mostMemory = Math.max(this.#mostMemory, process.memoryUsage.rss());
    const { tally, crashes, line, processes } = this;
    const parts = [
      `${tally.histories} histories`,
      `${crashes.points + crashes.pairs} crash points`,
      `${line.rounds} rounds over HTTP`,
      `${processes.killed + processes.stopped} processes killed or stopped`,
      `${sum(this.verbs)} faults of the line`,
      `${tally.restored + line.restores} restores compared`,
    ];
    return `${minutes.toFixed(1)} min: ${parts.join(', ')}, ${mib(this.#mostMemory)} of memory`;
  }

  /** All of it, a figure a line. */
  report(): string {
    const { tally, crashes, line, processes } = this;
    const perMinute = this.historiesMs > 0 ? `, ${Math.round(tally.histories / (this.historiesMs / 60_000))} a minute` : '';
    const rows: readonly (readonly [string, string])[] = [
      ['histories in memory', `${tally.histories}${perMinute}`],
      ['  calls of the storage', String(tally.calls)],
      ['  jobs', list(tally.jobs)],
      ['  faults fired', list(tally.faults)],
      ['  crash points', `${crashes.points}, and ${crashes.pairs} with another crash in the recovery, in ${crashes.sweeps} sweeps`],
      ['  recovery points', String(tally.points)],
      ['  restored and compared', `${tally.restored} disks, ${tally.bytesCompared} bytes`],
      ['chains over HTTP', `${line.chains}, ${line.rounds} rounds`],
      ['  jobs', list(this.jobs)],
      ['  processes', `${processes.started} started, ${processes.killed} killed, ${processes.stopped} stopped beyond their lease`],
      ['  faults of the line fired', `${sum(this.verbs)}: ${list(this.verbs)}`],
      ['  foreigners', `${sum(this.foreigners)}: ${list(this.foreigners)}`],
      ['  recovery points compared', `${line.points}, ${line.pointBytes} bytes`],
      ['  restored and compared', `${line.restores} disks, ${line.restoredBytes} bytes`],
      ['memory at most', mib(this.#mostMemory)],
    ];
    return rows.map(([what, text]) => `${what.padEnd(28)} ${text}`).join('\n');
  }
}

const mib = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
const sum = (map: ReadonlyMap<string, number>): number => [...map.values()].reduce((all, n) => all + n, 0);

function list(map: ReadonlyMap<string, number>): string {
  const sorted = [...map].sort(([a], [b]) => a.localeCompare(b));
  return sorted.map(([what, count]) => `${what} ${count}`).join(', ');
}
