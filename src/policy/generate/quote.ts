import { BackupError } from '../../engine/errors.ts';

/** Letters that mean themselves in a unit. */
const PLAIN = /^[\w@+:,./-]+$/;

/** A command in a crontab. There `%` is a line break unless a backslash stands before it, and nothing can write a real one. @throws badInput */
export function crontabCommand(command: string): string {
  return oneLine(command, 'A crontab').replaceAll('%', '\\%');
}

/** One word of a command line in a systemd unit (systemd.service: COMMAND LINES; systemd.syntax: QUOTING). @throws badInput */
export function systemdWord(text: string): string {
  if (PLAIN.test(text)) return text;
  const escaped = oneLine(text, 'A systemd unit').replaceAll(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return `"${escaped.replaceAll('\t', '\\t')}"`;
}

/** A string of Bicep: a backslash before quotes, backslashes and the `${` of an interpolation; the rest by its code point where it cannot be seen. */
export function bicepString(text: string): string {
  const escaped = text
    .replaceAll(/\\|'|\$(?=\{)/g, '\\$&')
    .replaceAll(/\p{Cc}|\u2028|\u2029/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
  return `'${escaped}'`;
}

/** A value in a GitHub workflow or an Azure pipeline, where `${{` begins an expression wherever it stands. */
export function noExpression(text: string): string {
  return text.replaceAll('${{', "${{ '${{' }}");
}

/** Text for a comment: on one line, whatever a policy holds. */
export function commentText(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function oneLine(text: string, what: string): string {
  if (!/[\0\r\n]/.test(text)) return text;
  throw new BackupError('badInput', `${what} has no way to write a line break, and there is one in ${JSON.stringify(text)}.`, {
    unharmed: 'Nothing was written.',
    hint: 'Give the policy file a name without one.',
  });
}
