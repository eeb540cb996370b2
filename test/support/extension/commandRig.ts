import type { CommandTools } from '../../../src/extension/commands/tools.ts';
import type { AccountDirectory, AccountListing } from '../../../src/extension/accounts/account.ts';
import type { PageBlob } from '../../../src/engine/pageBlob.ts';
import type { RetentionPolicy } from '../../../src/engine/retention/policy.ts';
import type { JobOptions } from '../../../src/engine/tools.ts';
import { catalogueFolder } from '../../../src/azure/catalogueFolder.ts';
import type { Log } from '../../../src/extension/log.ts';
import type { CataloguePlaces, withCatalogues } from '../../../src/extension/schedule/cataloguePlaces.ts';
import type { RestorePages } from '../../../src/extension/restore/restorePages.ts';
import type { Runs } from '../../../src/extension/runs/registry.ts';
import type { RunRecord } from '../../../src/extension/runs/run.ts';
import type { PolicySession } from '../../../src/extension/session.ts';
import type { CommandId } from '../../../src/extension/names.ts';
import type { ChainFacts } from '../../../src/extension/words/chain.ts';
import type { Voice } from '../../../src/extension/words/voice.ts';
import { BACKUP, MemoryChain, SOURCE } from '../chain/memoryChain.ts';
import type { MemoryClient } from '../memory/memoryClient.ts';
import type { Switches } from '../memory/switches.ts';
import { memoryBrowser } from '../tree/memoryBrowser.ts';
import { memoryLister } from '../tree/memoryLister.ts';
import { accountOf, BACKUPS, DISKS } from '../tree/treeRig.ts';
import { englishVoice } from '../tree/voice.ts';
import { EventEmitter, Uri } from '../vscode/basics.ts';
import { user } from '../vscode/user.ts';
import * as vscode from '../vscode/vscode.ts';

/** Run records without a disk: what several windows share. */
export class MemoryFiles {
  readonly texts = new Map<string, string>();
  /** Nothing is written any more: the process has died. */
  isFrozen = false;
  load = (): RunRecord[] => [...this.texts.values()].map((text) => JSON.parse(text) as RunRecord);
  save = (record: RunRecord): void => {
    if (!this.isFrozen) this.texts.set(record.id, JSON.stringify(record));
  };
  remove = (id: string): void => void this.texts.delete(id);
}

/** The commands, registered in the stand-in of VS Code, with real runs, on two accounts in memory. */
export class CommandRig {
  readonly chain: MemoryChain;
  readonly voice: Voice;
  readonly files: MemoryFiles;
  readonly logged: string[] = [];
  /** What was asked of the trees and of the accounts. */
  readonly asked: string[] = [];
  listing: AccountListing = { accounts: [accountOf(DISKS), accountOf(BACKUPS)], problems: [], signedIn: true };
  containers: Record<string, string[]> = { [DISKS]: ['vhds'], [BACKUPS]: ['backups'] };
  /** The chains that the trees know. */
  chains: readonly ChainFacts[] = [];
  canReveal = true;
  /** Stands between the commands and the service where it is set. */
  intercept: ((url: string, open: () => PageBlob) => Promise<PageBlob>) | undefined;
  runs!: Runs;
  /** What policy files say is kept of the chain. */
  retention: RetentionPolicy | undefined;
  restorePages!: RestorePages;
  /** The window's process, as the service sees it. */
  readonly client: MemoryClient;
  /** Where the catalogue of a backup blob lies, as policies and runs say. */
  placeOf: ((backup: string) => Promise<string | undefined>) | undefined;
  /** The same the other way round. */
  places: (() => CataloguePlaces) | undefined;
  /** What Azure Resource Manager tells; it is not there where this is not set. */
  rulesOf: AccountDirectory['rulesOf'] | undefined;
  readonly #withCatalogues: typeof withCatalogues;
  #registered: { dispose(): void } | undefined;

  private constructor(chain: MemoryChain, files: MemoryFiles, wrap: typeof withCatalogues) {
    this.#withCatalogues = wrap;
    this.chain = chain;
    this.files = files;
    this.client = chain.service.client('window');
    this.voice = englishVoice(() => chain.world.now());
  }

  /** @param like a rig whose storage and records this one shares: another window */
  static async open(
    options: { switches?: Partial<Switches>; pages?: number; like?: CommandRig; owner?: string; isAlive?: boolean } = {},
  ): Promise<CommandRig> {
    await import('../vscode/register.ts');
    const { Runs } = await import('../../../src/extension/runs/registry.ts');
    const { RunNotifications } = await import('../../../src/extension/runs/notifications.ts');
    const { registerCommands } = await import('../../../src/extension/commands/registerCommands.ts');
    const { readRunSettings } = await import('../../../src/extension/settings.ts');
    const { withCatalogues } = await import('../../../src/extension/schedule/cataloguePlaces.ts');
    const chain =
      options.like?.chain ?? new MemoryChain({ pages: options.pages ?? 16, ...(options.switches && { switches: options.switches }) });
    const rig = new CommandRig(chain, options.like?.files ?? new MemoryFiles(), withCatalogues);
    const { session, log, voice, files } = rig;
    rig.runs = new Runs({
      session,
      files,
      screen: new RunNotifications(voice),
      log,
      voice,
      world: chain.world,
      owner: { id: options.owner ?? 'here/1/one', isAlive: () => options.isAlive ?? true },
      readSettings: readRunSettings,
      places: {
        backupOf: async (catalogue) => rig.places?.().backupOf(catalogue) ?? catalogue,
        placesFor: async (account) => rig.places?.().placesFor(account) ?? [],
      },
    });
    if (!options.like) user.reset();
    options.like?.close();
    const { RestorePages } = await import('../../../src/extension/restore/restorePages.ts');
    const { directory, job } = rig;
    const parts = { session, directory, runs: rig.runs, voice, log, job, readSettings: readRunSettings, typingPause: 0 };
    rig.restorePages = new RestorePages(parts, vscode.Uri.file('/extension') as never);
    rig.#registered = registerCommands(rig.#tools());
    return rig;
  }

  get session(): PolicySession {
    const { client } = this;
    const session: PolicySession = {
      pageBlob: async (url) => (this.intercept ? this.intercept(url, () => client.pageBlob(url)) : client.pageBlob(url)),
      image: async (url) => {
        const [blob, snapshot] = url.split('?snapshot=');
        return client.pageBlob(blob!).image(snapshot);
      },
      recordStoreFor: async (url, place) => client.recordStore(place === undefined ? `${url}.chain` : catalogueFolder(place, url)),
      surroundings: async (url) => client.surroundings(url),
      lister: async () => memoryLister(this.chain.service, this.containers),
      browse: async (endpoint) =>
        memoryBrowser(this.chain.service, endpoint, this.containers[endpoint] ?? [], { asked: [], before: () => undefined, pageSize: 100 }),
    };
    return this.#withCatalogues(session, async (url) => this.placeOf?.(url));
  }

  get log(): Log {
    const line = (level: string) => (text: string) => void this.logged.push(`${level} ${text}`);
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: (text: string, error?: unknown) => line('error')(`${text} ${error instanceof Error ? error.stack : ''}`),
      show: line('shown'),
      dispose: () => undefined,
    } as Log;
  }

  /** Runs a command as a menu does. */
  async run(id: CommandId, ...args: unknown[]): Promise<void> {
    await vscode.commands.executeCommand(id, ...args);
    await this.settle();
  }

  /** Waits until no run is under way. */
  async idle(): Promise<void> {
    while (this.runs.all().some(({ state, owner }) => state === 'running' && owner.endsWith('one')))
      await new Promise((resolve) => void setTimeout(resolve, 2));
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => void setImmediate(resolve));
  }

  readonly accountsChanged = new EventEmitter<void>();

  get job(): JobOptions {
    return { world: this.chain.world, retry: { tries: 2, firstWaitMs: 1, longestWaitMs: 1 } };
  }

  get directory(): AccountDirectory {
    return {
      onDidChange: this.accountsChanged.event,
      list: async () => this.listing,
      refresh: () => undefined,
      findAccess: () => undefined,
      endpoints: () => this.listing.accounts.map(({ endpoint }) => endpoint),
      credentialId: () => undefined,
      rulesOf: async (of, signal) => this.rulesOf?.(of, signal) ?? { untold: 'The test has no Azure Resource Manager.' },
    };
  }

  close(): void {
    this.restorePages.dispose();
    this.#registered?.dispose();
    this.#registered = undefined;
  }

  #tools(): CommandTools {
    const note =
      (what: string) =>
      async (...args: unknown[]): Promise<never[]> => {
        this.asked.push([what, ...args.map(String)].join(' '));
        return [];
      };
    const { session, runs, log, voice } = this;
    return {
      session,
      runs,
      restorePages: this.restorePages,
      log,
      voice,
      job: this.job,
      directory: this.directory,
      schedule: { retentionOf: () => this.retention } as unknown as CommandTools['schedule'],
      policyEditor: { previewUri: (name, text) => Uri.parse(`page-blob-policy:/${name}?${text}`) as never },
      accounts: {
        attachAccount: note('attach'),
        attachEmulator: note('emulator'),
        detach: note('detach'),
        signIn: note('signIn'),
        selectSubscriptions: note('subscriptions'),
        pin: note('pin'),
      } as unknown as CommandTools['accounts'],
      trees: {
        refresh: (row) => void note('refresh')(row),
        blobChanged: (url) => void note('changed')(url),
        loadMore: (row) => void note('loadMore')(row),
        retry: (row) => void note('retry')(row),
        filter: async () => void (await note('filter')()),
        clearFilter: () => void note('clearFilter')(),
        chains: async () => this.chains,
        reveal: async (url) => {
          await note('reveal')(url);
          return this.canReveal;
        },
      },
    };
  }
}

/** The row of the disk, as the tree hands it to commands. */
export const diskRow = { kind: 'blob', url: SOURCE, backup: undefined, source: SOURCE } as const;
export const backupRow = { kind: 'blob', url: BACKUP, backup: BACKUP, source: SOURCE } as const;

export function snapshotRow(blob: string, id: string): object {
  return { kind: 'snapshot', url: `${blob}?snapshot=${id}`, blob: { url: blob } };
}

/** Lays out the answers to the three questions of the first backup. */
export function answerWhereTo(name = '=', container = 'backups'): void {
  user.answers(/Storage account/, 'backups');
  user.answers(/Container/, container);
  user.answers(/Name of the backup blob/, name);
}
