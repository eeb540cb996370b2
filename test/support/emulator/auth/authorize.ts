import { StorageError } from '../errors.ts';
import type { Operation } from '../operations.ts';
import type { StorageRequest, Target } from '../request.ts';
import type { Service } from '../service.ts';
import type { Grant } from './grant.ts';
import { PERMISSIONS } from './permissions.ts';
import { checkSas } from './sas.ts';
import { checkSharedKey } from './sharedKey.ts';

/** Where a client without a token is sent; names the audience that tokens need. */
const CHALLENGE = {
  'www-authenticate':
    'Bearer authorization_uri=https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/authorize resource_id=https://storage.azure.com',
};

/** Lets the caller in or throws: key, token, SAS, or nobody where the container is public. */
export function authorize(service: Service, request: StorageRequest, operation: Operation): Grant {
  const header = request.headers['authorization'];
  if (header?.startsWith('SharedKey ')) {
    const account = service.store.account(request.account);
    checkSharedKey(request, account.key, service.ticker.now(), service.switches.dateSkewMs);
    return { kind: 'key', letters: undefined };
  }
  return authorizeTarget(service, request, operation, header, request.headers['x-ms-version']);
}

/** The same for what is no request of its own: the source of a copy. */
export function authorizeTarget(
  service: Service,
  target: Target,
  operation: Operation,
  authorization: string | undefined,
  version: string | undefined,
): Grant {
  const account = service.store.account(target.account);
  if (authorization !== undefined) {
    const token = /^Bearer (.+)$/.exec(authorization)?.[1];
    if (token === undefined || !service.switches.bearerTokens.includes(token))
      throw new StorageError('InvalidAuthenticationInfo', { headers: CHALLENGE });
    return { kind: 'bearer', letters: undefined };
  }
  if (target.query.has('sig')) return checkSas(target, account, operation, service.ticker.now(), service.protocol);
  const open = account.containers.get(target.container ?? '')?.publicAccess;
  const needed = PERMISSIONS[operation].public;
  if (open !== undefined && needed !== undefined && (open === 'container' || needed === 'blob')) return { kind: 'public', letters: 'r' };
  // Since version 2019-12-12 the service says 401 and how to sign in; before, it did not admit that anything is there.
  throw (version ?? '') >= '2019-12-12'
    ? new StorageError('NoAuthenticationInformation', { headers: CHALLENGE })
    : new StorageError('ResourceNotFound');
}
