import type { CallOptions } from '../engine/pageBlob.ts';
import type { AccountFacts, ContainerFacts, ServiceFacts, Surroundings } from '../engine/surroundings.ts';
import type { BlobHandle } from './blobHandle.ts';
import type { AccountClient } from './client.ts';
import type { BlobAddress } from './blobAddress.ts';
import type { OperationName } from './operations.ts';

/** What the blob service tells of an account and a container. */
export class AzureSurroundings implements Surroundings {
  readonly endpoint: string;
  readonly account: string | undefined;
  readonly container: string;
  readonly #client: AccountClient;
  readonly #address: BlobAddress;

  constructor({ address, account }: BlobHandle) {
    this.endpoint = address.endpoint;
    this.account = address.account;
    this.container = address.container;
    this.#client = account;
    this.#address = { ...address, blob: '', snapshot: undefined };
  }

  /** REST: Get Account Information, of the container, so that every kind of SAS will do. */
  async accountFacts(options: CallOptions = {}): Promise<AccountFacts> {
    const { skuName, accountKind, isHierarchicalNamespaceEnabled, date } = await this.#call('accountFacts', options, async (signal) =>
      (await this.#client.container(this.#address)).getAccountInfo({ abortSignal: signal }),
    );
    const isPremium = skuName?.startsWith('Premium') ?? false;
    const isHierarchical = isHierarchicalNamespaceEnabled ?? false;
    return { isPremium, isHierarchical, kind: accountKind, signInEnds: this.#client.signInEnds, serviceTime: date?.getTime() };
  }

  /** REST: Get Container Properties. */
  async containerFacts(options: CallOptions = {}): Promise<ContainerFacts> {
    const { hasImmutabilityPolicy, hasLegalHold, blobPublicAccess } = await this.#call('containerFacts', options, async (signal) =>
      (await this.#client.container(this.#address)).getProperties({ abortSignal: signal }),
    );
    return {
      hasImmutabilityPolicy: hasImmutabilityPolicy ?? false,
      hasLegalHold: hasLegalHold ?? false,
      isPublic: blobPublicAccess !== undefined,
    };
  }

  /** REST: Get Blob Service Properties. */
  async serviceFacts(options: CallOptions = {}): Promise<ServiceFacts> {
    const { deleteRetentionPolicy } = await this.#call('serviceFacts', options, async (signal) =>
      (await this.#client.service(this.#address)).getProperties({ abortSignal: signal }),
    );
    return { softDeleteDays: deleteRetentionPolicy?.enabled ? (deleteRetentionPolicy.days ?? 1) : 0 };
  }

  #call<T>(operation: OperationName, { signal }: CallOptions, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#client.call({ operation, target: this.#address, signal }, send);
  }
}
