import { BackupError } from '../engine/errors.ts';

/** What the SDK keeps of the HTTP answer behind a result. */
export interface SdkResult {
  readonly _response: {
    readonly status: number;
    readonly bodyAsText?: string | null;
    readonly headers: { get(name: string): string | undefined };
  };
}

/**
 * A list counts only if it is complete: status 200 and a root element that is closed. The SDK takes an empty body, and one that is not XML, for
 * an empty list.
 * @throws incompleteAnswer
 */
export function requireCompleteXml(result: SdkResult, root: string): void {
  const { status, bodyAsText } = result._response;
  const text = bodyAsText?.trimEnd() ?? '';
  if (status === 200 && (text.endsWith(`</${root}>`) || new RegExp(`<${root}[^<>]*/>$`).test(text))) return;
  throw incomplete(result, 'The list that the service gave was cut short.');
}

/** The SDK takes whatever stands in the list for a blob. @throws incompleteAnswer unless each has a name and properties */
export function requireBlobs(result: SdkResult & { readonly segment: { readonly blobItems: readonly unknown[] } }): void {
  for (const item of result.segment.blobItems) {
    const { name, properties } = item as { readonly name?: unknown; readonly properties?: unknown };
    if (typeof name === 'string' && typeof properties === 'object' && properties !== null) continue;
    throw incomplete(result, 'The list that the service gave holds something that is no blob.');
  }
}

/**
 * Asks for one page of a list and takes out what it holds. An answer that is no XML, or whose elements have other names than the documented ones, makes
 * the SDK stumble, or us.
 * @throws incompleteAnswer
 */
export async function understood<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new BackupError('incompleteAnswer', 'The list that the service gave is not one that is documented.', {
      retryable: true,
      effect: 'unknown',
      hint: 'Try again; if it stays so, something between here and the service alters what it says.',
    });
  }
}

function incomplete({ _response: { status } }: SdkResult, what: string): BackupError {
  return new BackupError('incompleteAnswer', what, { retryable: true, effect: 'unknown', service: { status } });
}
