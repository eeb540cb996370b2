import type { PageBlobItem, PageBlobPage } from '../../../azure/browse/accountBrowser.ts';
import { isBackupError, throwIfCancelled } from '../../../engine/errors.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { emptyRow, othersText } from '../../words/notes.ts';
import type { RowWords } from '../../words/voice.ts';
import { ask } from '../asking.ts';
import { LookAround } from '../chains/lookAround.ts';
import type { AccountNode } from '../nodes/accountNode.ts';
import type { ContainerNode } from '../nodes/containerNode.ts';
import { BlobNode } from '../nodes/blobNode.ts';
import type { PageOf } from '../pages.ts';
import type { TreeContext } from '../treeContext.ts';

/** One load ends with so many rows, or after so many pages of the service. */
const ROWS = 1000;
const PAGES = 20;
/** So many rows of one load have their chains looked up unasked. */
const LOOKS = 100;

/** The page blobs of one container as rows, a page of the service at a time. */
export class BlobShelf {
  readonly account: StorageAccount;
  readonly container: string;
  readonly #context: TreeContext;
  /** The row whose children the blobs are. */
  readonly #parent: AccountNode | ContainerNode;
  readonly #around: LookAround;
  readonly #nodes = new Map<string, BlobNode>();
  readonly #catalogued = new Set<string>();
  #others = 0;

  constructor(account: StorageAccount, container: string, parent: AccountNode | ContainerNode, context: TreeContext) {
    this.account = account;
    this.container = container;
    this.#parent = parent;
    this.#context = context;
    this.#around = new LookAround(context.book);
  }

  /** Whether there is a catalogue beside the blob, as far as was listed. */
  isCatalogued(name: string): boolean {
    return this.#catalogued.has(name);
  }

  /** Loads on from the service's marker. Rows are handed on as each of its pages comes in. */
  async load(
    cursor: string | undefined,
    signal: AbortSignal,
    emit: (rows: readonly BlobNode[]) => void,
  ): Promise<PageOf<BlobNode, string>> {
    const filter = this.#context.filter();
    let marker = cursor;
    for (let pages = 0, rows = 0, looks = 0; pages < PAGES && rows < ROWS; pages++) {
      const page = await this.#page(marker, filter?.prefix ?? '', signal);
      throwIfCancelled(signal);
      this.#others += page.others;
      for (const name of page.catalogues) this.#catalogued.add(name);
      const placed = page.items.filter(({ name }) => filter?.matches(name) ?? true).flatMap((item) => this.#place(item) ?? []);
      emit(placed);
      looks += this.#around.look([...page.catalogues.flatMap((name) => this.#nodes.get(name) ?? []), ...placed], LOOKS - looks);
      rows += placed.length;
      marker = page.next;
      if (marker === undefined) break;
    }
    return { children: [], next: marker };
  }

  /** The row of one blob, listed on its own where it has not come up yet; then `isNew`. */
  async find(name: string, signal: AbortSignal): Promise<{ node: BlobNode; isNew: boolean } | undefined> {
    const known = this.#nodes.get(name);
    if (known) return { node: known, isNew: false };
    const item = await this.#look(name, signal);
    const node = item && this.#place(item);
    if (node) this.#around.look([node]);
    return node && { node, isNew: true };
  }

  /** Asks the service for one blob again and draws it anew. */
  reread(node: BlobNode): void {
    this.#reread(node).catch((error: unknown) => {
      if (!isBackupError(error, 'cancelled')) this.#context.log.error(`Listing ${node.url}`, error);
    });
  }

  /** What to say when nothing was found. */
  empty(): RowWords {
    const { t } = this.#context.voice;
    const filter = this.#context.filter();
    if (filter) return emptyRow(t('No page blob matches.'), t('Only names like “{0}” are shown.', filter.text));
    return emptyRow(t('No page blobs here.'), othersText(this.#others, this.#context.voice));
  }

  /** The rows are seen again: what was not looked up is, for the first of them. */
  resume(): void {
    this.#around.look([...this.#nodes.values()], LOOKS);
  }

  /** No more is asked about the chains of these blobs until they are listed again. */
  stop(): void {
    this.#around.stop();
  }

  reset(): void {
    this.#around.stop();
    for (const node of this.#nodes.values()) {
      node.pages.reset();
      for (const key of node.keys) this.#context.book.forget(key);
    }
    this.#nodes.clear();
    this.#catalogued.clear();
    this.#others = 0;
  }

  async #reread(node: BlobNode): Promise<void> {
    const { name } = node.item;
    const item = await this.#look(name, this.#around.signal);
    if (this.#nodes.get(name) !== node) return;
    if (item === undefined) {
      // It is gone, so the list is not what it was.
      this.#parent.reset();
      this.#context.changed(this.#parent);
      return;
    }
    node.update(item);
    this.#context.changed(node);
    this.#around.look([node]);
  }

  /** @returns the node where it is new; one that came before is only brought up to date */
  #place(item: PageBlobItem): BlobNode | undefined {
    const known = this.#nodes.get(item.name);
    if (known) {
      known.update(item);
      return undefined;
    }
    const node = new BlobNode(this.#parent, this, item, this.#context);
    this.#nodes.set(item.name, node);
    return node;
  }

  async #page(marker: string | undefined, prefix: string, signal: AbortSignal): Promise<PageBlobPage> {
    const { session, job } = this.#context;
    const browser = await session.browse(this.account.endpoint, this.account.scope);
    return ask('page blobs', () => browser.pageBlobs(this.container, marker, prefix, { signal }), job, signal);
  }

  /** The blob of exactly this name. It comes first among those that begin so. */
  async #look(name: string, signal: AbortSignal): Promise<PageBlobItem | undefined> {
    let marker: string | undefined;
    do {
      const page = await this.#page(marker, name, signal);
      for (const catalogued of page.catalogues) this.#catalogued.add(catalogued);
      const found = page.items.find((item) => item.name === name);
      if (found || page.items.length > 0) return found;
      marker = page.next;
    } while (marker !== undefined);
    return undefined;
  }
}
