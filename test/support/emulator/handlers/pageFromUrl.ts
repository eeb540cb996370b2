import { invalidHeader, StorageError } from '../errors.ts';
import { pageRange } from '../ranges.ts';
import type { Answer, Call } from '../service.ts';
import { PageMap } from '../store/pageMap.ts';
import { checkSourceBytes } from './checkTransfer.ts';
import { checkSourceConditions, openSource } from './copySource.ts';
import { MAX_WRITE, pageAnswer, stored, writablePages } from './pages.ts';

/** Put Page From URL: the server reads the source itself. */
export function putPageFromUrl(call: Call): Answer {
  const { request, service } = call;
  const { headers } = request;
  if (service.switches.copyFromUrl === 'unsupported') throw new StorageError('NotImplemented');
  if (headers['x-ms-page-write']?.toLowerCase() !== 'update') throw invalidHeader('x-ms-page-write', headers['x-ms-page-write']);
  if (request.body.length > 0) throw invalidHeader('Content-Length', String(request.body.length));
  const range = pageRange(headers);
  const sourceRange = pageRange(headers, 'x-ms-source-range');
  const length = range.end - range.start;
  if (length > MAX_WRITE) throw new StorageError('RequestBodyTooLarge', { details: { MaxLimit: String(MAX_WRITE) } });
  if (sourceRange.end - sourceRange.start !== length) throw invalidHeader('x-ms-source-range', headers['x-ms-source-range']);
  const target = writablePages(call, range);

  if (service.switches.copyFromUrl === 'refused') {
    const parts = { 'x-ms-copy-source-status-code': '403', 'x-ms-copy-source-error-code': 'AuthorizationFailure' };
    throw new StorageError('CannotVerifyCopySource', {
      status: 403,
      message: 'This request is not authorized to perform this operation.',
      headers: parts,
    });
  }
  const source = openSource(call, false);
  checkSourceConditions(call, source.state);
  const { content } = source.state;
  if (sourceRange.end > content.length) throw new StorageError('InvalidRange');
  const bytes =
    content instanceof PageMap ? content.read(sourceRange.start, sourceRange.end) : content.subarray(sourceRange.start, sourceRange.end);
  const checksums = checkSourceBytes(headers, bytes);
  target.pages.write(range.start, stored(call, bytes));
  service.counts.pages.putFromUrl += length;
  return pageAnswer(call, target, checksums);
}
