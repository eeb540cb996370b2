import { Disposable, window, type TreeView } from 'vscode';
import type { JobOptions } from '../../engine/tools.ts';
import type { AccountDirectory } from '../accounts/account.ts';
import type { Log } from '../log.ts';
import { VIEWS } from '../names.ts';
import type { RunRegistry } from '../runs/run.ts';
import type { AzureSession } from '../session.ts';
import type { Voice } from '../words/voice.ts';
import { ChainBook } from './chains/chainBook.ts';
import { setContexts } from './contextKeys.ts';
import { FilterState } from './filterState.ts';
import type { TreeNode } from './node.ts';
import { RedrawLater } from './redrawLater.ts';
import { AccountsRoot } from './roots/accountsRoot.ts';
import { ChainsRoot } from './roots/chainsRoot.ts';
import { RunningRuns } from './runningRuns.ts';
import { stopWhenUnseen } from './stopWhenUnseen.ts';
import type { TreeContext } from './treeContext.ts';
import { TreeProvider } from './treeProvider.ts';
import { Trees } from './trees.ts';
import { rowsAbout } from './walk.ts';

export interface TreeParts {
  readonly directory: AccountDirectory;
  readonly session: AzureSession;
  /** Whose catalogue one is that does not lie beside a backup blob. */
  readonly places?: TreeContext['places'];
  readonly runs?: Pick<RunRegistry, 'all' | 'onDidChange'>;
  /** World and patience for questions of which the answer is shown: a few tries, no long waits. */
  readonly job: JobOptions;
  readonly voice: Voice;
  readonly log: Log;
}

/** Makes the views of accounts and of chains. Nothing is asked before one of them is seen. */
export function createTrees(parts: TreeParts): Trees {
  const { directory, voice } = parts;
  const providers = { accounts: new TreeProvider(voice), chains: new TreeProvider(voice) };
  const redraw = new RedrawLater((keys) => {
    for (const row of rowsAbout(accounts, keys)) providers.accounts.changed(row);
    for (const row of rowsAbout(chains, keys)) providers.chains.changed(row);
  });
  const learned = (key: string): void => redraw.add(key);
  const running = new RunningRuns(parts.runs, { gotOn: learned, ended: (record) => trees.runEnded(record) });
  const book = new ChainBook({ ...parts, learned, runningOn: (key) => running.on(key) });
  const filter = new FilterState(voice);

  const contextOf = (provider: TreeProvider): TreeContext => ({
    ...parts,
    book,
    backupOf: (key) => running.of(key),
    filter: () => filter.current,
    changed: (node) => provider.changed(node),
  });
  const accounts = new AccountsRoot(contextOf(providers.accounts), (listing) => {
    setContexts({ hasAccounts: listing.accounts.length > 0, signedIn: listing.signedIn });
  });
  const chains = new ChainsRoot(contextOf(providers.chains));
  providers.accounts.root = accounts;
  providers.chains.root = chains;

  const viewOf = (id: string, provider: TreeProvider): TreeView<TreeNode> =>
    window.createTreeView(id, { treeDataProvider: provider, canSelectMany: true, showCollapseAll: true });
  const views = { accounts: viewOf(VIEWS.accounts, providers.accounts), chains: viewOf(VIEWS.chains, providers.chains) };
  const listening = Disposable.from(
    directory.onDidChange(() => {
      accounts.relist();
      book.retryUnreadable();
      chains.relist().catch((error: unknown) => parts.log.warn(`Listing accounts for the chains: ${String(error)}`));
    }),
    stopWhenUnseen(views.accounts, accounts),
    stopWhenUnseen(views.chains, chains),
    ...Object.values(views),
    ...Object.values(providers),
    running,
    redraw,
  );
  const trees = new Trees({ ...parts, book, filter, providers, roots: { accounts, chains }, views, listening });
  return trees;
}
