import type { AccountListing } from '../../accounts/account.ts';
import { BackupError } from '../../../engine/errors.ts';
import { problemOf } from '../../words/problem.ts';
import type { RowWords } from '../../words/voice.ts';
import type { Branch, TreeRow } from '../node.ts';
import { AccountNode } from '../nodes/accountNode.ts';
import { LoadingNode } from '../nodes/noteNodes.ts';
import { ProblemNode } from '../nodes/problemNode.ts';
import { Pages } from '../pages.ts';
import type { TreeContext } from '../treeContext.ts';

/** The view of accounts. Rows of accounts outlive a new listing, so that pinning one does not close the others. */
export class AccountsRoot implements Branch {
  readonly kind = 'accounts';
  readonly id = 'accounts';
  readonly parent: AccountsRoot = this;
  readonly pages: Pages<AccountNode | ProblemNode | LoadingNode>;
  readonly #context: TreeContext;
  readonly #listed: (listing: AccountListing) => void;
  readonly #accounts = new Map<string, AccountNode>();

  /** @param listed told of every listing */
  constructor(context: TreeContext, listed: (listing: AccountListing) => void) {
    this.#context = context;
    this.#listed = listed;
    this.pages = new Pages((_, signal) => this.#load(signal), { changed: () => context.changed(undefined) });
  }

  row(): TreeRow {
    return { label: '', description: '', icon: { id: 'cloud' }, speech: '', isLeaf: false };
  }

  card(): string {
    return '';
  }

  /** Nothing: the view's welcome speaks then. */
  empty(): RowWords | undefined {
    return undefined;
  }

  /** Lists accounts again; what is known of each stays, but what could not be listed is tried again. */
  relist(): void {
    for (const account of this.#accounts.values()) if (account.pages.state === 'failed') account.reset();
    this.pages.reset();
    this.#context.changed(undefined);
  }

  reset(): void {
    for (const account of this.#accounts.values()) account.reset();
    this.#accounts.clear();
    this.pages.reset();
  }

  async #load(signal: AbortSignal): Promise<{ children: (AccountNode | ProblemNode | LoadingNode)[]; next: undefined }> {
    const { directory } = this.#context;
    const listing = await directory.list(signal);
    if (!signal.aborted) this.#listed(listing);
    const gone = new Set(this.#accounts.keys());
    const nodes = listing.accounts.map((account) => {
      gone.delete(account.id);
      const node = this.#accounts.get(account.id) ?? new AccountNode(this, account, this.#context);
      node.update(account);
      this.#accounts.set(account.id, node);
      return node;
    });
    for (const id of gone) {
      this.#accounts.get(id)?.reset();
      this.#accounts.delete(id);
    }
    const looking = listing.looking
      ? [new LoadingNode(this, this.#context.voice, this.#context.voice.t('accounts of your subscriptions'))]
      : [];
    return { children: [...nodes, ...this.#problems(listing), ...looking], next: undefined };
  }

  #problems({ accounts, problems, signedIn, looking }: AccountListing): ProblemNode[] {
    const { voice, directory } = this.#context;
    const { t } = voice;
    const rows = problems.map(({ label, text, remedy }) => {
      const problem = { reason: label, text, fullText: text, remedy };
      return new ProblemNode(this, label, problem, voice, () => directory.refresh());
    });
    // Where there is no account at all, the view's welcome offers the sign-in.
    if (signedIn || looking || accounts.length === 0 || problems.some(({ remedy }) => remedy === 'signIn')) return rows;
    const signedOut = new BackupError('signInNeeded', t('Sign in to see the accounts of your subscriptions.'));
    return [...rows, new ProblemNode(this, 'signedOut', problemOf(signedOut, voice), voice)];
  }
}
