import { checkWrite } from '../conditions.ts';
import { StorageError } from '../errors.ts';
import { givenLeaseId } from '../leases.ts';
import type { Answer, Call } from '../service.ts';
import type { BlobState } from '../store/model.ts';
import { PageMap } from '../store/pageMap.ts';
import { liveSnapshots } from '../store/store.ts';
import { givenMetadata, named, refuseSnapshot, stamp } from './common.ts';
import { refuseWhilePending } from './copyState.ts';

const PREMIUM_SNAPSHOTS = 100;

/** Snapshot Blob. Needs no lease id; metadata that is given replaces the blob's own on the snapshot, none copies it. */
export function snapshotBlob(call: Call): Answer {
  const { request, service, account } = call;
  refuseSnapshot(call);
  const given = givenMetadata(call);
  const { entry, state } = named(call);
  refuseWhilePending(state);
  checkWrite(request.headers, state);
  const now = service.ticker.now();
  entry.lease.checkRead(now, givenLeaseId(request.headers));
  if (account.premium) {
    const since = now - (entry.lastSnapshotOn ?? -Infinity);
    if (since < service.switches.premiumSnapshotInterval) throw new StorageError('SnapshotOperationRateExceeded');
    if (liveSnapshots(entry).length >= PREMIUM_SNAPSHOTS) throw new StorageError('SnapshotCountExceeded');
  }
  const snapshot: BlobState = {
    ...state,
    content: state.content instanceof PageMap ? state.content.snapshot() : state.content,
    metadata: given.size > 0 ? given : state.metadata,
    // Recorded: the base's ETag and time, but new ones where metadata was given.
    etag: given.size > 0 ? service.ticker.etag() : state.etag,
    lastModified: given.size > 0 ? now : state.lastModified,
    copy: state.copy === undefined ? undefined : { ...state.copy },
    snapshot: service.ticker.snapshotId(),
  };
  entry.snapshots.push(snapshot);
  entry.lastSnapshotOn = now;
  return { status: 201, headers: { ...stamp(snapshot), 'x-ms-snapshot': snapshot.snapshot!, 'x-ms-request-server-encrypted': 'false' } };
}
