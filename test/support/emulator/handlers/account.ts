import { delegationKey } from '../auth/delegationKey.ts';
import { StorageError } from '../errors.ts';
import type { Answer, Call } from '../service.ts';
import { httpDate, isoSeconds } from '../ticker.ts';
import { element, optionalElement, readElements, XML_HEAD } from '../xml.ts';

/** What the tokens' owner is called; there is only one here. */
const OBJECT_ID = '11111111-1111-1111-1111-111111111111';
const TENANT_ID = '22222222-2222-2222-2222-222222222222';

const XML = { 'content-type': 'application/xml' };

export function listContainers(call: Call): Answer {
  const { request, account, service } = call;
  const prefix = request.query.get('prefix') ?? '';
  const marker = request.query.get('marker') ?? '';
  const limit = Math.min(Number(request.query.get('maxresults') ?? 5000), service.switches.maxResultsCap);
  const all = [...account.containers.values()]
    .filter((one) => one.name.startsWith(prefix) && one.name >= marker)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const listed = all.slice(0, limit).map((one) => {
    const properties = [
      element('Last-Modified', httpDate(one.lastModified)),
      element('Etag', one.etag),
      element('LeaseStatus', 'unlocked'),
      element('LeaseState', 'available'),
      optionalElement('PublicAccess', one.publicAccess),
      element('HasImmutabilityPolicy', 'false'),
      element('HasLegalHold', 'false'),
    ];
    const metadata = [...one.metadata].map(([name, value]) => element(name, value));
    const shown = request.query.get('include')?.includes('metadata') ? `<Metadata>${metadata.join('')}</Metadata>` : '';
    return `<Container>${element('Name', one.name)}<Properties>${properties.join('')}</Properties>${shown}</Container>`;
  });
  const endpoint = `${service.protocol}://${request.headers['host'] ?? ''}/${account.name}`;
  const head = `<EnumerationResults ServiceEndpoint="${endpoint}">${optionalElement('Prefix', request.query.get('prefix'))}`;
  const next = element('NextMarker', all[limit]?.name);
  return { status: 200, headers: XML, body: `${XML_HEAD}${head}<Containers>${listed.join('')}</Containers>${next}</EnumerationResults>` };
}

export function getServiceProperties(call: Call): Answer {
  const soft = call.service.switches.softDelete;
  const logging =
    '<Logging><Version>1.0</Version><Delete>false</Delete><Read>false</Read><Write>false</Write><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></Logging>';
  const retention = `<DeleteRetentionPolicy>${element('Enabled', String(soft))}${soft ? element('Days', 7) : ''}</DeleteRetentionPolicy>`;
  return {
    status: 200,
    headers: XML,
    body: `${XML_HEAD}<StorageServiceProperties>${logging}<Cors />${retention}</StorageServiceProperties>`,
  };
}

/** Taken as said; nothing here depends on it but the retention of deleted blobs, which is a switch. */
export function setServiceProperties(): Answer {
  return { status: 202 };
}

export function getAccountInfo(call: Call): Answer {
  const sku = call.account.premium ? 'Premium_LRS' : 'Standard_LRS';
  const { accountKind } = call.service.switches;
  return { status: 200, headers: { 'x-ms-sku-name': sku, 'x-ms-account-kind': accountKind, 'x-ms-is-hns-enabled': 'false' } };
}

/** Get User Delegation Key: for token holders only. */
export function getUserDelegationKey(call: Call): Answer {
  const { request, grant, account, service } = call;
  if (grant.kind !== 'bearer') throw new StorageError('AuthorizationFailure');
  const xml = request.body.toString();
  const start = readElements(xml, 'Start')[0] ?? isoSeconds(service.ticker.now());
  const expiry = readElements(xml, 'Expiry')[0];
  if (expiry === undefined) throw new StorageError('InvalidXmlDocument');
  const signed = [
    OBJECT_ID,
    TENANT_ID,
    isoSeconds(Date.parse(start)),
    isoSeconds(Date.parse(expiry)),
    'b',
    request.headers['x-ms-version'] ?? '2021-12-02',
  ];
  const names = ['SignedOid', 'SignedTid', 'SignedStart', 'SignedExpiry', 'SignedService', 'SignedVersion'];
  const parts = names.map((name, i) => element(name, signed[i]));
  const value = element('Value', delegationKey(account.key, signed));
  return { status: 200, headers: XML, body: `${XML_HEAD}<UserDelegationKey>${parts.join('')}${value}</UserDelegationKey>` };
}
