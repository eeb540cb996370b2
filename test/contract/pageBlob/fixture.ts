import type { PageBlob } from '../../../src/engine/pageBlob.ts';
import type { RecordStore } from '../../../src/engine/recordStore.ts';
import type { Surroundings } from '../../../src/engine/surroundings.ts';

export type Account = 'source' | 'backup';

/** An implementation of the ports with a service behind it, for the contract tests. */
export interface ContractFixture {
  /** The port to the blob `name` in a container that exists, in one of two accounts. Nothing is created. */
  blob(account: Account, name: string): PageBlob;
  /** A blob in a container that does not exist. */
  blobInAbsentContainer(): PageBlob;
  /** The records in the folder `name` of the backup account, such as `disk.chain`. */
  records(name: string): RecordStore;
  recordsInAbsentContainer(): RecordStore;
  /** What surrounds the blobs of that account; `absent`: in a container that does not exist. */
  surroundings(account: Account | 'absent'): Surroundings;
  /** What others do to a blob, outside the port. */
  readonly foreign: ForeignHooks;
  /** Lets the service's clock go on; absent where it cannot be driven. */
  readonly advance?: (ms: number) => Promise<void>;
  /** Copies that start from now on stay pending for several looks at them, or are done at once; absent where that cannot be set. */
  readonly slowCopies?: (slow: boolean) => Promise<void>;
  close(): Promise<void>;
}

export interface ForeignHooks {
  /** Put Blob over a page blob: an empty page blob of that length, snapshots stay. */
  putBlobOver(url: string, length: number): Promise<void>;
  createBlockBlob(url: string, text: string): Promise<void>;
  /** Deletes a blob with all its snapshots. */
  deleteBlob(url: string): Promise<void>;
  /** Breaks the lease at once. */
  breakLease(url: string): Promise<void>;
}

/** How a file of contract tests gets at the fixture: it exists only while the tests run. */
export type UseFixture = () => ContractFixture;

let count = 0;

/** A name that no test before had. */
export function freshName(stem = 'disk'): string {
  return `${stem}${++count}`;
}

/** A blob of its own for one test, created. */
export async function createdBlob(fixture: ContractFixture, length: number, account: Account = 'source'): Promise<PageBlob> {
  const blob = fixture.blob(account, freshName());
  await blob.create(length, {});
  return blob;
}
