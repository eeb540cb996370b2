import type { PageBlobItem } from '../../../azure/browse/accountBrowser.ts';
import { KEY } from '../../../engine/chain/metadata.ts';
import { isRestore, openRunOn, type OpenRunState } from '../../../engine/jobs/points/chainSummary.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { ITEMS } from '../../names.ts';
import { blobCard, describeBlob, type BlobFacts } from '../../words/blob.ts';
import { urlKey } from '../../words/places.ts';
import { healthOf } from '../../words/standing.ts';
import { crowdedMoments, timeIn } from '../../words/times.ts';
import type { RowWords } from '../../words/voice.ts';
import { backupHints, foremostChain, isChainOf } from '../chains/chainsOf.ts';
import type { BlobShelf } from '../lists/blobShelf.ts';
import type { Branch, BranchNode, TreeRow } from '../node.ts';
import { Pages } from '../pages.ts';
import type { TreeContext } from '../treeContext.ts';
import { ChainNode } from './chainNode.ts';
import { SnapshotNode } from './snapshotNode.ts';
import { SnapshotsNode } from './snapshotsNode.ts';

/** A page blob: a disk with its chains and snapshots, or a backup blob with its chain. */
export class BlobNode implements Branch {
  readonly kind = 'blob';
  readonly id: string;
  readonly parent: BranchNode;
  readonly account: StorageAccount;
  readonly pages: Pages<ChainNode | SnapshotsNode | SnapshotNode>;
  readonly #shelf: BlobShelf;
  readonly #context: TreeContext;
  #item: PageBlobItem;
  #crowded: ReadonlySet<string> | undefined;
  #hints: readonly string[];
  #keys: readonly string[];

  constructor(parent: BranchNode, shelf: BlobShelf, item: PageBlobItem, context: TreeContext) {
    this.account = shelf.account;
    this.id = `blob:${shelf.account.id}|${item.container}/${item.name}`;
    this.parent = parent;
    this.#shelf = shelf;
    this.#item = item;
    this.#hints = backupHints(item);
    this.#keys = [item.url, ...this.#hints].map(urlKey);
    this.#context = context;
    this.pages = new Pages((_, signal) => this.#load(signal), { changed: () => context.changed(this) });
  }

  /** As the service listed it last. */
  get item(): PageBlobItem {
    return this.#item;
  }

  /** Moments at which it has several snapshots. */
  get crowded(): ReadonlySet<string> {
    this.#crowded ??= crowdedMoments(
      this.#item.snapshots.map(({ id }) => timeIn(id)),
      this.#context.voice,
    );
    return this.#crowded;
  }

  /** Without query. */
  get url(): string {
    return this.#item.url;
  }

  /** Keys of the URLs that say something about this row: its own first. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  get role(): BlobFacts['role'] {
    const summary = this.#context.book.summary(this.url);
    if (summary) return summary.points > 0 || (summary.open !== undefined && !isRestore(summary.open.record)) ? 'backup' : 'disk';
    return this.#shelf.isCatalogued(this.#item.name) ? 'backup' : 'disk';
  }

  /** URLs of the backup blobs whose chains are of this disk, as far as that is known: what turns out to be of another one drops out. */
  get backups(): readonly string[] {
    const { book } = this.#context;
    const candidates = [...new Set([...this.#hints, ...book.backupsOf(this.url)])];
    return candidates.filter((backup) => isChainOf(book.of(backup), this.url));
  }

  /** URL of the backup blob that a one-click backup goes on with; its own for a backup blob. */
  get backup(): string | undefined {
    return this.role === 'backup' ? this.url : foremostChain(this.backups, this.#context.book);
  }

  /** URL of the disk: its own, or for a backup blob that of its chain. */
  get source(): string | undefined {
    return this.role === 'backup' ? this.#context.book.sourceOf(this.url) : this.url;
  }

  /** What has to be asked to tell how this blob stands. */
  get questions(): readonly string[] {
    const looksLikeBackup = this.#shelf.isCatalogued(this.#item.name) || this.#item.metadata[KEY.chain] !== undefined;
    return [...(looksLikeBackup ? [this.url] : []), ...this.backups];
  }

  get facts(): BlobFacts {
    const { backup, role } = this;
    const isUnchained = role === 'disk' && backup === undefined;
    return {
      item: this.#item,
      role,
      chain: backup === undefined ? undefined : this.#context.book.of(backup),
      partner: role === 'backup' ? this.source : backup,
      firstBackup: isUnchained ? this.#context.backupOf(urlKey(this.url)) : undefined,
      restore: this.#restore,
    };
  }

  row(): TreeRow {
    const { voice } = this.#context;
    const { facts } = this;
    const what = facts.role === 'backup' ? 'backup' : facts.chain ? 'chain' : 'plain';
    const health = facts.chain ? [healthOf(facts.chain, voice.now())] : facts.firstBackup ? [facts.firstBackup.state] : [];
    const lease = this.#item.infiniteLease ? ['leased'] : [];
    const isLeaf = this.#item.snapshots.length === 0 && facts.chain === undefined && this.questions.length === 0;
    return { ...describeBlob(facts, voice), item: [ITEMS.blob, what, ...health, ...lease].join('.'), isLeaf };
  }

  card(): string {
    return blobCard(this.facts, this.#context.voice);
  }

  empty(): RowWords | undefined {
    return undefined;
  }

  /** Reads how its chains stand, where that is not known. */
  async lookUp(): Promise<void> {
    await Promise.all(this.questions.map((url) => this.#context.book.ask(url)));
  }

  /** Replaces what the service said of the blob. */
  update(item: PageBlobItem): void {
    this.#item = item;
    this.#crowded = undefined;
    this.#hints = backupHints(item);
    this.#keys = [item.url, ...this.#hints].map(urlKey);
    this.pages.renew();
  }

  reset(): void {
    for (const key of this.chainKeys) this.#context.book.forget(key);
    this.reload();
  }

  /** Lists the blob again. What is known of its chains stays. */
  reload(): void {
    this.pages.renew();
    this.#shelf.reread(this);
  }

  /** Keys of the backup blobs whose chains this row tells of. */
  get chainKeys(): readonly string[] {
    return [this.url, ...this.backups].map(urlKey);
  }

  get #restore(): OpenRunState | undefined {
    const { metadata, lease } = this.#item;
    const open = openRunOn({ metadata, lease: lease === 'leased' ? 'leased' : 'available' }, { numbers: [] });
    return open && isRestore(open.record) ? open : undefined;
  }

  /** Chains first, then the snapshots: in a group where there is a chain beside them. */
  async #load(signal: AbortSignal): Promise<{ children: (ChainNode | SnapshotsNode | SnapshotNode)[]; next: undefined }> {
    const context = this.#context;
    await this.lookUp();
    if (signal.aborted) return { children: [], next: undefined };
    const isBackup = this.role === 'backup';
    const chains = isBackup ? [new ChainNode(this, this.url, 'fromBackup', context)] : [];
    if (!isBackup) for (const backup of this.backups) chains.push(new ChainNode(this, backup, 'fromSource', context));
    if (chains.length === 0) return { children: SnapshotNode.unchained(this, context), next: undefined };
    const hasOthers = isBackup ? SnapshotsNode.hasOthers(this, context) : this.#item.snapshots.length > 0;
    return {
      children: [...chains, ...(hasOthers ? [new SnapshotsNode(this, isBackup ? 'backup' : 'disk', context)] : [])],
      next: undefined,
    };
  }
}
