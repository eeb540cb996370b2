import { openAzure } from '../azure/azure.ts';
import type { RunEvent } from '../engine/events.ts';
import { Limiter } from '../engine/transfer/limiter/limiter.ts';
import type { World } from '../engine/world.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { openTelemetry } from '../telemetry/applyTelemetry.ts';
import { parseCommandLine, type Arguments } from './arguments.ts';
import type { Command, CommandContext } from './command.ts';
import { COMMANDS } from './commands/all.ts';
import { errorObject, reportable, tellError } from './errorReport.ts';
import { EXIT, exitStatusOf, type ExitStatus } from './exitStatus.ts';
import { commandHelp, generalHelp } from './help.ts';
import { JsonLines, type JsonStream } from './json.ts';
import { People, type TextStream } from './people.ts';
import { Progress } from './progress.ts';
import { versionText } from './version.ts';

/** Everything outside of the command line that a command touches. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: JsonStream;
  readonly stderr: TextStream;
  readonly world: World;
  readonly files: FileSystem;
  /** Aborting it stops the command in order. */
  readonly signal: AbortSignal;
}

/** Runs one command line to its end. @returns the exit status; it never throws */
export async function runCli(argv: readonly string[], surroundings: Surroundings): Promise<ExitStatus> {
  const { env, stdout, stderr, world } = surroundings;
  const now = (): number => world.now();
  const people = new People(stderr, env);
  const json = argv.includes('--json') ? new JsonLines(stdout, now) : undefined;
  let command: Command | undefined;
  try {
    const parsed = parseCommandLine(argv, COMMANDS);
    if (parsed.kind === 'version') {
      stdout.write(`${versionText()}\n`);
      return EXIT.done;
    }
    if (parsed.kind === 'help') {
      stdout.write(parsed.command ? commandHelp(parsed.command) : generalHelp(COMMANDS));
      return EXIT.done;
    }
    ({ command } = parsed);
    return await command.run(contextFor(parsed.args, people, json, surroundings));
  } catch (thrown) {
    const error = reportable(thrown, command?.whenStopped);
    const unharmed = error.unharmed ?? command?.unharmed;
    tellError(people, error, argv.includes('--verbose'), unharmed);
    await json?.print('error', errorObject(error, unharmed));
    return exitStatusOf(error);
  } finally {
    people.erase();
  }
}

function contextFor(args: Arguments, people: People, json: JsonLines | undefined, surroundings: Surroundings): CommandContext {
  const { env, world, files, signal } = surroundings;
  const now = (): number => world.now();
  const progress = new Progress(people, now, args.flag('verbose'));
  const begun = world.now();
  let requests = 0;
  const named = [...args.texts()];
  const azure = openAzure({
    env,
    named,
    apiVersion: args.text('api-version'),
    userAgent: `page-blob-backup/${versionText()}`,
    now,
    onRequest: () => requests++,
  });
  return {
    args,
    azure,
    files,
    people,
    job: { world, signal, limiter: new Limiter(world) },
    hear(event: RunEvent) {
      progress.hear(event);
      json?.hear(event);
    },
    print: async (type, value) => json?.print(type, value),
    write: (text) => void surroundings.stdout.write(text),
    openTelemetry: (startedOn) => openTelemetry(env, versionText(), startedOn),
    trust: (texts) => void named.push(...texts),
    requests: () => requests,
    elapsed: () => world.now() - begun,
  };
}
