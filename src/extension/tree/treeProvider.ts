import { EventEmitter, type MarkdownString, type TreeDataProvider, type TreeItem } from 'vscode';
import { setTimeout as wait } from 'node:timers/promises';
import type { Voice } from '../words/voice.ts';
import { childRows, isBranch } from './childRows.ts';
import type { BranchNode, TreeNode } from './node.ts';
import { tooltipOf, treeItemOf } from './treeItem.ts';

/** Milliseconds for which VS Code's own progress bar does; then a row says that something is loading. */
const PATIENCE_MS = 250;
/** Rows are drawn again no more often than this. */
const REDRAW_MS = 60;

/** One view's rows for VS Code. Drawing is put together: a thousand changes at once make one event. */
export class TreeProvider implements TreeDataProvider<TreeNode> {
  readonly #voice: Voice;
  readonly #changes = new EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  readonly #dirty = new Set<TreeNode | undefined>();
  #waiting: NodeJS.Timeout | undefined;
  #root: BranchNode | undefined;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  /** Rows need the provider, so the root comes afterwards. */
  set root(root: BranchNode) {
    this.#root = root;
  }

  /** Has a row drawn again, with its children where it is open; undefined is the whole view. */
  changed(node: TreeNode | undefined): void {
    this.#dirty.add(node);
    this.#waiting ??= setTimeout(() => this.#redraw(), REDRAW_MS);
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    const branch = node === undefined ? this.#root : isBranch(node) ? node : undefined;
    if (branch === undefined) return [];
    await this.#beginning(branch);
    return [...childRows(branch, this.#voice)];
  }

  getTreeItem(node: TreeNode): TreeItem {
    return treeItemOf(node);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    const { parent } = node;
    return parent.kind === 'accounts' || parent.kind === 'chains' ? undefined : parent;
  }

  async resolveTreeItem(item: TreeItem, node: TreeNode): Promise<TreeItem> {
    if (node.kind === 'blob') await node.lookUp();
    const tooltip: MarkdownString | undefined = tooltipOf(node);
    // An empty one keeps VS Code from showing the label once more.
    return Object.assign(item, { tooltip: tooltip ?? '' });
  }

  dispose(): void {
    clearTimeout(this.#waiting);
    this.#changes.dispose();
  }

  /** Begins to load, and waits a moment for the first rows. */
  async #beginning(branch: BranchNode): Promise<void> {
    const { pages } = branch;
    if (pages.state !== 'idle' && (pages.state !== 'loading' || pages.children.length > 0)) return;
    const enough = new AbortController();
    await Promise.race([pages.first(), wait(PATIENCE_MS, undefined, { signal: enough.signal }).catch(() => undefined)]);
    enough.abort();
    // The whole view is being drawn just now.
    if (branch === this.#root && pages.state !== 'loading') this.#dirty.delete(undefined);
  }

  #redraw(): void {
    this.#waiting = undefined;
    const all = this.#dirty.has(undefined);
    const nodes = [...this.#dirty].filter((node) => node !== undefined);
    this.#dirty.clear();
    this.#changes.fire(all ? undefined : nodes);
  }
}
