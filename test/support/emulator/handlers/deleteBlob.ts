import { checkWrite } from '../conditions.ts';
import { invalidHeader, invalidQuery, StorageError } from '../errors.ts';
import { givenLeaseId, Lease } from '../leases.ts';
import type { Answer, Call } from '../service.ts';
import type { BlobEntry, BlobState } from '../store/model.ts';
import { liveSnapshots } from '../store/store.ts';
import { named } from './common.ts';

const HOW = 'x-ms-delete-snapshots';

/** Delete Blob on the base: with snapshots only if told what becomes of them. */
export function deleteBlob(call: Call): Answer {
  const { request, service } = call;
  const how = request.headers[HOW]?.toLowerCase();
  const version = request.query.get('versionid');
  if (version !== undefined) {
    if (how !== undefined)
      throw invalidQuery('versionid', version, 'This operation is only allowed on the root blob. Version id should not be provided.');
    throw new StorageError('NotImplemented');
  }
  if (how !== undefined && how !== 'include' && how !== 'only') throw invalidHeader(HOW, how);
  const { entry, state } = named(call);
  checkWrite(request.headers, state);
  entry.lease.checkWrite(service.ticker.now(), givenLeaseId(request.headers));
  const snapshots = liveSnapshots(entry);
  if (snapshots.length > 0 && how === undefined) throw new StorageError('SnapshotsPresent');
  for (const snapshot of snapshots) remove(call, entry, snapshot);
  if (how !== 'only') {
    remove(call, entry, state);
    entry.lease = new Lease();
  }
  return accepted(call);
}

/** Delete Blob on one snapshot. */
export function deleteSnapshot(call: Call): Answer {
  const { request, service } = call;
  if (request.headers[HOW] !== undefined) {
    const id = request.query.get('snapshot') ?? '';
    throw invalidQuery('snapshot', id, 'This operation is only allowed on the root blob. Snapshot should not be provided.');
  }
  const { entry, state } = named(call);
  checkWrite(request.headers, state);
  const lease = givenLeaseId(request.headers);
  const now = service.ticker.now();
  if (service.switches.leaseGuardsSnapshots) entry.lease.checkWrite(now, lease);
  else entry.lease.checkRead(now, lease);
  remove(call, entry, state);
  return accepted(call);
}

/** Undelete Blob: the base and all its soft-deleted snapshots. */
export function undeleteBlob(call: Call): Answer {
  const { store } = call.service;
  const entry = store.container(call.request).blobs.get(call.request.blob ?? '');
  if (entry?.base === undefined) throw new StorageError('BlobNotFound');
  for (const one of [entry.base, ...entry.snapshots]) one.deletedOn = undefined;
  return { status: 200 };
}

function remove(call: Call, entry: BlobEntry, state: BlobState): void {
  const { service, request } = call;
  if (service.switches.softDelete) {
    state.deletedOn = service.ticker.now();
    return;
  }
  if (state.snapshot === undefined) entry.base = undefined;
  else entry.snapshots.splice(entry.snapshots.indexOf(state), 1);
  if (entry.base === undefined && entry.snapshots.length === 0) service.store.container(request).blobs.delete(entry.name);
}

function accepted(call: Call): Answer {
  return { status: 202, headers: { 'x-ms-delete-type-permanent': String(!call.service.switches.softDelete) } };
}
