import { invalidHeader, StorageError } from '../errors.ts';
import type { Answer, Call } from '../service.ts';
import type { Container } from '../store/model.ts';
import { httpDate } from '../ticker.ts';
import { XML_HEAD } from '../xml.ts';
import { givenMetadata } from './common.ts';

const ACCESS = 'x-ms-blob-public-access';
const NAME = /^(\$root|\$logs|[a-z0-9](-?[a-z0-9]){2,62})$/;

export function createContainer(call: Call): Answer {
  const { request, account, service } = call;
  const name = request.container ?? '';
  if (!NAME.test(name)) throw new StorageError('InvalidResourceName');
  if (account.containers.has(name)) throw new StorageError('ContainerAlreadyExists');
  const publicAccess = givenAccess(call);
  const container: Container = {
    name,
    etag: service.ticker.etag(),
    lastModified: service.ticker.now(),
    publicAccess,
    metadata: givenMetadata(call),
    blobs: new Map(),
  };
  account.containers.set(name, container);
  return { status: 201, headers: stampOf(container) };
}

export function deleteContainer(call: Call): Answer {
  const container = call.service.store.container(call.request);
  call.account.containers.delete(container.name);
  return { status: 202 };
}

export function getContainerProperties(call: Call): Answer {
  const container = call.service.store.container(call.request);
  const metadata = Object.fromEntries([...container.metadata].map(([name, value]) => [`x-ms-meta-${name}`, value]));
  const access: Record<string, string> = container.publicAccess === undefined ? {} : { [ACCESS]: container.publicAccess };
  const fixed = {
    'x-ms-lease-status': 'unlocked',
    'x-ms-lease-state': 'available',
    'x-ms-has-immutability-policy': String(call.service.switches.immutabilityPolicy),
    'x-ms-has-legal-hold': String(call.service.switches.legalHold),
  };
  return { status: 200, headers: { ...stampOf(container), ...metadata, ...access, ...fixed } };
}

export function setContainerMetadata(call: Call): Answer {
  const container = call.service.store.container(call.request);
  container.metadata = givenMetadata(call);
  return changed(call, container);
}

export function getContainerAcl(call: Call): Answer {
  const container = call.service.store.container(call.request);
  const access: Record<string, string> = container.publicAccess === undefined ? {} : { [ACCESS]: container.publicAccess };
  const headers = { ...stampOf(container), ...access, 'content-type': 'application/xml' };
  return { status: 200, headers, body: `${XML_HEAD}<SignedIdentifiers />` };
}

/** Set Container ACL: public access only; stored access policies are not kept. */
export function setContainerAcl(call: Call): Answer {
  const container = call.service.store.container(call.request);
  container.publicAccess = givenAccess(call);
  return changed(call, container);
}

function givenAccess(call: Call): Container['publicAccess'] {
  const access = call.request.headers[ACCESS];
  if (access !== undefined && access !== 'container' && access !== 'blob') throw invalidHeader(ACCESS, access);
  return access;
}

function changed(call: Call, container: Container): Answer {
  container.etag = call.service.ticker.etag();
  container.lastModified = call.service.ticker.now();
  return { status: 200, headers: stampOf(container) };
}

function stampOf(container: Container): Record<string, string> {
  return { etag: container.etag, 'last-modified': httpDate(container.lastModified) };
}
