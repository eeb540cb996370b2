import { inspect } from 'node:util';
import { window, type LogOutputChannel } from 'vscode';
import { redact } from '../engine/redact.ts';
import { isBackupError } from '../engine/errors.ts';
import { visibleLines, visibleText } from '../engine/visibleText.ts';

/** The extension's log. Everything goes through `redact` on its way. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  /** With everything that is known: code, the service's own words, stack and causes. */
  error(text: string, error?: unknown): void;
  show(): void;
  dispose(): void;
}

export function createLog(): Log {
  const channel = window.createOutputChannel('Page Blob Backup', { log: true });
  return redactedLog(channel);
}

export function redactedLog(channel: Pick<LogOutputChannel, 'debug' | 'info' | 'warn' | 'error' | 'show' | 'dispose'>): Log {
  return {
    debug: (text) => channel.debug(visibleText(redact(text))),
    info: (text) => channel.info(visibleText(redact(text))),
    warn: (text) => channel.warn(visibleText(redact(text))),
    error: (text, error) => channel.error(visibleLines(redact(error === undefined ? text : `${visibleText(text)}\n${detailsOf(error)}`))),
    show: () => channel.show(true),
    dispose: () => channel.dispose(),
  };
}

function detailsOf(error: unknown): string {
  const lines: string[] = [];
  for (
    let each: unknown = error;
    each !== undefined && each !== null && lines.length < 20;
    each = each instanceof Error ? each.cause : undefined
  ) {
    if (isBackupError(each))
      lines.push(`code: ${each.code}${each.service ? `, service: ${inspect(each.service, { breakLength: Infinity })}` : ''}`);
    lines.push(each instanceof Error ? (each.stack ?? each.message) : inspect(each, { depth: 2 }));
  }
  return lines.join('\n');
}
