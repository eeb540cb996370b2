import { cpus, loadavg, totalmem } from 'node:os';
import { GiB, MiB, type Row } from './row.ts';

/** What it was measured on; nothing that names the machine. */
export function machine(): string {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  const date = new Date().toISOString().slice(0, 10);
  return `${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / GiB)} GiB of memory, Node ${process.version}, ${date}; load ${loadavg()[1]!.toFixed(1)}`;
}

const HEAD = `| what | who | seconds | ratio | moved | requests | CPU s | peak memory | note |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |`;

export function table(rows: readonly Row[], withHead = true): string {
  return [...(withHead ? [HEAD] : []), ...rows.map(line)].join('\n');
}

function line({ what, who, measured, traffic, ratio, note }: Row): string {
  const cells = [
    what,
    who,
    measured.seconds.toFixed(2),
    ratio?.toFixed(2) ?? '',
    traffic ? `${(traffic.written / MiB).toFixed(1)} MiB` : '',
    traffic?.requests.toLocaleString('en') ?? '',
    measured.cpu?.toFixed(2) ?? 'not told',
    measured.peakMemory === undefined ? 'not told' : `${Math.round(measured.peakMemory / MiB)} MiB`,
    note ?? '',
  ];
  return `| ${cells.join(' | ')} |`;
}

const TITLES: Readonly<Record<string, string>> = {
  dense: 'Whole copies',
  sparse: 'Whole copies',
  incremental: 'After a change',
  incrementalLarge: 'After a change',
  restoring: 'Restoring',
  apply: 'A fleet',
  editor: 'In the editor',
  difference: 'A difference, drawn',
  shaped: "Under a service's limits",
  scale: 'Planning at scale',
};

const ABOUT: Readonly<Record<string, string>> = {
  'A fleet': `A policy over disks of 1 MiB, 16 chains at a time; each chain takes its own requests, so time grows with their number and memory does not.`,
  'In the editor': `A real VS Code of which a browser shows the window, on the same cores; CPU and memory are those of its extension host, in which all extensions live. Event loop
delay is that of \`perf_hooks.monitorEventLoopDelay\`, which looks every millisecond: with nothing under way it tells about 1 ms.`,
  Restoring:
    'One recovery point of a dense disk of 1 GiB: to a blob, to a file, and back to the disk after a change, beside whole copies of it.',
  'A difference, drawn': 'What the picture of a difference takes, from lists in memory.',
  'Whole copies': `Everything runs on one machine: the emulator, which holds the disks in memory, and the program that is measured. With server transfer the emulator
copies by itself, as for AzCopy; with relay all bytes pass through the program.`,
  'After a change': `AzCopy knows no differences of page blobs, so beside each row stands its copy of the whole disk. A program that starts, looks at both blobs, takes two
snapshots, proves and records takes its time however little has changed.`,
  "Under a service's limits": `A shaping layer before the emulator does as the service does with one page blob: it takes 60 MiB and 500 requests a second (and a second's worth at
once after a rest), refuses what goes beyond as ServerBusy (503, Retry-After: 1), and lets every request take a round trip. The program is told none of these numbers.
The first two seconds do not count, as the limiter finds the rate in them.`,
  'Planning at scale': `A disk of 8 TiB with so many ranges of one page, in memory, so that only the engine is measured. Memory stays flat, time grows with the ranges.`,
};

/** The whole of docs/BENCHMARKS.md. */
export function document(rows: readonly Row[], runs: number): string {
  const titles = [
    ...new Set(['dense', 'incremental', 'restoring', 'apply', 'editor', 'shaped', 'scale', 'difference'].map((group) => TITLES[group]!)),
  ];
  const sections = titles.flatMap((title) => {
    const own = rows.filter(({ group }) => TITLES[group] === title);
    return own.length === 0 ? [] : [`## ${title}\n\n${ABOUT[title]}\n\n${table(own)}`];
  });
  return `# Benchmarks

Measured by \`npm run bench\` on ${machine()}.

- To repeat: \`npm run bench\` (about a quarter of an hour; writes this page); single rows: \`npm run bench -- --only dense\` (\`sparse\`, \`incremental\`, \`editor\`, \`shaped\`,
  \`scale\`).
- Seconds are the median of ${runs} runs from the start of the program to its end, both included; rows with a note "once", scale and shaped rows are single runs.
- Ratio: seconds divided by AzCopy's (10.32, the real binary) for a copy of the same disk, in the same run of the bench. Below 1 is faster.
- Moved: bytes of pages written to the backup blob. Requests: all that the emulator was asked meanwhile.
- Load: how many programs wanted a core in the last minutes. Well above the number of cores others kept the machine busy: then only ratios mean anything, and requests come
  so unevenly that shaped rows say little; repeat them when it is quiet.
- The program, the emulator and everything else on the machine share its cores, so seconds tell little across machines; ratios tell more.

![Seconds beside AzCopy](benchmarks.svg)

${sections.join('\n\n')}
`;
}
