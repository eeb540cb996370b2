import { throwIfCancelled } from '../../../engine/errors.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { emptyRow } from '../../words/notes.ts';
import { placeOf, urlKey } from '../../words/places.ts';
import { problemOf } from '../../words/problem.ts';
import type { RowWords } from '../../words/voice.ts';
import { ChainScan } from '../chains/chainScan.ts';
import type { Branch, TreeRow } from '../node.ts';
import { ChainNode } from '../nodes/chainNode.ts';
import { ProblemNode } from '../nodes/problemNode.ts';
import { Pages, type PageOf } from '../pages.ts';
import type { TreeContext } from '../treeContext.ts';

type Child = ChainNode | ProblemNode;

/** The view of all chains: every backup blob with a catalogue in the accounts that are known. Chains come as they are found, ordered by their disks. */
export class ChainsRoot implements Branch {
  readonly kind = 'chains';
  readonly id = 'chains';
  readonly parent: ChainsRoot = this;
  readonly pages: Pages<Child>;
  readonly #context: TreeContext;
  #scan: ChainScan | undefined;
  readonly #seen = new Set<string>();
  #accounts: readonly StorageAccount[] | undefined;

  constructor(context: TreeContext) {
    this.#context = context;
    this.pages = new Pages((_, signal, emit) => this.#load(signal, emit), { changed: () => context.changed(undefined), order: before });
  }

  row(): TreeRow {
    return { label: '', description: '', icon: { id: 'history' }, speech: '', isLeaf: false };
  }

  card(): string {
    return '';
  }

  /** Without accounts the view's welcome speaks. */
  empty(): RowWords | undefined {
    const { t } = this.#context.voice;
    return (this.#accounts?.length ?? 0) > 0
      ? emptyRow(t('No chains yet.'), t('Back up a page blob of your accounts to begin one.'))
      : undefined;
  }

  reset(): void {
    for (const child of this.pages.children) if (child.kind === 'chain') child.pages.reset();
    this.pages.reset();
    this.#scan = undefined;
    this.#seen.clear();
  }

  /** Looks again when there are other accounts than those that were looked through. */
  async relist(): Promise<void> {
    if (this.#accounts === undefined) return;
    const { accounts, looking } = await this.#context.directory.list(new AbortController().signal);
    if (looking) return;
    const idsOf = (all: readonly StorageAccount[]): string => JSON.stringify(all.map(({ id }) => id).sort());
    if (idsOf(accounts) === idsOf(this.#accounts)) return;
    this.reset();
    this.#context.changed(undefined);
  }

  /** Adds a chain that came to be since the view was loaded. */
  async include(backup: string): Promise<void> {
    if (this.pages.state === 'idle' || this.#seen.has(urlKey(backup))) return;
    await this.#context.book.ask(backup);
    const isChain = (this.#context.book.summary(backup)?.points ?? 0) > 0;
    if (!isChain || this.#seen.has(urlKey(backup))) return;
    this.#seen.add(urlKey(backup));
    this.pages.insert(new ChainNode(this, backup, 'fromOutside', this.#context), 0);
  }

  /** Whether the filter lets the row through; it speaks of the names of disk and backup blob. */
  isShown(child: Child): boolean {
    const filter = this.#context.filter();
    if (!filter || child.kind !== 'chain') return true;
    return [child.backup, ...(child.source === undefined ? [] : [child.source])].some((url) => {
      const { path, name } = placeOf(url);
      return filter.matches(name) || filter.matches(path.slice(path.indexOf('/') + 1));
    });
  }

  async #load(signal: AbortSignal, emit: (children: readonly Child[]) => void): Promise<PageOf<Child, string>> {
    const { directory, book, voice, log } = this.#context;
    if (!this.#scan) {
      const { accounts } = await directory.list(signal);
      this.#accounts = accounts;
      this.#scan = new ChainScan(accounts.filter(isBroad(accounts)), this.#context);
    }
    await this.#scan.run(
      {
        found: async (backup) => {
          const key = urlKey(backup);
          await book.ask(backup);
          // What is handed on after a stop gets lost, so it does not count as seen.
          throwIfCancelled(signal);
          if (this.#seen.has(key)) return;
          this.#seen.add(key);
          emit([new ChainNode(this, backup, 'fromOutside', this.#context)]);
        },
        failed: (account, error) => {
          log.warn(`Looking for chains in ${account.endpoint}: ${problemOf(error, voice).text}`);
          const problem = problemOf(error, voice);
          const named = { ...problem, reason: `${account.name}: ${problem.reason}` };
          const retry = (): void => {
            this.reset();
            this.#context.changed(undefined);
          };
          emit([new ProblemNode(this, account.id, named, voice, retry)]);
        },
      },
      signal,
    );
    return { children: [], next: this.#scan.isDone ? undefined : 'on' };
  }
}

/** Leaves out what a SAS shows of an account that is there as a whole. */
function isBroad(accounts: readonly StorageAccount[]) {
  const whole = new Set(accounts.filter(({ scope }) => scope === undefined).map(({ endpoint }) => urlKey(endpoint)));
  return ({ scope, endpoint }: StorageAccount): boolean =>
    scope?.blob === undefined && (scope === undefined || !whole.has(urlKey(endpoint)));
}

/** Chains by their disks' names, then what could not be looked through. */
function before(a: Child, b: Child): number {
  if (a.kind !== b.kind) return a.kind === 'chain' ? -1 : 1;
  const [left, right] = [sortName(a), sortName(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function sortName(child: Child): string {
  if (child.kind === 'problem') return child.id;
  return `${placeOf(child.source ?? child.backup).name}\n${child.backup}`;
}
