import type { CallOptions, SnapshotId } from '../engine/pageBlob.ts';
import { lengthOf } from '../engine/ranges/pageRange.ts';
import type { BlobHandle } from './blobHandle.ts';
import type { ListRanges, RangePage } from './rangeLists.ts';
import { requireCompleteXml, understood, type SdkResult } from './strictList.ts';

/** Most ranges in one answer (REST: Get Page Ranges, maxresults). */
const MOST = 10_000;

/** The version that brought `maxresults` and `marker`. */
const PAGED_SINCE = '2020-10-02';

/**
 * Asks the service for page ranges, or with `previous` for the ranges touched since that snapshot, one answer a call.
 *
 * The SDK's `getPageRanges*` are not used: they give a count that is one byte short and drop all but the first answer.
 */
export function pageLister(handle: BlobHandle, previous: SnapshotId | undefined, { signal }: CallOptions): ListRanges {
  const paged = handle.account.speaks(PAGED_SINCE);
  return (window, marker) =>
    handle.call({ operation: previous === undefined ? 'ranges' : 'changes', signal }, async (client, both): Promise<RangePage> => {
      const [offset, count, options] = [window.start, lengthOf(window), { abortSignal: both }];
      const list =
        previous === undefined
          ? client.listPageRanges(offset, count, options)
          : client.listPageRangesDiff(offset, count, previous, options);
      const pages = list.byPage({
        ...(paged ? { maxPageSize: MOST } : {}),
        ...(marker === undefined ? {} : { continuationToken: marker }),
      });
      return understood(async () => {
        const page = (await pages.next()).value as PageListAnswer;
        requireCompleteXml(page, 'PageList');
        const { pageRange = [], clearRange = [], continuationToken, blobContentLength } = page;
        return { ranges: merged(pageRange, clearRange), next: continuationToken || undefined, length: blobContentLength };
      });
    });
}

interface PageListAnswer extends SdkResult {
  readonly pageRange?: readonly InclusiveRange[];
  readonly clearRange?: readonly InclusiveRange[];
  readonly continuationToken?: string;
  readonly blobContentLength?: number;
}

interface InclusiveRange {
  readonly start: number;
  readonly end: number;
}

/** The service lists written and cleared ranges interspersed; the SDK gives them as two lists. */
function merged(written: readonly InclusiveRange[], cleared: readonly InclusiveRange[]): readonly InclusiveRange[] {
  if (cleared.length === 0) return written;
  return [...written, ...cleared].sort((a, b) => a.start - b.start);
}
