import { catalogueFolder } from '../../../src/azure/catalogueFolder.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import type { AccountDirectory, AccountListing, StorageAccount } from '../../../src/extension/accounts/account.ts';
import type { Log } from '../../../src/extension/log.ts';
import type { RunRecord, RunSpec, RunState } from '../../../src/extension/runs/run.ts';
import type { CataloguePlaces } from '../../../src/extension/schedule/cataloguePlaces.ts';
import type { AzureSession } from '../../../src/extension/session.ts';
import type { TreeNode } from '../../../src/extension/tree/node.ts';
import type { Trees } from '../../../src/extension/tree/trees.ts';
import type { TreeProvider } from '../../../src/extension/tree/treeProvider.ts';
import type { Voice } from '../../../src/extension/words/voice.ts';
import { MemoryChain } from '../chain/memoryChain.ts';
import { EventEmitter } from '../vscode/basics.ts';
import { treeViews, type TreeGestures } from '../vscode/window.ts';
import { memoryBrowser, type BrowserControl } from './memoryBrowser.ts';
import { englishVoice } from './voice.ts';

export const DISKS = 'https://disks.example';
export const BACKUPS = 'https://backups.example';

/** Both views over two accounts in memory, and hands on everything they stand on. */
export class TreeRig {
  readonly chain: MemoryChain;
  readonly voice: Voice;
  readonly control: BrowserControl = { asked: [], before: () => undefined, pageSize: 100 };
  readonly containers: Record<string, string[]> = { [DISKS]: ['vhds'], [BACKUPS]: ['backups'] };
  readonly logged: string[] = [];
  readonly runs: RunRecord[] = [];
  readonly runChanged = new EventEmitter<RunRecord | undefined>();
  readonly accountsChanged = new EventEmitter<void>();
  listing: AccountListing = { accounts: [accountOf(DISKS), accountOf(BACKUPS)], problems: [], signedIn: true };
  /** Where catalogues lie that do not lie beside their backup blobs. */
  places: Pick<CataloguePlaces, 'of' | 'backupOf'> | undefined;
  trees!: Trees;

  constructor(pages = 16) {
    this.chain = new MemoryChain({ pages, switches: { latency: { min: 0, max: 0 } } });
    this.voice = englishVoice(() => this.chain.world.now());
  }

  /** Loaded late, so that `vscode` is the stand-in. */
  async open(): Promise<this> {
    await import('../vscode/register.ts');
    const { createTrees } = await import('../../../src/extension/tree/createTrees.ts');
    const { world } = this.chain;
    const runs = { all: () => this.runs, onDidChange: this.runChanged.event };
    const { directory, session, voice, log } = this;
    this.trees = createTrees({
      directory,
      session,
      ...(this.places && { places: this.places }),
      voice,
      log,
      runs,
      job: { world },
    });
    return this;
  }

  get directory(): AccountDirectory {
    return {
      onDidChange: this.accountsChanged.event as AccountDirectory['onDidChange'],
      list: async () => this.listing,
      refresh: () => this.accountsChanged.fire(),
      findAccess: () => undefined,
      endpoints: () => this.listing.accounts.map(({ endpoint }) => endpoint),
      credentialId: () => undefined,
      rulesOf: async () => ({ untold: 'The test has no Azure Resource Manager.' }),
    };
  }

  get session(): AzureSession {
    const client = this.chain.service.client('tree');
    return {
      pageBlob: async (url) => client.pageBlob(url),
      image: async (url) => client.pageBlob(url).image(),
      recordStoreFor: async (url) => {
        const place = await this.places?.of(url);
        return client.recordStore(place === undefined ? `${url}.chain` : catalogueFolder(place, url));
      },
      surroundings: async (url) => client.surroundings(url),
      browse: async (endpoint) => memoryBrowser(this.chain.service, endpoint, this.containers[endpoint] ?? [], this.control),
    };
  }

  get log(): Log {
    const line = (level: string) => (text: string) => void this.logged.push(`${level} ${text}`);
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      show: () => undefined,
      dispose: () => undefined,
    };
  }

  get provider(): TreeProvider {
    return this.trees.providers.accounts;
  }

  /** Rows below one, once nothing is loading any more. */
  async rows(node?: TreeNode, provider = this.provider): Promise<TreeNode[]> {
    for (;;) {
      const rows = await provider.getChildren(node);
      if (!rows.some(({ kind }) => kind === 'loading')) return rows;
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
  }

  /** The row at the end of a path of labels. */
  async row(...labels: (string | RegExp)[]): Promise<TreeNode> {
    let node: TreeNode | undefined;
    for (const label of labels) {
      const rows = await this.rows(node);
      node = rows.find((row) => (typeof label === 'string' ? row.row().label === label : label.test(row.row().label)));
      if (!node) throw new Error(`No row ${String(label)} among: ${rows.map((row) => row.row().label).join(', ')}`);
    }
    return node!;
  }

  /** `label — description` of the rows below one. */
  async texts(node?: TreeNode, provider = this.provider): Promise<string[]> {
    return (await this.rows(node, provider)).map(textOf);
  }

  /** Closes a row of the view of accounts. */
  collapse(node: TreeNode): void {
    this.#view('pageBlobBackup.accounts').collapse(node);
  }

  /** Shows or hides a view. */
  show(view: 'accounts' | 'chains', visible: boolean): void {
    this.#view(`pageBlobBackup.${view}`).show(visible);
  }

  /** The registry tells of the one run of this rig. */
  runChange(spec: RunSpec, state: RunState, percent: number): void {
    const record = { id: 'run', spec, state, done: percent, total: 100 } as RunRecord;
    this.runs.splice(0, 1, record);
    this.runChanged.fire(record);
  }

  #view(id: string): TreeGestures {
    return treeViews.findLast((view) => view.id === id)!;
  }

  denied(text: string): BackupError {
    return new BackupError('accessDenied', text);
  }

  /** Lets background work come to rest. */
  async settle(): Promise<void> {
    for (let i = 0; i < 200; i++) await new Promise((resolve) => void setImmediate(resolve));
  }
}

export function textOf(node: TreeNode): string {
  const { label, description } = node.row();
  return description === '' ? label : `${label} — ${description}`;
}

export function accountOf(endpoint: string, more: Partial<StorageAccount> = {}): StorageAccount {
  const name = new URL(endpoint).hostname.split('.')[0]!;
  return {
    id: endpoint,
    name,
    endpoint,
    origin: 'attached',
    scope: undefined,
    subscription: undefined,
    premium: undefined,
    location: undefined,
    pinned: false,
    ...more,
  };
}
