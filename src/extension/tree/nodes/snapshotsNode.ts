import { KEY } from '../../../engine/chain/metadata.ts';
import type { JobOptions } from '../../../engine/tools.ts';
import { ITEMS } from '../../names.ts';
import { emptyRow } from '../../words/notes.ts';
import { describeSnapshots, type SnapshotFacts } from '../../words/snapshot.ts';
import type { RowWords } from '../../words/voice.ts';
import { diskSnapshotRoles, otherSnapshots, type ChainAtHand } from '../chains/snapshotRoles.ts';
import type { Branch, TreeRow } from '../node.ts';
import { Pages } from '../pages.ts';
import type { TreeContext } from '../treeContext.ts';
import type { BlobNode } from './blobNode.ts';
import { SnapshotNode } from './snapshotNode.ts';

/** The snapshots of a disk beside its chains; of a backup blob, those that are no recovery points. */
export class SnapshotsNode implements Branch {
  readonly kind = 'snapshots';
  readonly id: string;
  readonly parent: BlobNode;
  readonly on: 'disk' | 'backup';
  readonly pages: Pages<SnapshotNode>;
  readonly #context: TreeContext;

  constructor(parent: BlobNode, on: 'disk' | 'backup', context: TreeContext) {
    this.id = `${parent.id}|snapshots`;
    this.parent = parent;
    this.on = on;
    this.#context = context;
    this.pages = new Pages((_, signal) => this.#load(signal), { changed: () => context.changed(this) });
  }

  /** Whether a backup blob seems to have snapshots beside its points; certain only once the catalogue was read. */
  static hasOthers({ item, url }: BlobNode, { book }: TreeContext): boolean {
    const points = book.summary(url)?.points ?? 0;
    return item.snapshots.length > points || item.snapshots.some(({ metadata }) => metadata[KEY.attempt] === undefined);
  }

  row(): TreeRow {
    const { voice } = this.#context;
    const { snapshots } = this.parent.item;
    const points = this.on === 'backup' ? (this.#context.book.summary(this.parent.url)?.points ?? 0) : 0;
    const count = this.pages.state === 'ended' ? this.pages.children.length : Math.max(0, snapshots.length - points);
    const anchors = new Set(this.#chains().map((backup) => this.#context.book.summary(backup)?.newest?.entry.source.snapshot));
    const anchorCount = this.on === 'disk' ? snapshots.filter(({ id }) => anchors.has(id)).length : 0;
    return { ...describeSnapshots(this.on, count, anchorCount, voice), item: `${ITEMS.snapshots}.${this.on}`, isLeaf: false };
  }

  card(): string {
    return '';
  }

  empty(): RowWords {
    const { t } = this.#context.voice;
    return emptyRow(t('None.'), this.on === 'backup' ? t('Every snapshot is a recovery point.') : '');
  }

  reset(): void {
    this.pages.reset();
  }

  #chains(): readonly string[] {
    return this.on === 'backup' ? [this.parent.url] : this.parent.backups;
  }

  async #load(signal: AbortSignal): Promise<{ children: SnapshotNode[]; next: undefined }> {
    const { book, session } = this.#context;
    const job = { ...this.#context.job, signal };
    const chains: ChainAtHand[] = [];
    const backups = this.#chains();
    for (const backup of backups) {
      await book.ask(backup);
      const summary = book.summary(backup);
      if (summary) chains.push({ backup, summary, catalogue: await session.recordStoreFor(backup) });
    }
    const facts = await this.#facts(chains, chains.length === backups.length, job);
    return { children: facts.map((fact) => new SnapshotNode(this, this.parent, fact, this.#context)), next: undefined };
  }

  async #facts(chains: readonly ChainAtHand[], hasAll: boolean, job: JobOptions): Promise<SnapshotFacts[]> {
    const { snapshots } = this.parent.item;
    if (this.on === 'disk') return diskSnapshotRoles(snapshots, chains, hasAll, job);
    const [own] = chains;
    return own ? otherSnapshots(snapshots, own, job) : [];
  }
}
