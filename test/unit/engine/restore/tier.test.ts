import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { planRestoreChain } from '../../../../src/engine/jobs/restore/restoreChain.ts';
import { planRestoreToBlob } from '../../../../src/engine/jobs/restore/restoreToBlob.ts';
import { planRewind } from '../../../../src/engine/jobs/restore/rewind.ts';
import { fittingTier, isTooSmall } from '../../../../src/engine/premiumTiers.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from '../../../support/chain/memoryChain.ts';

const GIB = 1024 ** 3;

/** A point of a disk of 40 GiB with one page written. */
async function longDisk() {
  const chain = new MemoryChain({ pages: (40 * GIB) / 512 });
  chain.write(0, 1);
  const { recoveryPoint } = await chain.backup({ transfer: 'relay' });
  const client = chain.service.client('restore');
  const [backup, disk] = [client.pageBlob(BACKUP), client.pageBlob(SOURCE)];
  const from = { backup, catalogue: client.recordStore(CATALOGUE), point: recoveryPoint };
  const target = client.pageBlob('https://disks.example/vhds/restored.vhd');
  return { chain, from, disk, target, client, options: { world: client.world } };
}

describe('a premium tier', () => {
  it('that is too small for a new disk is refused before anything is made, with one that fits', async () => {
    const { from, target, client, options } = await longDisk();
    const newBackup = client.pageBlob('https://backups.example/backups/new.vhd');
    const beside = { newBackup, newCatalogue: client.recordStore('https://backups.example/backups/new.vhd.chain') };
    for (const plan of [
      (tier: string) => planRestoreToBlob({ ...from, target, tier }, options),
      (tier: string) => planRestoreChain({ ...from, ...beside, target, tier }, options),
    ]) {
      await assert.rejects(
        plan('P4'),
        (error) => isBackupError(error, 'notSupported') && /P4 is too small .*40 GiB.*Nothing was changed.*P6/s.test(error.fullText),
      );
      for (const fits of ['P6', 'P30', 'P80']) await plan(fits);
    }
  });

  it('of a disk that is too small for the point is refused before it is rewound, unless the service chose it and it grows along', async () => {
    const { chain, from, disk, options } = await longDisk();
    const state = chain.service.ledger.pageBlob(SOURCE);
    state.length = 16 * GIB;
    await planRewind({ ...from, disk }, options);
    state.tier = 'P4';
    await assert.rejects(
      planRewind({ ...from, disk }, options),
      (error) => isBackupError(error, 'notSupported') && /tier P4 .*40 GiB.*set-tier/s.test(error.fullText),
    );
    // The service says that it chose the tier itself.
    const seen = disk.image();
    const told = { ...(await seen.properties()), isTierInferred: true };
    const inferred = Object.assign(chain.service.client('inferred').pageBlob(SOURCE), {
      image: (snapshot?: string) => (snapshot === undefined ? Object.assign(seen, { properties: async () => told }) : disk.image(snapshot)),
    });
    await planRewind({ ...from, disk: inferred }, options);
    state.tier = 'P6';
    await planRewind({ ...from, disk }, options);
  });

  it('of a disk that is as long as the point already hinders no rewind: that its tier is too small for it is our guess then', async () => {
    const { chain, from, disk, options } = await longDisk();
    chain.service.ledger.pageBlob(SOURCE).tier = 'P4';
    await planRewind({ ...from, disk }, options);
  });

  it('holds what its name says, and the footer of a VHD', () => {
    assert.deepEqual(
      [32 * GIB, 32 * GIB + 512, 32 * GIB + 1024, 8192 * GIB].map((length) => [isTooSmall('P4', length), fittingTier(length)]),
      [
        [false, 'P4'],
        [false, 'P4'],
        [true, 'P6'],
        [true, 'P60'],
      ],
    );
    assert.ok(isTooSmall('p4', 33 * GIB) && !isTooSmall('Hot', 33 * GIB));
  });
});
