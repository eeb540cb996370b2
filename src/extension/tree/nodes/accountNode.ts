import type { StorageAccount } from '../../accounts/account.ts';
import { ITEMS } from '../../names.ts';
import { accountCard, describeAccount } from '../../words/account.ts';
import { emptyRow } from '../../words/notes.ts';
import { problemOf } from '../../words/problem.ts';
import type { RowWords } from '../../words/voice.ts';
import { ask } from '../asking.ts';
import { BlobShelf } from '../lists/blobShelf.ts';
import type { Branch, TreeRow } from '../node.ts';
import { Pages, type PageOf } from '../pages.ts';
import type { AccountsRoot } from '../roots/accountsRoot.ts';
import type { TreeContext } from '../treeContext.ts';
import type { BlobNode } from './blobNode.ts';
import { ContainerNode } from './containerNode.ts';

/** Where an account's list goes on: among its containers, or among the blobs of the only one that matters. */
type Cursor = { readonly of: 'containers'; readonly marker: string } | { readonly of: 'blobs'; readonly marker: string };

type Emit = (children: readonly BlobNode[]) => void;

/** So few containers are looked into before they are drawn, to skip a level that would have one row. */
const FEW = 3;

/** A storage account; its children are containers, or blobs where only one container has any. */
export class AccountNode implements Branch {
  readonly kind = 'account';
  readonly id: string;
  readonly parent: AccountsRoot;
  readonly pages: Pages<ContainerNode | BlobNode, Cursor>;
  readonly #context: TreeContext;
  #account: StorageAccount;
  /** The container whose level is skipped. */
  #only: BlobShelf | undefined;

  constructor(parent: AccountsRoot, account: StorageAccount, context: TreeContext) {
    this.id = `account:${account.id}`;
    this.parent = parent;
    this.#account = account;
    this.#context = context;
    this.pages = new Pages((cursor, signal, emit) => this.#load(cursor, signal, emit), { changed: () => context.changed(this) });
  }

  get account(): StorageAccount {
    return this.#account;
  }

  /** The blob endpoint. */
  get url(): string {
    return this.#account.endpoint;
  }

  /** The shelf that holds the blobs of a container, when its level is skipped. */
  get only(): BlobShelf | undefined {
    return this.#only;
  }

  row(): TreeRow {
    const { origin, pinned } = this.#account;
    const words = describeAccount(this.#account, this.#trouble('reason'), this.#context.voice);
    return { ...words, item: [ITEMS.account, origin, pinned ? 'pinned' : 'unpinned'].join('.'), isLeaf: false };
  }

  card(): string {
    return accountCard(this.#account, this.#trouble('fullText'), this.#context.voice);
  }

  empty(): RowWords {
    const { t } = this.#context.voice;
    return this.#only?.empty() ?? emptyRow(t('No containers here.'), t('This account holds no blobs.'));
  }

  /** The same account with other facts: pinned, renamed. */
  update(account: StorageAccount): void {
    this.#account = account;
  }

  reset(): void {
    this.#only?.reset();
    this.#only = undefined;
    for (const child of this.pages.children) if (child.kind === 'container') child.reset();
    this.pages.reset();
  }

  async #load(cursor: Cursor | undefined, signal: AbortSignal, emit: Emit): Promise<PageOf<ContainerNode | BlobNode, Cursor>> {
    const { scope } = this.#account;
    if (scope) return this.#blobs(new BlobShelf(this.#account, scope.container, this, this.#context), cursor, signal, emit);
    if (cursor?.of === 'blobs') return this.#blobs(this.#only!, cursor, signal, emit);
    const { session, job } = this.#context;
    const browser = await session.browse(this.#account.endpoint, this.#account.scope);
    const page = await ask('containers', () => browser.containers(cursor?.marker, { signal }), job, signal);
    if (cursor === undefined && page.next === undefined) {
      const names = page.items.map(({ name }) => name);
      const only = await this.#onlyWithBlobs(names, signal);
      if (only !== undefined) return this.#blobs(new BlobShelf(this.#account, only, this, this.#context), undefined, signal, emit);
    }
    const children = page.items.map(({ name }) => new ContainerNode(this, name, this.#context));
    return { children, next: page.next === undefined ? undefined : { of: 'containers', marker: page.next } };
  }

  async #blobs(shelf: BlobShelf, cursor: Cursor | undefined, signal: AbortSignal, emit: Emit): Promise<PageOf<BlobNode, Cursor>> {
    this.#only ??= shelf;
    const { children, next } = await this.#only.load(cursor?.marker, signal, emit);
    return { children, next: next === undefined ? undefined : { of: 'blobs', marker: next } };
  }

  /** The one container that has page blobs; undefined where there are several, or where that cannot be seen at once. */
  async #onlyWithBlobs(names: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    if (names.length <= 1) return names[0];
    if (names.length > FEW) return undefined;
    const { session, job } = this.#context;
    const browser = await session.browse(this.#account.endpoint);
    const looks = names.map(async (name) => {
      const page = await ask('page blobs', () => browser.pageBlobs(name, undefined, '', { signal }), job, signal);
      return { name, hasBlobs: page.items.length > 0, isCertain: page.items.length > 0 || page.next === undefined };
    });
    try {
      const found = await Promise.all(looks);
      const withBlobs = found.filter(({ hasBlobs }) => hasBlobs);
      return withBlobs.length === 1 && found.every(({ isCertain }) => isCertain) ? withBlobs[0]?.name : undefined;
    } catch {
      // Draws the containers; the row of the one that cannot be listed says why when it is opened.
      return undefined;
    }
  }

  #trouble(part: 'reason' | 'fullText'): string | undefined {
    return this.pages.state === 'failed' ? problemOf(this.pages.error, this.#context.voice)[part] : undefined;
  }
}
