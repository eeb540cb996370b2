/** Leases of our emulator under a clock that the test moves; by the tables of the service's "Lease Blob" page. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { PAGE, pages, put, refuses, rig } from './emulatorRig.ts';
import type { Rig } from './emulatorRig.ts';

const ID = '11111111-2222-3333-4444-555555555555';
const OTHER = '99999999-2222-3333-4444-555555555555';

interface Timed extends Rig {
  readonly pass: (seconds: number) => void;
}

async function timedRig(): Promise<Timed> {
  let now = Date.now();
  const made = await rig({ clock: () => now });
  return { ...made, pass: (seconds) => void (now += seconds * 1000) };
}

describe('leases', () => {
  it('keep others from writing, not from reading or taking snapshots', async () => {
    const { blob } = await timedRig();
    const disk = await blob('disk', 4 * PAGE);
    await disk.getBlobLeaseClient(ID).acquireLease(60);
    await disk.getBlobLeaseClient(ID).acquireLease(60);
    await refuses(disk.getBlobLeaseClient(OTHER).acquireLease(60), 409, 'LeaseAlreadyPresent');
    await refuses(put(disk, 0, 'a'), 412, 'LeaseIdMissing');
    await refuses(disk.resize(PAGE), 412, 'LeaseIdMissing');
    await refuses(disk.setMetadata({ a: 'b' }), 412, 'LeaseIdMissing');
    await refuses(disk.delete(), 412, 'LeaseIdMissing');
    await refuses(disk.uploadPages(pages('a'), 0, PAGE, { conditions: { leaseId: OTHER } }), 412, 'LeaseIdMismatchWithBlobOperation');
    await disk.uploadPages(pages('a'), 0, PAGE, { conditions: { leaseId: ID } });
    const { snapshot } = await disk.createSnapshot();
    await disk.getPageRanges(0, PAGE);
    await disk.withSnapshot(snapshot!).delete();
    assert.equal((await disk.getProperties()).leaseDuration, 'fixed');
  });

  it('can be renewed after their time while nobody has changed the blob', async () => {
    const { blob, pass } = await timedRig();
    const disk = await blob('disk', 4 * PAGE);
    const lease = disk.getBlobLeaseClient(ID);
    await lease.acquireLease(15);
    pass(3600);
    assert.equal((await disk.getProperties()).leaseState, 'expired');
    await refuses(disk.uploadPages(pages('a'), 0, PAGE, { conditions: { leaseId: ID } }), 412, 'LeaseLost');
    await lease.renewLease();
    assert.equal((await disk.getProperties()).leaseState, 'leased');
    pass(16);
    await put(disk, 0, 'a');
    await refuses(lease.renewLease(), 409, 'LeaseNotPresentWithLeaseOperation');
  });

  it('are lost when another one is acquired', async () => {
    const { blob, pass } = await timedRig();
    const disk = await blob('disk', 4 * PAGE);
    await disk.getBlobLeaseClient(ID).acquireLease(15);
    pass(15);
    await disk.getBlobLeaseClient(OTHER).acquireLease(-1);
    await refuses(disk.getBlobLeaseClient(ID).renewLease(), 409, 'LeaseIdMismatchWithLeaseOperation');
    pass(1e6);
    assert.equal((await disk.getProperties()).leaseDuration, 'infinite');
  });

  it('can be broken, changed and released', async () => {
    const { blob, pass } = await timedRig();
    const disk = await blob('disk', 4 * PAGE);
    const lease = disk.getBlobLeaseClient(ID);
    await lease.acquireLease(60);
    await lease.changeLease(OTHER);
    const { leaseTime } = await lease.breakLease(10);
    assert.equal(leaseTime, 10);
    await refuses(lease.renewLease(), 409, 'LeaseIsBrokenAndCannotBeRenewed');
    await refuses(put(disk, 0, 'a'), 412, 'LeaseIdMissing');
    pass(11);
    assert.equal((await disk.getProperties()).leaseState, 'broken');
    await refuses(lease.renewLease(), 409, 'LeaseIsBrokenAndCannotBeRenewed');
    await lease.releaseLease();
    await refuses(lease.releaseLease(), 409, 'LeaseNotPresentWithLeaseOperation');
    await put(disk, 0, 'a');
  });
});
