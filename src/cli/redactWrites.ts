import { redact } from '../engine/redact.ts';

/**
 * Has all text that is written to this stream pass the redaction, whoever writes it. Libraries have logs of their own, which the environment switches on
 * (AZURE_LOG_LEVEL, DEBUG); they print the URL of a proxy with its password, and whole requests.
 */
export function redactWrites(stream: NodeJS.WritableStream): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...more: unknown[]) => write(typeof chunk === 'string' ? redact(chunk) : chunk, ...more);
}
