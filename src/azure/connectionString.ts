import { normaliseEndpoint } from './blobAddress.ts';
import { Secret } from './secret.ts';

/** What a storage connection string gives for the blob service. */
export interface ConnectionString {
  /** The blob endpoint, without slash at the end. */
  readonly endpoint: string;
  readonly account: string | undefined;
  readonly key: Secret | undefined;
  readonly sas: Secret | undefined;
}

/** The emulator's account and key are public. Source: Microsoft, "Use the Azurite emulator". */
const DEVELOPMENT =
  'AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;' +
  'BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1';

/** Takes a connection string apart; undefined when it gives no blob endpoint or no credential. */
export function parseConnectionString(text: string): ConnectionString | undefined {
  const fields = fieldsOf(text);
  if (fields.get('usedevelopmentstorage')?.toLowerCase() === 'true') return parseConnectionString(DEVELOPMENT);
  const account = fields.get('accountname');
  const endpoint = fields.get('blobendpoint') ?? (account && defaultEndpoint(account, fields));
  const key = fields.get('accountkey');
  const sas = fields.get('sharedaccesssignature');
  if (endpoint === undefined || endpoint === '' || normaliseEndpoint(endpoint) === undefined) return undefined;
  if (!(key && account) && !sas) return undefined;
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    account,
    key: key && account ? new Secret(key) : undefined,
    sas: sas ? new Secret(sas.replace(/^\?/, '')) : undefined,
  };
}

function defaultEndpoint(account: string, fields: ReadonlyMap<string, string>): string {
  const scheme = fields.get('defaultendpointsprotocol') ?? 'https';
  return `${scheme}://${account}.blob.${fields.get('endpointsuffix') ?? 'core.windows.net'}`;
}

/** Values may hold `=` themselves (keys and SAS do). */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) fields.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  return fields;
}
