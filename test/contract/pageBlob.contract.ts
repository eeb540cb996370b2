import { after, before, describe } from 'node:test';
import { copiesContract } from './pageBlob/copies.ts';
import { creationContract } from './pageBlob/creation.ts';
import { differencesContract } from './pageBlob/differences.ts';
import { epochsContract } from './pageBlob/epochs.ts';
import { failuresContract } from './pageBlob/failures.ts';
import type { ContractFixture } from './pageBlob/fixture.ts';
import { leasesContract } from './pageBlob/leases.ts';
import { pagesContract } from './pageBlob/pages.ts';
import { recordsContract } from './pageBlob/records.ts';
import { surroundingsContract } from './pageBlob/surroundings.ts';
import { serverWritesContract } from './pageBlob/serverWrites.ts';
import { snapshotsContract } from './pageBlob/snapshots.ts';

/**
 * What every implementation of `PageBlob`, `BlobImage`, `RecordStore` and `Surroundings` promises. The fixture is made once, and each test uses names of its own.
 * Where Azure's answer is not known (failure-model.md, section 7) the suite asks for no particular one.
 */
export function describePageBlobContract(name: string, makeFixture: () => Promise<ContractFixture>): void {
  describe(`page blob contract: ${name}`, () => {
    let fixture: ContractFixture | undefined;
    const use = (): ContractFixture => {
      if (!fixture) throw new Error('The fixture exists only while the tests run.');
      return fixture;
    };
    before(async () => {
      fixture = await makeFixture();
    });
    after(() => fixture?.close());

    creationContract(use);
    pagesContract(use);
    differencesContract(use);
    snapshotsContract(use);
    leasesContract(use);
    epochsContract(use);
    serverWritesContract(use);
    copiesContract(use);
    failuresContract(use);
    recordsContract(use);
    surroundingsContract(use);
  });
}
