import { parseArgs } from 'node:util';
import { BackupError } from '../engine/errors.ts';

/** One flag of the command line. */
export interface Option {
  /** Without its dashes. */
  readonly name: string;
  readonly text: string;
  /** What stands for its value in the help; absent for a flag that takes none. */
  readonly value?: string;
  /** The values it takes. */
  readonly choices?: readonly string[];
  /** It takes whole numbers from here on. */
  readonly least?: number;
}

/** How a command is called. */
export interface Syntax {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** All of them are needed. */
  readonly operands: readonly string[];
  readonly options: readonly Option[];
  /** More for its own help. */
  readonly notes?: readonly string[];
}

/** Flags of every command. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'json', text: 'One JSON object a line on stdout, the last one the result.' },
  { name: 'api-version', value: 'version', text: 'The x-ms-version to send, for older clouds (Azure Stack Hub: 2017-11-09).' },
  { name: 'verbose', text: 'Tell every retry, and the details of an error.' },
  { name: 'help', text: 'Show this help.' },
];

/** What was asked for. */
export type Parsed<Command extends Syntax> =
  | { readonly kind: 'help'; readonly command: Command | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: Command; readonly args: Arguments };

/** The checked arguments of one command. */
export class Arguments {
  readonly #operands: readonly string[];
  readonly #values: ReadonlyMap<string, string | true>;

  constructor(operands: readonly string[], values: ReadonlyMap<string, string | true>) {
    this.#operands = operands;
    this.#values = values;
  }

  operand(index: number): string {
    return this.#operands[index] ?? '';
  }

  /** Everything that was given as a text: operands, and values of options. */
  texts(): readonly string[] {
    return [...this.#operands, ...this.#values.values()].filter((value) => typeof value === 'string');
  }

  flag(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** The value of an option with choices; they have been checked. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    return choices.find((choice) => choice === this.#values.get(name));
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }
}

/** A mistake in the command line, with the way to the help. */
export function usageError(message: string, command?: string): BackupError {
  const help = `page-blob-backup ${command === undefined ? '' : `${command} `}--help`;
  return new BackupError('badInput', message, { unharmed: 'Nothing was changed.', hint: `See: ${help}` });
}

/** Takes a command line apart. @throws badInput for anything that no command knows */
export function parseCommandLine<Command extends Syntax>(argv: readonly string[], commands: readonly Command[]): Parsed<Command> {
  const { operands, flags } = split(argv, commands);
  const asksForHelp = flags.some(({ name }) => name === 'help' || name === 'h') || operands[0] === 'help';
  if (operands[0] === 'help') operands.shift();
  if (flags.some(({ name }) => name === 'version')) return { kind: 'version' };

  const [name, ...rest] = operands;
  const command = commands.find((each) => each.name === name);
  if (name !== undefined && !command) throw usageError(`There is no command "${name}".`);
  if (asksForHelp) return { kind: 'help', command };
  if (!command) throw usageError(flags[0] ? `No command was given, only ${flags[0].raw}.` : 'No command was given.');
  const values = checked(flags, command);
  const missing = command.operands[rest.length];
  if (missing !== undefined)
    throw usageError(`"${command.name}" needs ${command.operands.join(' and ')}; ${missing} is missing.`, command.name);
  const extra = rest[command.operands.length];
  if (extra !== undefined) {
    const most = command.operands.length === 0 ? 'operands' : `more than ${command.operands.join(' and ')}`;
    throw usageError(
      `"${command.name}" takes no ${most}, but was given "${extra}"${command.operands.length === 0 ? '' : ' too'}.`,
      command.name,
    );
  }
  return { kind: 'run', command, args: new Arguments(rest, values) };
}

interface Flag {
  readonly name: string;
  readonly raw: string;
  readonly value: string | undefined;
  readonly inline: boolean;
}

/** Which flags take a value depends on the command; a flag that only some know is told apart by its name alone. */
function split(argv: readonly string[], commands: readonly Syntax[]): { operands: string[]; flags: Flag[] } {
  const known = [...COMMON_OPTIONS, ...commands.flatMap(({ options }) => options)];
  const options = Object.fromEntries(
    known.map(({ name, value }) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const operands: string[] = [];
  const flags: Flag[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind === 'option')
      flags.push({ name: token.name, raw: token.rawName, value: token.value, inline: token.inlineValue ?? false });
  }
  return { operands, flags };
}

function checked(flags: readonly Flag[], command: Syntax): ReadonlyMap<string, string | true> {
  const values = new Map<string, string | true>();
  for (const flag of flags) {
    const option = [...COMMON_OPTIONS, ...command.options].find(({ name }) => flag.raw === `--${name}`);
    if (!option) throw usageError(`"${command.name}" has no option ${flag.raw}.`, command.name);
    if (values.has(option.name)) throw usageError(`${flag.raw} was given twice.`, command.name);
    values.set(option.name, valueOf(option, flag, command.name));
  }
  return values;
}

function valueOf({ value: placeholder, choices, least }: Option, { raw, value, inline }: Flag, command: string): string | true {
  if (placeholder === undefined) {
    if (value !== undefined) throw usageError(`${raw} takes no value.`, command);
    return true;
  }
  if (value === undefined || value === '' || (!inline && value.startsWith('--')))
    throw usageError(`${raw} needs a value: ${choices?.join(', ') ?? placeholder}.`, command);
  if (choices && !choices.includes(value)) throw usageError(`${raw} takes ${choices.join(', ')}, not "${value}".`, command);
  if (least !== undefined && !(/^\d{1,9}$/.test(value) && Number(value) >= least)) {
    throw usageError(`${raw} takes a whole number from ${least} on, not "${value}".`, command);
  }
  return value;
}
