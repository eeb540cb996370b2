import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { redact } from '../../engine/redact.ts';
import { BackupError } from '../../engine/errors.ts';
import { SCHEDULE_KIND_NAMES, SCHEDULE_KINDS, type ScheduleKind } from '../../policy/generate/kinds.ts';
import type { GeneratedFile } from '../../policy/generate/schedule.ts';
import { usageError } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitStatus } from '../exitStatus.ts';
import { versionText } from '../version.ts';
import { POLICY_OPTION, policyOf, problemWith } from './policyFile.ts';
import { shardOf } from './shardOption.ts';

/** `generate <kind> --policy FILE`: what makes a scheduler run a policy. */
export const generate: Command = {
  name: 'generate',
  summary: 'Write what makes a scheduler run a policy: a workflow, a pipeline, a CronJob, units, roles.',
  operands: ['<kind>'],
  options: [
    POLICY_OPTION,
    { name: 'out', value: 'path', text: 'The file to write, or the folder where there are several. Without it the text goes to stdout.' },
    { name: 'shards', value: 'n', least: 1, text: 'Parts that the fleet is split into (1), where the scheduler has many machines.' },
    { name: 'shard', value: 'i/n', text: 'The part of this machine, for systemd and crontab.' },
    { name: 'image', value: 'reference', text: 'The container image of this program.' },
  ],
  notes: ['Kinds:', ...Object.entries(SCHEDULE_KINDS).map(([name, { title }]) => `  ${name.padEnd(16)} ${title}`)],
  whenStopped: 'Nothing was changed in any account.',
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const { args, people, print, write } = context;
  const name = SCHEDULE_KIND_NAMES.find((each) => each === args.operand(0));
  if (!name) throw usageError(`"generate" knows ${SCHEDULE_KIND_NAMES.join(', ')}, not "${args.operand(0)}".`, 'generate');
  const kind = SCHEDULE_KINDS[name];
  const { policy, text, file } = await policyOf(context, 'generate');
  refuseSecrets(text, file);
  const out = args.text('out');
  shardOf(args, 'generate');
  const files = kind.generate({
    policy,
    policyText: text,
    policyPath: placeOf(file, kind, out),
    shards: args.number('shards') ?? 1,
    shard: args.text('shard'),
    image: args.text('image') ?? `page-blob-backup:${versionText()}`,
  });
  const written = out === undefined ? [] : await writeAll(files, out);
  for (const each of written) people.line(` written    ${each}`);
  if (out === undefined && !args.flag('json')) write(textOf(files));
  await print('result', { job: 'generate', kind: name, ...(out === undefined ? { files } : { written }) });
  return EXIT.done;
}

/** How the scheduler will name the policy file. @throws badInput where it will not find it */
function placeOf(file: string, { findsPolicy }: ScheduleKind, out: string | undefined): string {
  if (findsPolicy === 'onMachine') return resolve(file);
  if (findsPolicy === 'inFile') return file;
  const place = relative(findsPolicy === 'beside' && out !== undefined ? dirname(resolve(out)) : process.cwd(), file)
    .split(sep)
    .join('/');
  if (findsPolicy === 'beside' || !(isAbsolute(place) || place.startsWith('../'))) return place;
  throw usageError(`${file} is not in this folder: call "generate" at the top of the repository that holds the policy.`, 'generate');
}

async function writeAll(files: readonly GeneratedFile[], out: string): Promise<string[]> {
  const written: string[] = [];
  for (const { name, text } of files) {
    const path = files.length === 1 ? out : join(out, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    } catch (error) {
      throw problemWith(`${path} cannot be written`, error);
    }
    written.push(path);
  }
  return written;
}

/** Several files one after another, each below its name. */
function textOf(files: readonly GeneratedFile[]): string {
  if (files.length === 1) return files[0]!.text;
  return files.map(({ name, text }) => `# ${name}\n${text}`).join('\n');
}

/** A policy has no place for a secret, but its comments may hold anything. */
function refuseSecrets(text: string, file: string): void {
  if (redact(text) === text) return;
  throw new BackupError('badInput', `${file} holds what looks like a secret, so nothing is made from it.`, {
    unharmed: 'Nothing was written.',
    hint: 'Take it out of the file, and out of its history.',
  });
}
