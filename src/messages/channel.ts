/** What a page says to the extension. An ask is answered exactly once, by its id. */
export type FromPage<Ask> =
  /** The page has loaded, for the first time or anew: it knows nothing yet. */
  { readonly type: 'ready' } | { readonly type: 'ask'; readonly id: number; readonly ask: Ask };

/** What the extension says to a page. */
export type ToPage<View, Answer> =
  /** All that the page shows; replaces what it showed before. */
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  /** The ask could not be answered; the text is for people. */
  | { readonly type: 'refused'; readonly id: number; readonly text: string };

/**
 * A message from a page, looked at as if a stranger had sent it.
 * @param readAsk gives undefined for whatever is not an ask
 * @returns undefined for whatever is not a message
 */
export function readFromPage<Ask>(value: unknown, readAsk: (value: unknown) => Ask | undefined): FromPage<Ask> | undefined {
  if (!isObject(value)) return undefined;
  if (value.type === 'ready') return { type: 'ready' };
  if (value.type !== 'ask' || typeof value.id !== 'number' || !Number.isSafeInteger(value.id)) return undefined;
  const ask = readAsk(value.ask);
  return ask === undefined ? undefined : { type: 'ask', id: value.id, ask };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
