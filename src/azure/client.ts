import {
  BlobServiceClient,
  ContainerClient,
  newPipeline,
  PageBlobClient,
  StorageSharedKeyCredential,
  type Pipeline,
  type RequestPolicy,
  type RequestPolicyFactory,
  type StoragePipelineOptions,
  type WebResource,
} from '@azure/storage-blob';
import { throwIfCancelled, type BackupError } from '../engine/errors.ts';
import type { CallOptions } from '../engine/pageBlob.ts';
import type { Access } from './access.ts';
import { formatAddress, withQuery, type BlobAddress } from './blobAddress.ts';
import { secondsFor, withDeadline, type Deadline } from './deadline.ts';
import { mapError } from './errorMap.ts';
import type { OperationName } from './operations.ts';
import { factsOf, type SasFacts } from './sasFacts.ts';
import { STORAGE_SCOPE } from './tokens.ts';

/** What is the same for every account. */
export interface ClientSettings {
  /** Value of x-ms-version; undefined sends the SDK's. */
  readonly apiVersion: string | undefined;
  readonly deadline: Deadline;
  readonly userAgent: string;
  readonly now: () => number;
  /** Told of each HTTP request as it is sent. */
  readonly onRequest?: (() => void) | undefined;
}

/** One call: what it does to what, and how many bytes it moves (they lengthen its deadline). */
export interface Call extends CallOptions {
  readonly operation: OperationName;
  readonly target: BlobAddress;
  readonly bytes?: number;
}

/**
 * The door to one account with one credential. Every request passes `call`: one attempt, with a deadline, and with failures as `BackupError`.
 * Sockets are kept alive and shared by all clients (the SDK's default agent, without limit).
 */
export class AccountClient {
  readonly settings: ClientSettings;
  readonly #find: () => Promise<Access>;
  #access: Promise<Access> | undefined;
  #pipeline: Promise<Pipeline> | undefined;
  #sas: SasFacts | undefined;
  #answered = false;

  constructor(settings: ClientSettings, find: () => Promise<Access>) {
    this.settings = settings;
    this.#find = find;
  }

  /** When the SAS that requests are signed with ends, in milliseconds; undefined without one, and before the first request. */
  get signInEnds(): number | undefined {
    const ends = Date.parse(this.#sas?.expires ?? '');
    return Number.isNaN(ends) ? undefined : ends;
  }

  /** The credential, looked up at the first use and again after a failure. @throws signInNeeded */
  async access(): Promise<Access> {
    this.#access ??= this.#find();
    try {
      return await this.#access;
    } catch (error) {
      this.#access = undefined;
      throw error;
    }
  }

  /**
   * Sends one request. Waiting for a token is not part of its deadline, since a person may be typing a password.
   * @throws BackupError of any code in `errorTable.ts`
   */
  async call<T>(call: Call, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = call;
    throwIfCancelled(signal);
    const access = await this.access();
    if (access.kind === 'token') await this.#warmUp(access, call);
    const seconds = secondsFor(this.settings.deadline, call.bytes ?? 0);
    return withDeadline(seconds, signal, async (both, isOver) => {
      try {
        const result = await send(both);
        this.#answered = true;
        return result;
      } catch (error) {
        const mapped = this.#map(error, call, access, isOver() ? seconds : undefined);
        this.#answered ||= mapped.service?.status !== undefined;
        throw mapped;
      }
    });
  }

  /** The SDK's client of a page blob or snapshot. */
  async pageBlob(address: BlobAddress): Promise<PageBlobClient> {
    return new PageBlobClient(await this.#url(formatAddress(address)), await this.#pipelineOf());
  }

  /** The SDK's client of the container that holds `address`. */
  async container(address: BlobAddress): Promise<ContainerClient> {
    const container = formatAddress({ ...address, blob: '', snapshot: undefined });
    return new ContainerClient(await this.#url(container), await this.#pipelineOf());
  }

  /** The SDK's client of the account. */
  async service(address: BlobAddress): Promise<BlobServiceClient> {
    return new BlobServiceClient(await this.#url(address.endpoint), await this.#pipelineOf());
  }

  /** Does the endpoint speak at least this version of the REST API? */
  speaks(version: string): boolean {
    return this.settings.apiVersion === undefined || this.settings.apiVersion >= version;
  }

  async #url(bare: string): Promise<string> {
    const access = await this.access();
    return access.kind === 'sas' ? withQuery(bare, access.sas.reveal()) : bare;
  }

  async #warmUp({ credential }: Access & { kind: 'token' }, call: Call): Promise<void> {
    try {
      await credential.getToken(STORAGE_SCOPE, call.signal ? { abortSignal: call.signal } : {});
    } catch (error) {
      throw this.#map(error, call, { kind: 'token', credential }, undefined);
    }
  }

  #map(error: unknown, call: Call, access: Access, gaveUpAfter: number | undefined): BackupError {
    return mapError(error, {
      operation: call.operation,
      target: formatAddress(call.target),
      snapshot: call.target.snapshot !== undefined,
      signedBy: access.kind,
      sas: this.#sas,
      signal: call.signal,
      gaveUpAfter,
      answered: this.#answered,
      now: this.settings.now,
    });
  }

  #pipelineOf(): Promise<Pipeline> {
    this.#pipeline ??= this.#makePipeline().catch((error: unknown) => {
      this.#pipeline = undefined;
      throw error;
    });
    return this.#pipeline;
  }

  async #makePipeline(): Promise<Pipeline> {
    const access = await this.access();
    if (access.kind === 'sas') this.#sas = factsOf(access.sas);
    const credential =
      access.kind === 'key'
        ? new StorageSharedKeyCredential(access.account, access.key.reveal())
        : access.kind === 'token'
          ? access.credential
          : undefined;
    const options: StoragePipelineOptions & { readonly redirectOptions: { readonly maxRetries: number } } = {
      retryOptions: { maxTries: 1 },
      // The service never redirects; whoever does would be shown the request.
      redirectOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix: this.settings.userAgent },
    };
    const pipeline = newPipeline(credential, options);
    pipeline.factories.push(checkedBodyPolicy, keptConnectionPolicy);
    if (this.settings.apiVersion !== undefined) pipeline.factories.push(apiVersionPolicy(this.settings.apiVersion));
    if (this.settings.onRequest) pipeline.factories.push(tellingPolicy(this.settings.onRequest));
    return pipeline;
  }
}

/** Sends another x-ms-version than the SDK's. Runs before the request is signed. */
function apiVersionPolicy(version: string): RequestPolicyFactory {
  return {
    create: (next: RequestPolicy): RequestPolicy => ({
      sendRequest(request: WebResource) {
        request.headers.set('x-ms-version', version);
        return next.sendRequest(request);
      },
    }),
  };
}

/**
 * Has the service check the body of a Put Blob. The SDK's `upload` sends x-ms-blob-content-md5 only, which the service keeps with the blob; what it
 * compares with the bytes that arrive is Content-MD5 (REST: Put Blob). Runs before the request is signed.
 */
const checkedBodyPolicy: RequestPolicyFactory = {
  create: (next: RequestPolicy): RequestPolicy => ({
    sendRequest(request: WebResource) {
      const kept = request.headers.get('x-ms-blob-content-md5');
      if (kept !== undefined && request.headers.get('x-ms-blob-type') === 'BlockBlob') request.headers.set('content-md5', kept);
      return next.sendRequest(request);
    },
  }),
};

/**
 * Says what HTTP/1.1 means anyhow. VS Code puts an agent of its own before every request of an extension, for the user's proxies, and since that one keeps
 * no connections Node would send `Connection: close`: a connection, and a TLS handshake, for each 4 MiB. With the header the agent behind it keeps them.
 */
const keptConnectionPolicy: RequestPolicyFactory = {
  create: (next: RequestPolicy): RequestPolicy => ({
    sendRequest(request: WebResource) {
      request.headers.set('connection', 'keep-alive');
      return next.sendRequest(request);
    },
  }),
};

/** Tells of every request. */
function tellingPolicy(tell: () => void): RequestPolicyFactory {
  return {
    create: (next: RequestPolicy): RequestPolicy => ({
      sendRequest(request: WebResource) {
        tell();
        return next.sendRequest(request);
      },
    }),
  };
}
