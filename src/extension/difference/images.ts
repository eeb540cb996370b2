import type { BlobImage, Image } from '../../engine/pageBlob.ts';
import { PAGE } from '../../engine/ranges/pageRange.ts';
import { constantWindows } from '../../engine/ranges/rangeWindow.ts';
import type { AccountDirectory } from '../accounts/account.ts';
import type { AzureSession } from '../session.ts';
import type { Voice } from '../words/voice.ts';
import { requireKnownPlace } from './knownPlace.ts';
import { urlOf, type Pair } from './subject.ts';

export interface ImageTools {
  readonly session: AzureSession;
  readonly directory: AccountDirectory;
  readonly voice: Voice;
}

/** Both images of a pair, opened. Nothing is asked of the service yet. @throws badInput for addresses that nobody may be shown a sign-in */
export async function openImages(
  { before, after }: Pair,
  tools: ImageTools,
  signal: AbortSignal,
): Promise<{ before: Image; after: BlobImage }> {
  for (const ref of [before, after]) if (ref) await requireKnownPlace(ref.blob, tools, signal);
  const later = await tools.session.image(urlOf(after));
  return { before: before ? await tools.session.image(urlOf(before)) : emptyDisk(later), after: later };
}

/** A disk as long as the other one that holds no page. */
function emptyDisk(other: Image): Image {
  return {
    label: '',
    length: (options) => other.length(options),
    allocated: (within) => constantWindows(within, 'no page'),
    read: async ({ start, end }) => new Uint8Array(Math.ceil((end - start) / PAGE) * PAGE),
  };
}
