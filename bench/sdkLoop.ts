/** Run by the bench in a process of its own: the loop that one would write with the SDK alone. `node bench/sdkLoop.ts <source> <target> [<earlier snapshot>]` */
import { AnonymousCredential, PageBlobClient } from '@azure/storage-blob';

const [source, target, previous] = process.argv.slice(2);
const from = new PageBlobClient(source!, new AnonymousCredential());
const to = new PageBlobClient(target!, new AnonymousCredential());
const { contentLength: length = 0 } = await from.getProperties();
if (previous === undefined) await to.create(length);

const MOST = 4 * 1024 ** 2;
const list = previous === undefined ? from.listPageRanges(0, length) : from.listPageRangesDiff(0, length, previous);
for await (const { start, end, isClear } of list) {
  if (isClear) {
    await to.clearPages(start, end - start + 1);
    continue;
  }
  for (let at = start; at <= end; at += MOST) {
    const count = Math.min(MOST, end + 1 - at);
    await to.uploadPages(await from.downloadToBuffer(at, count), at, count);
  }
}
