import { BackupError } from '../../../src/engine/errors.ts';
import type { CopyOptions, CopyState, Metadata } from '../../../src/engine/pageBlob.ts';
import { contentOf } from './blobState.ts';
import type { Content } from './blobState.ts';
import type { Ledger } from './ledger.ts';
import type { MemoryImage } from './memoryImage.ts';
import { refusal } from './refusals.ts';
import { SparsePages } from './sparsePages.ts';

/** What the service finds when it reads the source of a copy by itself. @throws copySourceRefused when it finds nothing */
export function copiedContent(source: MemoryImage): Readonly<Content> {
  try {
    return source.ledger.content(source.url, source.snapshot);
  } catch (cause) {
    if (!(cause instanceof BackupError)) throw cause;
    throw new BackupError('copySourceRefused', 'The service cannot read the source. (memory service)', { cause });
  }
}

/** Copy Blob onto a name that is free, or onto the blob with the ETag named. As in Azure, a copy without metadata of its own inherits the source's. */
export function startCopy(
  ledger: Ledger,
  url: string,
  source: MemoryImage,
  metadata: Metadata,
  { tier, replacing }: CopyOptions = {},
): CopyState {
  const there = ledger.find(url);
  if (there && !(there.kind === 'page' && there.etag === replacing)) throw refusal('alreadyExists', `${url} exists already.`);
  const content = contentOf(copiedContent(source));
  const polls = ledger.switches.copyPolls;
  const copy: CopyState = { id: ledger.world.uuid(), status: 'pending', copied: 0, total: content.length, description: undefined };
  const own = Object.keys(metadata).length > 0 ? metadata : content.metadata;
  const blob = ledger.put(url, { length: content.length, metadata: { ...own }, tier, pages: new SparsePages(), copy });
  blob.pendingCopy = { polls, pollsLeft: polls, source: content, sourceChanged: () => isChanged(source, content) };
  if (polls === 0) ledger.pollCopy(blob);
  return blob.copy ?? copy;
}

function isChanged(source: MemoryImage, before: Content): boolean {
  try {
    return copiedContent(source).etag !== before.etag;
  } catch {
    return true;
  }
}
