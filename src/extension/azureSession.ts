import type { Azure } from '../azure/azure.ts';
import type { AccountBrowser } from '../azure/browse/accountBrowser.ts';
import type { BrowseScope } from '../azure/browse/azureBrowser.ts';
import { catalogueFolder } from '../azure/catalogueFolder.ts';
import type { Credential } from '../azure/tokens.ts';
import type { BlobImage, PageBlob } from '../engine/pageBlob.ts';
import type { RecordStore } from '../engine/recordStore.ts';
import type { Surroundings } from '../engine/surroundings.ts';
import type { AccountDirectory } from './accounts/account.ts';
import type { Lister } from '../policy/apply/expand.ts';
import type { PolicySession } from './session.ts';

export interface AzureSessionParts {
  readonly directory: AccountDirectory;
  /** The token for addresses that belong to no known account. */
  readonly anybody: () => Credential;
  /** Where connection strings are looked for besides. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The setting; undefined for the SDK's version. */
  readonly apiVersion: () => string | undefined;
  readonly userAgent: string;
}

/**
 * Azure, opened at the first call and anew after accounts have changed: an opened one keeps the credentials it has found. What was opened before goes
 * on as it was.
 */
export class LazyAzureSession implements PolicySession {
  readonly #parts: AzureSessionParts;
  #opened: Promise<Azure> | undefined;

  constructor(parts: AzureSessionParts) {
    this.#parts = parts;
    parts.directory.onDidChange(() => this.reset());
  }

  async pageBlob(url: string): Promise<PageBlob> {
    return (await this.#azure()).pageBlob(url);
  }

  async image(url: string): Promise<BlobImage> {
    return (await this.#azure()).image(url);
  }

  async recordStoreFor(backupUrl: string, place?: string): Promise<RecordStore> {
    const azure = await this.#azure();
    return azure.recordStoreFor(place === undefined ? azure.pageBlob(backupUrl) : catalogueFolder(place, backupUrl));
  }

  lister(): Promise<Lister> {
    return this.#azure();
  }

  async surroundings(url: string): Promise<Surroundings> {
    return (await this.#azure()).surroundings(url);
  }

  async browse(endpoint: string, scope?: BrowseScope): Promise<AccountBrowser> {
    return (await this.#azure()).browse(endpoint, scope);
  }

  /** Credentials or settings have changed. */
  reset(): void {
    this.#opened = undefined;
  }

  #azure(): Promise<Azure> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<Azure> {
    const { directory, anybody, env, apiVersion, userAgent } = this.#parts;
    const { openAzure } = await import('../azure/azure.ts');
    return openAzure({
      env,
      findAccess: directory.findAccess,
      credentialId: (address) => directory.credentialId(address),
      endpoints: directory.endpoints(),
      tokenCredential: anybody(),
      apiVersion: apiVersion(),
      userAgent,
    });
  }
}
