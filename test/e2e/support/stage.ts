import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import assert from 'node:assert/strict';
import { BlobServiceClient, type ContainerClient, type PageBlobClient } from '@azure/storage-blob';
import { SETTINGS } from '../../../src/extension/names.ts';
import { DEFAULT_ACCOUNTS, startEmulator, type Emulator } from '../../support/emulator/emulator.ts';
import { buildExtension } from '../../support/extension/build.ts';
import { makeSampleDisk, type SampleDisk } from '../../support/sampleDisk.ts';
import type { Workbench } from '../../support/workbench/pages/workbench.ts';
import type { Settings } from '../../support/workbench/server/settings.ts';
import { startWorkbench, type RunningWorkbench } from '../../support/workbench/startWorkbench.ts';
import { SecretWatch } from './secretWatch.ts';
import { Sidebar } from './sidebar.ts';

const MiB = 1024 ** 2;

/** The accounts of the emulator unless told otherwise: the disks' and the backups'. */
export const LIVE = 'devstoreaccount1';
export const BACKUP = 'devstoreaccount2';

export interface StageOptions {
  readonly settings?: Settings;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder that is opened; none if left out. */
  readonly folder?: string;
  /** Called with the folder of the bundle. */
  readonly beforeStart?: (dist: string) => Promise<void>;
  /** Of the account of disks and that of backups. */
  readonly names?: readonly [live: string, backup: string];
}

/** The extension as it ships, in a real VS Code, with an emulator of two accounts. */
export class Stage implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly running: RunningWorkbench;
  readonly workbench: Workbench;
  readonly sidebar: Sidebar;
  /** The bundle that runs. */
  readonly dist: string;
  /** How far the service's clock is ahead of this machine's, in milliseconds: for what takes a minute there. */
  readonly ahead: { ms: number };
  /** Looks for keys and SAS in all that is shown and logged. */
  readonly secrets: SecretWatch;
  readonly #folder: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<Stage, 'emulator' | 'running' | 'workbench' | 'dist' | 'ahead' | 'secrets'> & {
      folder: string;
      stack: AsyncDisposableStack;
    },
  ) {
    this.emulator = parts.emulator;
    this.running = parts.running;
    this.workbench = parts.workbench;
    this.dist = parts.dist;
    this.ahead = parts.ahead;
    this.secrets = parts.secrets;
    this.sidebar = new Sidebar(parts.workbench);
    this.#folder = parts.folder;
    this.#stack = parts.stack;
  }

  static async open({ settings = {}, env, folder: opened, beforeStart, names = [LIVE, BACKUP] }: StageOptions = {}): Promise<Stage> {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'pbb-e2e-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const ahead = { ms: 0 };
    const emulator = await startEmulator({
      clock: () => Date.now() + ahead.ms,
      accounts: names.map((name) => DEFAULT_ACCOUNTS.find((account) => account.name === name) ?? { name, key: keyOf(name) }),
    });
    stack.defer(() => emulator.close());
    const secrets = new SecretWatch(emulator);
    const { folder: extension, dist, ...built } = await buildExtension();
    stack.use(built);
    await beforeStart?.(dist);
    const running = await startWorkbench({
      extension,
      settings: {
        [`pageBlobBackup.${SETTINGS.emulatorConnectionStrings}`]: names.map((name) => emulator.connectionString(name)),
        ...settings,
      },
      ...(env && { env }),
      ...(opened !== undefined && { folder: opened }),
    });
    stack.use(running);
    const workbench = await running.openPage();
    return new Stage({ emulator, running, workbench, dist, ahead, secrets, folder, stack: stack.move() });
  }

  /** A disk in the live account's container `vhds`, with some files on it. */
  async disk(name: string, { size = 64 * MiB, seed = 1, container = 'vhds' } = {}): Promise<SampleDisk> {
    return makeSampleDisk({
      emulator: this.emulator,
      account: this.emulator.accounts[0]!.name,
      container,
      name,
      folder: this.#folder,
      size,
      seed,
    });
  }

  /** The SDK's way in, with the account's key. */
  container(account: string, name: string): ContainerClient {
    return BlobServiceClient.fromConnectionString(this.emulator.connectionString(account)).getContainerClient(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** A stage for all tests of a `describe`: opened before them, tidied after each, and searched for errors in the console and for secrets anywhere, of which there are none. */
export function onStage(options?: StageOptions): { readonly stage: Stage } {
  const on: { stage?: Stage } = {};
  before(async () => {
    on.stage = await Stage.open(options);
    await on.stage.sidebar.open();
  });
  afterEach(async (test) => {
    const { workbench, running, secrets } = on.stage!;
    if ('passed' in test && !test.passed) await workbench.screenshot(`failed ${test.name}`);
    await secrets.searchPage(workbench.page);
    await secrets.searchLogs(running.userData);
    await workbench.tidy();
    assert.deepEqual(workbench.console.errors(), []);
    assert.deepEqual(secrets.found(), []);
  });
  after(() => on.stage?.[Symbol.asyncDispose]());
  return on as { readonly stage: Stage };
}

/** Ids of a blob's snapshots as the service lists them, oldest first. */
export async function snapshotsOf(container: ContainerClient, blob: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { name, snapshot } of container.listBlobsFlat({ includeSnapshots: true, prefix: blob })) {
    if (name === blob && snapshot) ids.push(snapshot);
  }
  return ids;
}

/** SHA-256 of all bytes of a blob or snapshot, read through the SDK. */
export async function contentOf(blob: PageBlobClient): Promise<string> {
  const { readableStreamBody } = await blob.download();
  return hashOf(readableStreamBody!);
}

/** SHA-256 of the disk's image file: the truth. */
export async function contentOfDisk({ disk }: SampleDisk): Promise<string> {
  return hashOf(createReadStream(disk.path));
}

function keyOf(account: string): string {
  return createHash('sha512').update(account).digest('base64');
}

async function hashOf(stream: NodeJS.ReadableStream): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
