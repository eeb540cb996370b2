import type { Azure } from '../azure/azure.ts';
import type { RunEvent } from '../engine/events.ts';
import type { JobOptions } from '../engine/tools.ts';
import type { ApplyTelemetry } from '../telemetry/applyTelemetry.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import type { Arguments, Syntax } from './arguments.ts';
import type { ExitStatus } from './exitStatus.ts';
import type { People } from './people.ts';

/** What a command is given. */
export interface CommandContext {
  readonly args: Arguments;
  readonly azure: Azure;
  readonly job: JobOptions;
  readonly files: FileSystem;
  readonly people: People;
  /** Shows a run's events to people, and prints them with `--json`. */
  readonly hear: (event: RunEvent) => void;
  /** Prints one object; nothing without `--json`. */
  readonly print: (type: string, value: object) => Promise<void>;
  /** Writes text to stdout, as it is. */
  readonly write: (text: string) => void;
  /** Hears of `apply`, where the environment names a collector. */
  readonly openTelemetry: (startedOn: number) => Promise<ApplyTelemetry | undefined>;
  /** Takes the URLs among these texts for named by the user, as those of the command line are: sign-ins may be shown to their hosts. */
  readonly trust: (texts: readonly string[]) => void;
  /** HTTP requests that were sent so far. */
  readonly requests: () => number;
  /** Milliseconds since the command began. */
  readonly elapsed: () => number;
}

/** One command of the command line. */
export interface Command extends Syntax {
  /** What to do after it was stopped, for people. */
  readonly whenStopped: string;
  /** What is as it was however it fails, for people who are told of an error that does not say so itself. */
  readonly unharmed?: string;
  run(context: CommandContext): Promise<ExitStatus>;
}
