import assert from 'node:assert/strict';
import { after } from 'node:test';

import { BlobServiceClient, newPipeline, PageBlobClient, RestError, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { ContainerClient } from '@azure/storage-blob';

import { startEmulator } from '../support/emulator/emulator.ts';
import type { Emulator, EmulatorOptions } from '../support/emulator/emulator.ts';

export const PAGE = 512;
export const MIB = 1024 * 1024;

/** An emulator with a container in each account, the real SDK before it; no retries, so that each refusal is seen. */
export interface Rig {
  readonly emulator: Emulator;
  readonly one: ContainerClient;
  readonly two: ContainerClient;
  /** A page blob in the first account, made unless `length` is missing. */
  readonly blob: (name: string, length?: number) => Promise<PageBlobClient>;
  /** The blob by a SAS alone. */
  readonly bySas: (blob: PageBlobClient, permissions: string, more?: { snapshot?: string; expiresOn?: Date }) => PageBlobClient;
}

export async function rig(options: EmulatorOptions = {}): Promise<Rig> {
  const emulator = await startEmulator(options);
  after(() => emulator.close());
  const containers = emulator.accounts.map(({ name, key }) => {
    const pipeline = newPipeline(new StorageSharedKeyCredential(name, key), { retryOptions: { maxTries: 1 } });
    return new BlobServiceClient(emulator.blobEndpoint(name), pipeline).getContainerClient('disks');
  });
  for (const container of containers) await container.create();
  const [one, two = containers[0]] = containers;
  assert.ok(one && two);
  return {
    emulator,
    one,
    two,
    blob: async (name, length) => {
      const client = one.getPageBlobClient(name);
      if (length !== undefined) await client.create(length);
      return client;
    },
    bySas: (blob, permissions, { snapshot, expiresOn = inAnHour() } = {}) => {
      const query = emulator.sas(blob.accountName, {
        container: 'disks',
        blob: blob.name,
        permissions,
        expiresOn,
        ...(snapshot ? { snapshot } : {}),
      });
      return new PageBlobClient(`${blob.url}?${query}`, newPipeline(undefined, { retryOptions: { maxTries: 1 } }));
    },
  };
}

export function inAnHour(): Date {
  return new Date(Date.now() + 3_600_000);
}

/** Pages filled with one letter. */
export function pages(letter: string, count = 1): Buffer {
  return Buffer.alloc(count * PAGE, letter);
}

export async function put(blob: PageBlobClient, page: number, letter: string, count = 1): Promise<void> {
  await blob.uploadPages(pages(letter, count), page * PAGE, count * PAGE);
}

export async function snapshot(blob: PageBlobClient): Promise<string> {
  const { snapshot: id } = await blob.createSnapshot();
  assert.ok(id);
  return id;
}

/** A list as text, in pages: `0-3 w` for written or allocated, `4-4 c` for cleared. */
export async function list(blob: PageBlobClient, previous?: string, pageSize?: number): Promise<string> {
  const { contentLength = 0 } = await blob.getProperties();
  const options = pageSize === undefined ? {} : { maxPageSize: pageSize };
  const lists =
    previous === undefined
      ? blob.listPageRanges(0, contentLength).byPage(options)
      : blob.listPageRangesDiff(0, contentLength, previous).byPage(options);
  const found: [number, string][] = [];
  for await (const part of lists) {
    for (const range of part.pageRange ?? []) found.push([range.start, `${show(range)} w`]);
    for (const range of part.clearRange ?? []) found.push([range.start, `${show(range)} c`]);
  }
  return found
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text)
    .join(', ');
}

function show({ start, end }: { start: number; end: number }): string {
  return `${start / PAGE}-${(end + 1) / PAGE - 1}`;
}

/** Asserts that the service refuses with this status and code. */
export async function refuses(call: Promise<unknown>, status: number, code: string): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof RestError, String(error));
    assert.equal(
      `${error.statusCode} ${(error.details as { errorCode?: string } | undefined)?.errorCode ?? error.code}`,
      `${status} ${code}`,
    );
    return true;
  });
}
