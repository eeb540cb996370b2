import type { Log } from '../../../src/extension/log.ts';

await import('../vscode/register.ts');
const { redactedLog: make } = await import('../../../src/extension/log.ts');

/** The extension's log on a channel in memory. */
export function redactedLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const line = (text: string): void => void lines.push(text);
  const channel = {
    debug: line,
    info: line,
    warn: line,
    error: (error: string | Error) => line(String(error)),
    show: () => undefined,
    dispose: () => undefined,
  };
  return { log: make(channel), lines };
}
