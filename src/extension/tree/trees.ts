import type { Disposable, TreeView } from 'vscode';
import { isBackupError } from '../../engine/errors.ts';
import type { AccountDirectory } from '../accounts/account.ts';
import type { TreeActions } from '../commands/treeActions.ts';
import type { Log } from '../log.ts';
import type { RunRecord } from '../runs/run.ts';
import { changedBy } from '../runs/runTarget.ts';
import type { ChainFacts } from '../words/chain.ts';
import { placeOf, urlKey } from '../words/places.ts';
import { isBranch } from './childRows.ts';
import type { ChainBook } from './chains/chainBook.ts';
import type { FilterState } from './filterState.ts';
import { locate, locateWhereOpen } from './locate.ts';
import type { TreeNode } from './node.ts';
import type { BlobNode } from './nodes/blobNode.ts';
import type { ChainNode } from './nodes/chainNode.ts';
import type { AccountsRoot } from './roots/accountsRoot.ts';
import type { ChainsRoot } from './roots/chainsRoot.ts';
import type { TreeProvider } from './treeProvider.ts';
import { rowsAbout } from './walk.ts';

type Both<Value> = { readonly accounts: Value; readonly chains: Value };

export interface TreesParts {
  readonly directory: AccountDirectory;
  readonly log: Log;
  readonly book: ChainBook;
  readonly filter: FilterState;
  readonly providers: Both<TreeProvider>;
  readonly roots: { readonly accounts: AccountsRoot; readonly chains: ChainsRoot };
  readonly views: Both<TreeView<TreeNode>>;
  readonly listening: Disposable;
}

/** Both views, and what commands do with them. */
export class Trees implements TreeActions, Disposable {
  readonly #parts: TreesParts;
  readonly #abort = new AbortController();

  constructor(parts: TreesParts) {
    this.#parts = parts;
  }

  get views(): Both<TreeView<TreeNode>> {
    return this.#parts.views;
  }

  get providers(): Both<TreeProvider> {
    return this.#parts.providers;
  }

  refresh(row?: unknown): void {
    const { book, directory, roots } = this.#parts;
    const node = asNode(row);
    if (node && isBranch(node)) {
      node.reset();
      this.#providerOf(node).changed(node);
      return;
    }
    const parent = node?.parent;
    if (parent && parent.kind !== 'accounts' && parent.kind !== 'chains') return this.refresh(parent);
    book.forgetAll();
    roots.accounts.reset();
    roots.chains.reset();
    this.#redrawAll();
    directory.refresh();
  }

  blobChanged(...urls: string[]): void {
    const { book, roots, directory } = this.#parts;
    const keys = new Set(urls.map(urlKey));
    const rows = Object.values(roots).flatMap((root) => rowsOf(root, keys));
    const known = urls.filter((url) => book.forget(urlKey(url)));
    for (const key of rows.flatMap((row) => row.chainKeys)) book.forget(key);
    // Rows that only speak of the blob are not read again, but what they say is.
    for (const url of known) void book.ask(url);
    for (const row of rows) {
      row.reload();
      this.#providerOf(row).changed(row);
    }
    // A blob that came to be has no row yet.
    for (const url of urls) {
      this.#try(`Looking for ${url}`, async () => {
        await locateWhereOpen(url, roots.accounts, directory.endpoints(), this.#abort.signal);
        await roots.chains.include(url);
      });
    }
  }

  loadMore(row: unknown): void {
    const node = asNode(row);
    if (node?.kind !== 'loadMore') return;
    const { parent } = node;
    const view = this.#viewOf(node);
    const shown = parent.pages.children.length;
    this.#try('Loading more', async () => {
      await parent.pages.more();
      // The row that was selected is gone; the keyboard goes on at the first one that came.
      const first: TreeNode | undefined = parent.pages.children[shown];
      if (first && view.visible && parent.kind !== 'chains') await view.reveal(first, { select: true, focus: true });
    });
  }

  retry(row: unknown): void {
    const node = asNode(row);
    if (node?.kind !== 'problem') return;
    if (node.retry) node.retry();
    else if (node.parent.kind === 'chain') this.refresh(node.parent);
    else void node.parent.pages.more();
  }

  async filter(): Promise<void> {
    if (await this.#parts.filter.ask()) this.#filtered();
  }

  clearFilter(): void {
    if (this.#parts.filter.set('')) this.#filtered();
  }

  async reveal(url: string): Promise<boolean> {
    const { roots, directory, filter, views } = this.#parts;
    const find = (): Promise<TreeNode | undefined> => locate(url, roots.accounts, directory.endpoints(), this.#abort.signal);
    let node = await find();
    if (!node && filter.current) {
      this.clearFilter();
      node = await find();
    }
    if (!node) return false;
    await views.accounts.reveal(node, { select: true, focus: true, expand: true });
    return true;
  }

  async chains(): Promise<readonly ChainFacts[]> {
    const { book, roots } = this.#parts;
    await roots.chains.pages.load();
    const facts = book.withPoints.map((backup): ChainFacts => ({ backup, source: book.sourceOf(backup), knowledge: book.of(backup) }));
    const nameOf = ({ source, backup }: ChainFacts): string => `${placeOf(source ?? backup).name}\n${backup}`;
    return facts.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** What a run was about is listed again. */
  runEnded({ spec }: RunRecord): void {
    // Of many chains the points may have another standing now.
    if (spec.job === 'verifyAll') this.refresh();
    else this.blobChanged(...changedBy(spec));
  }

  dispose(): void {
    this.#abort.abort();
    this.#parts.roots.accounts.reset();
    this.#parts.roots.chains.reset();
    this.#parts.book.forgetAll();
    this.#parts.listening.dispose();
  }

  #filtered(): void {
    const { filter, roots, views } = this.#parts;
    for (const view of Object.values(views)) view.message = filter.message;
    for (const child of roots.accounts.pages.children) if (child.kind === 'account') child.reset();
    this.#redrawAll();
  }

  #redrawAll(): void {
    for (const provider of Object.values(this.#parts.providers)) provider.changed(undefined);
  }

  #providerOf(node: TreeNode): TreeProvider {
    const { providers } = this.#parts;
    return this.#isInChains(node) ? providers.chains : providers.accounts;
  }

  #viewOf(node: TreeNode): TreeView<TreeNode> {
    const { views } = this.#parts;
    return this.#isInChains(node) ? views.chains : views.accounts;
  }

  #isInChains({ parent }: TreeNode): boolean {
    return parent.kind === 'chains' || (parent.kind !== 'accounts' && this.#isInChains(parent));
  }

  #try(what: string, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!isBackupError(error, 'cancelled')) this.#parts.log.error(what, error);
    });
  }
}

/** Rows that are one of these blobs or the chain in it. */
function rowsOf(root: AccountsRoot | ChainsRoot, keys: ReadonlySet<string>): (BlobNode | ChainNode)[] {
  return rowsAbout(root, keys).filter((row) => row.kind === 'chain' || keys.has(row.keys[0]!));
}

function asNode(row: unknown): TreeNode | undefined {
  return typeof row === 'object' && row !== null && 'kind' in row && 'parent' in row ? (row as TreeNode) : undefined;
}
