import type { CommandId } from '../names.ts';
import type { RowWords } from '../words/voice.ts';
import type { AccountNode } from './nodes/accountNode.ts';
import type { BlobNode } from './nodes/blobNode.ts';
import type { ChainNode } from './nodes/chainNode.ts';
import type { ContainerNode } from './nodes/containerNode.ts';
import type { EmptyNode, LoadingNode, LoadMoreNode } from './nodes/noteNodes.ts';
import type { PointNode } from './nodes/pointNode.ts';
import type { ProblemNode } from './nodes/problemNode.ts';
import type { SnapshotNode } from './nodes/snapshotNode.ts';
import type { SnapshotsNode } from './nodes/snapshotsNode.ts';
import type { UnreadableNode } from './nodes/unreadableNode.ts';
import type { AccountsRoot } from './roots/accountsRoot.ts';
import type { ChainsRoot } from './roots/chainsRoot.ts';
import type { Pages } from './pages.ts';

/** A row of a view. Commands get these and tell them apart by `kind`. */
export type TreeNode =
  | AccountNode
  | ContainerNode
  | BlobNode
  | ChainNode
  | PointNode
  | UnreadableNode
  | SnapshotsNode
  | SnapshotNode
  | ProblemNode
  | LoadMoreNode
  | LoadingNode
  | EmptyNode;

/** What has children; the roots are not drawn. */
export type BranchNode = AccountsRoot | ChainsRoot | AccountNode | ContainerNode | BlobNode | ChainNode | SnapshotsNode;

export interface TreeRow extends RowWords {
  /** For menus: a value of `ITEMS`, with facets behind dots. */
  readonly item?: string;
  readonly isLeaf: boolean;
  /** What selecting the row does, with the row as its argument. */
  readonly command?: { readonly id: CommandId; readonly title: string };
}

/** What every row has. */
export interface Leaf {
  /** Names the row in its view, and stays the same when the row moves. Not for anything else: what a row is of is in its own fields. */
  readonly id: string;
  readonly parent: BranchNode;
  row(): TreeRow;
  /** Markdown of the tooltip, asked for when somebody points at the row. */
  card(): string;
}

export interface Branch extends Leaf {
  /** The cursor is the loader's own affair. */
  readonly pages: Pick<Pages<TreeNode, unknown>, 'children' | 'state' | 'error' | 'first' | 'load' | 'more' | 'stop' | 'reset'>;
  /** What to say where there are no children; undefined says nothing. */
  empty(): RowWords | undefined;
  /** Forgets what was loaded, so that it is asked for again. */
  reset(): void;
}
