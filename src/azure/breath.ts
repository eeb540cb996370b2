/** Chunks of up to 64 KiB that are copied and summed up in one go: two or three milliseconds. */
const ONE_GO = 16;

const waiting: (() => void)[] = [];

/**
 * Waited for after each chunk of pages that was worked on: however many requests are answered at once, after a MiB all else in this process has its turn.
 * An editor's extensions share one.
 */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(next);
  });
}

function next(): void {
  for (const wake of waiting.splice(0, ONE_GO)) wake();
  if (waiting.length > 0) setImmediate(next);
}
