import type { StorageAccount } from '../../accounts/account.ts';
import { ITEMS } from '../../names.ts';
import { describeContainer } from '../../words/account.ts';
import { card } from '../../words/markdown.ts';
import type { RowWords } from '../../words/voice.ts';
import { BlobShelf } from '../lists/blobShelf.ts';
import type { Branch, TreeRow } from '../node.ts';
import { Pages } from '../pages.ts';
import type { TreeContext } from '../treeContext.ts';
import type { AccountNode } from './accountNode.ts';
import type { BlobNode } from './blobNode.ts';

/** A container; its children are its page blobs. */
export class ContainerNode implements Branch {
  readonly kind = 'container';
  readonly id: string;
  readonly parent: AccountNode;
  readonly account: StorageAccount;
  readonly name: string;
  readonly shelf: BlobShelf;
  readonly pages: Pages<BlobNode>;
  readonly #context: TreeContext;

  constructor(parent: AccountNode, name: string, context: TreeContext) {
    this.id = `container:${parent.account.id}|${name}`;
    this.parent = parent;
    this.account = parent.account;
    this.name = name;
    this.#context = context;
    this.shelf = new BlobShelf(parent.account, name, this, context);
    this.pages = new Pages((cursor, signal, emit) => this.shelf.load(cursor, signal, emit), { changed: () => context.changed(this) });
  }

  get url(): string {
    return `${this.account.endpoint}/${encodeURIComponent(this.name).replaceAll('%24', '$')}`;
  }

  row(): TreeRow {
    const count = this.pages.state === 'ended' ? this.pages.children.length : undefined;
    return { ...describeContainer(this.name, count, this.#context.voice), item: ITEMS.container, isLeaf: false };
  }

  card(): string {
    const { t } = this.#context.voice;
    return card(this.name, [
      [t('Container'), this.url],
      [t('Account'), this.account.name],
    ]);
  }

  empty(): RowWords {
    return this.shelf.empty();
  }

  reset(): void {
    this.shelf.reset();
    this.pages.reset();
  }
}
