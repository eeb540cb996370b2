import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { COMMANDS, SETTINGS } from '../../src/extension/names.ts';
import { Editor, type Sample } from '../editor/editor.ts';
import { fill, type Ground } from '../ground.ts';
import { GiB, MiB, type Row, type Rows } from '../row.ts';

const IDLE_MS = 5000;
const WHO = 'ours, relay, proof changed';

/** A real VS Code: how long the extension keeps it waiting, at its start and while every byte of backups passes through the extension host. */
export function editor(ground: Ground): Rows {
  return async (add) => {
    const disk = (name: string) => ground.disks.getPageBlobClient(`${name}.vhd`);
    const backup = (name: string) => ground.backups.getPageBlobClient(`${name}.vhd`);
    const [one, ...three] = ['one', 'first', 'second', 'third'] as const;
    await fill(disk(one), GiB, GiB, 1);
    for (const [i, name] of three.entries()) await fill(disk(name), 256 * MiB, 256 * MiB, i + 2);

    await using editor = await Editor.start({
      'workbench.editor.useModal': 'off',
      [`pageBlobBackup.${SETTINGS.transfer}`]: 'relay',
      [`pageBlobBackup.${SETTINGS.emulatorConnectionStrings}`]: Object.values(ground.env),
    });
    await editor.run(COMMANDS.attachEmulator);
    for (const row of await starts(editor, ground.disks.accountName)) add(row);

    const sampled = async (what: string, work: () => Promise<void>) => {
      // In an extension host of its own, or the peak of memory would be that of the row before.
      await editor.reload();
      const whole = machineTime();
      const { sample, ...traffic } = await ground.counted(async () => ({ sample: await editor.sampled(work) }));
      add({ group: 'editor', what, who: WHO, measured: sample, traffic, note: noteOf(sample, whole()) });
      return traffic.written;
    };
    const backUp = async (what: string, size: number, ...names: readonly string[]) => {
      const rows = names.map((name) => ({ kind: 'chain', source: disk(name).url, backup: backup(name).url }));
      const written = await sampled(what, () => editor.run(COMMANDS.backUp, undefined, rows));
      if (written !== size * names.length) throw new Error(`${what}: ${written} bytes were written.`);
    };
    await sampled('nothing under way', () => pause(IDLE_MS));
    await backUp('backup of 1 GiB, dense', GiB, one);
    await backUp('three backups of 256 MiB at once, dense', 256 * MiB, ...three);
    for (const name of [one, ...three]) for (const blob of [disk(name), backup(name)]) await blob.delete({ deleteSnapshots: 'include' });
  };
}

/** What people wait for when a window has just been opened. */
async function starts(editor: Editor, account: string): Promise<Row[]> {
  const { workbench } = editor;
  await workbench.openViewContainer('Explorer');
  await editor.reload();
  const timed = async (what: string, note: string, act: () => Promise<void>): Promise<Row> => {
    const sample = await editor.sampled(act);
    return { group: 'editor', what, who: 'ours', measured: sample, note };
  };
  const rows = workbench.page.locator('.monaco-list-rows > .monaco-list-row');
  const row = (label: string) => rows.filter({ has: workbench.page.getByText(label, { exact: true }) }).first();
  const opened = await timed('first rows of the tree', 'from the click on the icon to the accounts', async () => {
    await workbench.openViewContainer('Page Blob Backup');
    await row(account).waitFor();
  });
  const expanded = await timed('disks of an account', 'reads the SDK and lists the account; from the click to the disks', async () => {
    await row(account).locator('.monaco-tl-twistie').click();
    await row('one.vhd').waitFor();
  });
  await workbench.openViewContainer('Explorer');
  await editor.reload();
  const measured = { seconds: (await editor.activation()) / 1000, cpu: undefined, peakMemory: undefined };
  return [{ group: 'editor', what: 'start of the extension', who: 'ours', measured, note: 'as VS Code measures it' }, opened, expanded];
}

function noteOf({ delay, wait, busy }: Sample, machine: number): string {
  const ms = (time: number): string => `${time.toFixed(1)} ms`;
  const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;
  return [
    `**event loop delay p50 ${ms(delay.p50)}, p99 ${ms(delay.p99)}**, longest ${ms(delay.longest)}`,
    `99 of 100 messages wait less than ${ms(wait)}`,
    `event loop ${percent(busy)} busy, all cores ${percent(machine)}`,
  ].join('; ');
}

/** @returns what tells the part of all cores' time since then in which somebody was at work */
function machineTime(): () => number {
  const read = () => {
    const times = cpus().map(({ times }) => times);
    const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
    return { all, idle: times.reduce((sum, { idle }) => sum + idle, 0) };
  };
  const before = read();
  return () => {
    const now = read();
    return 1 - (now.idle - before.idle) / (now.all - before.all);
  };
}
