import { COMMON_OPTIONS, type Option, type Syntax } from './arguments.ts';
import { tableLines } from './words.ts';

const CREDENTIALS = `Images and blobs are URLs (https://<account>.blob.core.windows.net/<container>/<blob>, for a snapshot with ?snapshot=<id>), with a SAS or
without; put them in quotes. Without one the credential comes from the connection string whose blob endpoint matches, out of the environment variables
AZURE_STORAGE_CONNECTION_STRING and AZURE_STORAGE_CONNECTION_STRING_<ANYTHING>, else from Microsoft Entra ID.`;

const STATUSES = `Exit status: 0 done, 1 unexpected, 2 usage, 3 interrupted (the same command goes on from there), 4 sign-in or access, 5 not found,
6 conflict (leased, busy, changed, there already), 7 integrity, 8 the service kept failing, 9 not supported there.`;

/** The help of the whole program. */
export function generalHelp(commands: readonly Syntax[]): string {
  return [
    'Incremental backups of Azure page blobs in another storage account: provably right, visible, quick to restore.',
    '',
    'Usage: page-blob-backup <command> …',
    '',
    ...tableLines(commands.map((command) => [`  ${callOf(command)}`, command.summary])),
    '',
    'Options of every command:',
    ...optionLines([...COMMON_OPTIONS, { name: 'version', text: 'Show the version.' }]),
    '',
    CREDENTIALS,
    '',
    STATUSES,
    '',
    'More about one command: page-blob-backup <command> --help',
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Syntax): string {
  const { summary, options, notes = [] } = command;
  return [
    `Usage: page-blob-backup ${callOf(command)} [options]`,
    '',
    summary,
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
    'Options:',
    ...optionLines([...options, ...COMMON_OPTIONS]),
    '',
    CREDENTIALS,
    '',
  ].join('\n');
}

function callOf({ name, operands }: Syntax): string {
  return [name, ...operands].join(' ');
}

function optionLines(options: readonly Option[]): string[] {
  return tableLines(
    options.map(({ name, value, choices, text }) => [
      `  --${name}${value === undefined ? '' : ` ${choices?.join('|') ?? `<${value}>`}`}`,
      text,
    ]),
  );
}
