import { l10n, Uri, type CancellationToken, type TextDocumentContentProvider } from 'vscode';
import type { Image } from '../../../engine/pageBlob.ts';
import { PAGE, type PageRange } from '../../../engine/ranges/pageRange.ts';
import { toolsFor, type JobOptions, type Tools } from '../../../engine/tools.ts';
import type { Log } from '../../log.ts';
import { SCHEMES } from '../../names.ts';
import { failureOf } from '../../words/failure.ts';
import { placeOf } from '../../words/places.ts';
import { openImages, type ImageTools } from '../images.ts';
import { troubleText } from '../words.ts';
import { windowIn, windowQuery, type ByteWindow, type Side } from './byteWindow.ts';
import { differingPages, hexText, offsetText } from './hexText.ts';

/** Windows whose bytes are kept, so that the two sides of a diff are read together: at most 128 KiB. */
const KEPT = 8;

interface Bytes {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Documents that show a window of a disk as hexadecimal text, for VS Code's own diff editor. */
export class ByteDocuments implements TextDocumentContentProvider {
  readonly #tools: ImageTools & { readonly job: JobOptions; readonly log: Log };
  readonly #kept = new Map<string, Promise<Bytes>>();

  constructor(tools: ImageTools & { readonly job: JobOptions; readonly log: Log }) {
    this.#tools = tools;
  }

  async provideTextDocumentContent(uri: Uri, token: CancellationToken): Promise<string> {
    const asked = windowIn(uri.query);
    if (!asked) return l10n.t('This address names no bytes of a disk.');
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    if (token.isCancellationRequested) controller.abort();
    try {
      return textOf(await this.#read(asked.window, controller.signal), asked.window, asked.side);
    } catch (error) {
      const text = troubleText(error, this.#tools.voice);
      if (failureOf(error, this.#tools.voice).severity !== 'none') this.#tools.log.error(text, error);
      return text;
    }
  }

  /** Both sides ask for the same bytes; the second one gets what the first has read. */
  async #read(window: ByteWindow, signal: AbortSignal): Promise<Bytes> {
    const key = windowQuery(window, 'after');
    const known = this.#kept.get(key);
    if (known) {
      try {
        return await known;
      } catch {
        // It failed, or the editor that asked for it was closed: this one asks for itself.
      }
    }
    const reading = this.#readBoth(window, signal);
    this.#kept.delete(key);
    this.#kept.set(key, reading);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > KEPT) this.#kept.delete(oldest);
    return reading;
  }

  async #readBoth(window: ByteWindow, signal: AbortSignal): Promise<Bytes> {
    const images = await openImages(window.pair, this.#tools, signal);
    const tools = toolsFor({ ...this.#tools.job, signal });
    const [before, after] = await Promise.all([bytesIn(images.before, window, tools), bytesIn(images.after, window, tools)]);
    return { before, after };
  }
}

export function bytesUri(window: ByteWindow, side: Side, label: string): Uri {
  const name = `${placeOf(window.pair.after.blob).name} ${label} ${offsetText(window.start)}`.replaceAll(/[/\\]/g, '_');
  return Uri.from({ scheme: SCHEMES.bytes, path: `/${name}`, query: windowQuery(window, side) });
}

/** What the image has of the range: less where it ends before. */
async function bytesIn(image: Image, { start, end }: PageRange, { retrier, signal }: Tools): Promise<Uint8Array> {
  const length = await retrier.repeat('properties', () => image.length({ signal }), signal);
  const upTo = Math.min(end, length);
  if (start >= upTo) return new Uint8Array(0);
  return retrier.repeat('reading pages', () => image.read({ start, end: upTo }, { signal }), signal);
}

/** The same first line on both sides, so that it is never taken for a difference. */
function textOf(bytes: Bytes, { start, end }: ByteWindow, side: Side): string {
  const own = bytes[side];
  const differing = differingPages(bytes.before, bytes.after, PAGE);
  const place = [offsetText(start), offsetText(end)] as const;
  const first =
    differing === 0
      ? l10n.t('The bytes from {0} to {1} are the same in both, also where pages were written again.', ...place)
      : l10n.t('Of the bytes from {0} to {1}, {2} of {3} pages differ.', ...place, differing, (end - start) / PAGE);
  const isShort = own.length < end - start;
  return [first, ...pagesOf(bytes, start, end, own), ...(isShort ? ['', l10n.t('This image ends here.')] : []), ''].join('\n');
}

/**
 * Page by page, each under a line that says whether it differs. That line is the same on both sides and stands nowhere else in the window, so VS Code's
 * diff sets page beside page, and compares characters within one page only: over a whole window of other bytes it gives up after 5 s.
 */
function pagesOf({ before, after }: Bytes, start: number, end: number, own: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < end - start; at += PAGE) {
    const [a, b, shown] = [before, after, own].map((bytes) => bytes.subarray(at, at + PAGE)) as [Uint8Array, Uint8Array, Uint8Array];
    const place = offsetText(start + at);
    const title = differingPages(a, b, PAGE) > 0 ? l10n.t('Page {0} differs', place) : l10n.t('Page {0} is the same in both', place);
    lines.push('', title);
    if (shown.length > 0) lines.push(hexText(shown, start + at));
  }
  return lines;
}
