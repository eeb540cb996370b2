import { BackupError } from '../engine/errors.ts';
import type { BlobImage, CallOptions, CopyState, Metadata, WriteOptions, CopyOptions } from '../engine/pageBlob.ts';
import { lengthOf, type PageRange } from '../engine/ranges/pageRange.ts';
import { AzureImage } from './azureImage.ts';
import { conditionsOf, type BlobHandle } from './blobHandle.ts';
import type { CopyUse, SourceOfCopy } from './copySource.ts';
import { metadataForService } from './metadata.ts';
import { propertiesOf } from './properties.ts';

/** The version that brought Put Page From URL. */
const FROM_URL_SINCE = '2018-11-09';

/** Put Page From URL: the service reads `range` of `source` and writes it at the same place. */
export async function copyPages(target: BlobHandle, source: BlobImage, range: PageRange, { signal, fence }: WriteOptions): Promise<void> {
  if (!target.account.speaks(FROM_URL_SINCE)) {
    throw new BackupError('notSupported', `API version ${target.account.settings.apiVersion} has no Put Page From URL.`);
  }
  const { url, authorization } = await sourceFor(target, source, 'pages', { signal });
  const bytes = lengthOf(range);
  const options = { conditions: conditionsOf(fence), ...(authorization ? { sourceAuthorization: authorization } : {}) };
  await target.call({ operation: 'writeFrom', signal, bytes }, (client, both) =>
    client.uploadPagesFromURL(url, range.start, range.start, bytes, { ...options, abortSignal: both }),
  );
}

/** Copy Blob onto a blob that does not exist, or onto the one named. Returns at once; the service goes on by itself. */
export async function startCopy(
  target: BlobHandle,
  source: BlobImage,
  metadata: Metadata,
  { signal, tier, replacing }: CopyOptions,
): Promise<CopyState> {
  const checked = metadataForService(metadata);
  const conditions = replacing === undefined ? { ifNoneMatch: '*' } : { ifMatch: replacing };
  const { url } = await sourceFor(target, source, 'blob', { signal });
  const id = await target.call({ operation: 'startCopy', signal }, async (client, both) => {
    const options = { abortSignal: both, metadata: checked, conditions, ...(tier === undefined ? {} : { tier }) };
    const poller = await client.beginCopyFromURL(url, options);
    // The state has it although its type does not say so; the answer itself is not passed on while the copy is pending.
    return (poller.getOperationState() as { copyId?: string }).copyId;
  });
  return (await stateOf(target, id, signal)) ?? { id: id ?? '', status: 'pending', copied: 0, total: 0, description: undefined };
}

/** Abort Copy Blob. @throws conditionNotMet when no such copy is under way */
export async function abortCopy(target: BlobHandle, copyId: string, { signal }: CallOptions): Promise<void> {
  await target.call({ operation: 'abortCopy', signal }, (client, both) => client.abortCopyFromURL(copyId, { abortSignal: both }));
}

/** Looks at the copy that was just started. That it is under way is known already, so a failed look is not a failed copy. */
async function stateOf(target: BlobHandle, id: string | undefined, signal: AbortSignal | undefined): Promise<CopyState | undefined> {
  try {
    const answer = await target.call({ operation: 'properties', signal }, (client, both) => client.getProperties({ abortSignal: both }));
    const { copy } = propertiesOf(answer, target.url);
    return copy?.id === id ? copy : undefined;
  } catch {
    return undefined;
  }
}

async function sourceFor(target: BlobHandle, source: BlobImage, use: CopyUse, options: CallOptions): Promise<SourceOfCopy> {
  if (source instanceof AzureImage) return source.copySource(target, use, options);
  throw new BackupError(use === 'pages' ? 'notSupported' : 'copySourceRefused', `${source.label} has no URL that the service could read.`);
}
