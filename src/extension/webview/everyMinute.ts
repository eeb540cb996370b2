import type { Disposable } from 'vscode';

const MINUTE = 60_000;

/** Has a page drawn again while it is open: what it tells as `2 h ago` grows older. */
export function everyMinute(draw: () => void): Disposable {
  const timer = setInterval(draw, MINUTE).unref();
  return { dispose: () => clearInterval(timer) };
}
