import type { SnapshotItem } from '../../../azure/browse/accountBrowser.ts';
import { ITEMS } from '../../names.ts';
import { describeSnapshot, snapshotCard, type SnapshotFacts } from '../../words/snapshot.ts';
import { roleWithoutChain } from '../chains/snapshotRoles.ts';
import type { Leaf, TreeRow } from '../node.ts';
import type { TreeContext } from '../treeContext.ts';
import type { BlobNode } from './blobNode.ts';
import type { SnapshotsNode } from './snapshotsNode.ts';

/** A snapshot that is no recovery point: of a disk, or one that lies on a backup blob beside its points. */
export class SnapshotNode implements Leaf {
  readonly kind = 'snapshot';
  readonly id: string;
  readonly parent: SnapshotsNode | BlobNode;
  /** The blob that it is of. */
  readonly blob: BlobNode;
  readonly facts: SnapshotFacts;
  readonly #context: TreeContext;

  constructor(parent: SnapshotsNode | BlobNode, blob: BlobNode, facts: SnapshotFacts, context: TreeContext) {
    this.id = `${blob.id}|snapshot:${facts.item.id}`;
    this.parent = parent;
    this.blob = blob;
    this.facts = facts;
    this.#context = context;
  }

  /** The snapshots of a blob without a chain, newest first. */
  static unchained(blob: BlobNode, context: TreeContext): SnapshotNode[] {
    const facts = (item: SnapshotItem): SnapshotFacts => ({ item, role: roleWithoutChain(item), point: undefined, needs: [] });
    return blob.item.snapshots.map((item) => new SnapshotNode(blob, blob, facts(item), context)).reverse();
  }

  /** URL of the snapshot. */
  get url(): string {
    return `${this.blob.url}?snapshot=${this.facts.item.id}`;
  }

  row(): TreeRow {
    const item = [ITEMS.snapshot, this.facts.role, this.blob.role === 'backup' ? 'onBackup' : 'onDisk'].join('.');
    return { ...describeSnapshot(this.facts, this.#context.voice, this.blob.crowded), item, isLeaf: true };
  }

  card(): string {
    return snapshotCard(this.facts, this.#context.voice);
  }
}
