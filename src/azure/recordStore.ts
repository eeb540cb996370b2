import { createHash } from 'node:crypto';
import type { BlockBlobClient } from '@azure/storage-blob';
import { BackupError, isBackupError } from '../engine/errors.ts';
import type { CallOptions } from '../engine/pageBlob.ts';
import type { RecordStore } from '../engine/recordStore.ts';
import { formatAddress, type BlobAddress } from './blobAddress.ts';
import type { AccountClient, Call } from './client.ts';
import { listBlobs } from './blobList.ts';

/** A record is a page of text; anything larger is not one. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Records as block blobs in a folder of a container, such as `<backup blob>.chain/`. One attempt a call. */
export class AzureRecordStore implements RecordStore {
  readonly url: string;
  readonly #folder: BlobAddress;
  readonly #account: AccountClient;

  /** @param folder its `blob` is the folder's name without slash at the end */
  constructor(folder: BlobAddress, account: AccountClient) {
    this.#folder = folder;
    this.#account = account;
    this.url = formatAddress(folder);
  }

  /** REST: List Blobs. */
  async list(options: CallOptions = {}): Promise<readonly string[]> {
    const prefix = this.#nameOf('');
    const names: string[] = [];
    try {
      for await (const { name } of listBlobs(this.#account, { operation: 'listRecords', target: this.#folder, prefix }, options)) {
        names.push(name.slice(prefix.length));
      }
    } catch (error) {
      if (isBackupError(error, 'containerNotFound')) return [];
      throw error;
    }
    return names.filter((name) => name !== '').sort();
  }

  /** REST: Get Blob. */
  async read(name: string, { signal }: CallOptions = {}): Promise<string | undefined> {
    try {
      return await this.#call({ operation: 'readRecord', signal }, name, async (client, both) => {
        const answer = await client.download(0, undefined, { abortSignal: both, maxRetryRequests: 0 });
        const chunks: Uint8Array[] = [];
        for await (const chunk of answer.readableStreamBody as AsyncIterable<Uint8Array>) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        requireWhole(bytes, answer.contentLength, answer.contentMD5, this.url);
        return bytes.toString('utf8');
      });
    } catch (error) {
      if (isBackupError(error, 'blobNotFound', 'containerNotFound')) return undefined;
      throw error;
    }
  }

  /** REST: Put Blob with If-None-Match: *. The service checks the MD5 on arrival (`checkedBodyPolicy`) and keeps it. */
  async create(name: string, text: string, { signal }: CallOptions = {}): Promise<'created' | 'taken'> {
    const body = Buffer.from(text, 'utf8');
    if (body.length > MOST_BYTES) throw new BackupError('badInput', `A record of ${body.length} bytes is too large.`);
    const headers = { blobContentType: 'application/json', blobContentMD5: createHash('md5').update(body).digest() };
    try {
      await this.#call({ operation: 'createRecord', signal, bytes: body.length }, name, (client, both) =>
        client.upload(body, body.length, { conditions: { ifNoneMatch: '*' }, blobHTTPHeaders: headers, abortSignal: both }),
      );
      return 'created';
    } catch (error) {
      if (isBackupError(error, 'alreadyExists', 'conditionNotMet', 'leaseHeld')) return 'taken';
      // In a write-once container the policy may answer before the condition does.
      if (isBackupError(error, 'immutable') && (await this.read(name, { signal })) !== undefined) return 'taken';
      throw error;
    }
  }

  #nameOf(name: string): string {
    return this.#folder.blob === '' ? name : `${this.#folder.blob}/${name}`;
  }

  #call<T>(call: Omit<Call, 'target'>, name: string, send: (client: BlockBlobClient, signal: AbortSignal) => Promise<T>): Promise<T> {
    const blob = this.#nameOf(name);
    return this.#account.call({ ...call, target: { ...this.#folder, blob } }, async (signal) => {
      const container = await this.#account.container(this.#folder);
      return send(container.getBlockBlobClient(blob), signal);
    });
  }
}

function requireWhole(bytes: Buffer, length: number | undefined, md5: Uint8Array | undefined, label: string): void {
  if (length !== undefined && bytes.length !== length) {
    throw new BackupError('incompleteAnswer', `A record in ${label} was not read to its end.`, { retryable: true });
  }
  if (md5 && !createHash('md5').update(bytes).digest().equals(md5)) {
    throw new BackupError('checksumMismatch', `A record in ${label} is not what the service sent: the checksum differs.`, {
      retryable: true,
    });
  }
}
