import { checkRead } from '../conditions.ts';
import { invalidQuery, StorageError } from '../errors.ts';
import type { Answer, Call } from '../service.ts';
import { readElements, XML_HEAD } from '../xml.ts';
import { checkTransfer } from './checkTransfer.ts';
import { named, stamp } from './common.ts';
import { putBlockBlob } from './putBlob.ts';

/** Put Block: kept apart until a block list names it. */
export function putBlock(call: Call): Answer {
  const { request, service, account } = call;
  if (account.premium) throw new StorageError('BlobTypeNotSupported');
  const id = request.query.get('blockid');
  if (id === undefined || id === '') throw invalidQuery('blockid', id ?? '', 'A block id is needed.');
  const checksums = checkTransfer(request.headers, request.body);
  service.store.entry(request).blocks.set(id, Buffer.from(request.body));
  return { status: 201, headers: { ...checksums, 'x-ms-request-server-encrypted': 'true' } };
}

/** Put Block List: makes the blob of blocks put before. Blocks of the blob that is replaced are not kept here. */
export function putBlockList(call: Call): Answer {
  const { request, service } = call;
  const { blocks } = service.store.entry(request);
  const ids = readElements(request.body.toString(), '(?:Latest|Uncommitted|Committed)');
  const parts = ids.map((id) => {
    const part = blocks.get(id);
    if (part === undefined) throw new StorageError('InvalidBlockList');
    return part;
  });
  const answer = putBlockBlob(call, Buffer.concat(parts), false);
  blocks.clear();
  return answer;
}

export function getBlockList(call: Call): Answer {
  const { state } = named(call);
  checkRead(call.request.headers, state);
  const headers = { ...stamp(state), 'content-type': 'application/xml' };
  return { status: 200, headers, body: `${XML_HEAD}<BlockList><CommittedBlocks /></BlockList>` };
}
