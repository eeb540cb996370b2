/**
 * The same items, each asked for while the one before is worked on: so a list goes on while pages are moved. Holds one item more.
 * Leaving early waits for what was asked for.
 */
export async function* ahead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  const reader = items[Symbol.asyncIterator]();
  let asked = quiet(reader.next());
  try {
    for (let next = await asked; !next.done; next = await asked) {
      asked = quiet(reader.next());
      yield next.value;
    }
  } finally {
    await asked.catch(() => undefined);
    await reader.return?.();
  }
}

/** A promise whose failure is told to whoever awaits it, and is no unhandled one until then. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
