import type { CallOptions } from './pageBlob.ts';

/**
 * The engine's port to the small records beside a backup blob: `<backup blob>.chain/<name>` as block blobs. Records are created once and never
 * changed, so the container may have a write-once policy.
 */
export interface RecordStore {
  /** Where the records lie, for people: URL without query. */
  readonly url: string;

  /** Names of all records, ascending. An absent container has none. */
  list(options?: CallOptions): Promise<readonly string[]>;

  /** The record's text, or undefined where there is none. */
  read(name: string, options?: CallOptions): Promise<string | undefined>;

  /** Creates the record unless the name is taken (REST: Put Blob, If-None-Match: *). */
  create(name: string, text: string, options?: CallOptions): Promise<'created' | 'taken'>;
}
