import { readFile } from 'node:fs/promises';
import { BackupError } from '../../engine/errors.ts';
import { readPolicy } from '../../policy/file/readPolicy.ts';
import type { Policy } from '../../policy/policy.ts';
import { usageError, type Option } from '../arguments.ts';
import type { CommandContext } from '../command.ts';
import { amountText } from '../words.ts';

export const POLICY_OPTION: Option = { name: 'policy', value: 'file', text: 'The policy file (page-blob-backup.yaml).' };

/** Reads the file of `--policy`; what is wrong with it is told line by line, as compilers do. @throws badInput, fileProblem */
export async function policyOf(
  { args, people, print }: CommandContext,
  command = 'apply',
): Promise<{ readonly policy: Policy; readonly text: string; readonly file: string }> {
  const file = args.text('policy');
  if (file === undefined) throw usageError(`"${command}" needs --policy <file>.`, command);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw problemWith(`The policy file ${file} cannot be read`, error);
  }
  const { policy, problems } = readPolicy(text);
  for (const { line, column, message } of problems) {
    people.line(`${file}:${line}:${column}: ${message}`, 'error');
    await print('problem', { file, line, column, message });
  }
  if (policy) return { policy, text, file };
  throw new BackupError('badInput', `The policy file ${file} has ${amountText(problems.length, 'mistake')}.`, {
    unharmed: 'Nothing was changed.',
  });
}

export function problemWith(what: string, error: unknown): BackupError {
  return new BackupError('fileProblem', `${what}: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
}
