import type { BlobImage, PageBlob } from '../engine/pageBlob.ts';
import type { RecordStore } from '../engine/recordStore.ts';
import type { Surroundings } from '../engine/surroundings.ts';
import type { AccountBrowser } from '../azure/browse/accountBrowser.ts';
import type { BrowseScope } from '../azure/browse/azureBrowser.ts';
import type { Lister } from '../policy/apply/expand.ts';

/** Azure as the extension uses it. The SDK is loaded at the first call of any method, never before. */
export interface AzureSession {
  pageBlob(url: string): Promise<PageBlob>;
  image(url: string): Promise<BlobImage>;
  /** The catalogue of a backup blob: beside it, or below the container or folder `place`. */
  recordStoreFor(backupUrl: string, place?: string): Promise<RecordStore>;
  surroundings(url: string): Promise<Surroundings>;
  /** Lists containers and page blobs of the account with this blob endpoint; `scope` is the account's, where it sees less than all of it. */
  browse(endpoint: string, scope?: BrowseScope): Promise<AccountBrowser>;
}

/** The same with lists of whole accounts, for the patterns of policies. */
export interface PolicySession extends AzureSession {
  lister(): Promise<Lister>;
}
