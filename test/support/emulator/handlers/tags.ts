import { givenLeaseId } from '../leases.ts';
import type { Answer, Call } from '../service.ts';
import { element, readElements, XML_HEAD } from '../xml.ts';
import { named } from './common.ts';

export function getBlobTags(call: Call): Answer {
  const { entry, state } = named(call);
  entry.lease.checkRead(call.service.ticker.now(), givenLeaseId(call.request.headers));
  const tags = [...state.tags].map(([key, value]) => `<Tag>${element('Key', key)}${element('Value', value)}</Tag>`).join('');
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `${XML_HEAD}<Tags><TagSet>${tags}</TagSet></Tags>` };
}

export function setBlobTags(call: Call): Answer {
  const { entry, state } = named(call);
  entry.lease.checkWrite(call.service.ticker.now(), givenLeaseId(call.request.headers));
  const xml = call.request.body.toString();
  const values = readElements(xml, 'Value');
  state.tags = new Map(readElements(xml, 'Key').map((key, i) => [key, values[i] ?? '']));
  return { status: 204 };
}
