import { Disposable, type TreeView } from 'vscode';
import { isBranch } from './childRows.ts';
import type { TreeNode } from './node.ts';
import type { AccountsRoot } from './roots/accountsRoot.ts';
import type { ChainsRoot } from './roots/chainsRoot.ts';

/** Gives up loading what nobody looks at: a row that was closed, and the search for chains when its view is hidden; that goes on when it is seen again. */
export function stopWhenUnseen(view: TreeView<TreeNode>, root: AccountsRoot | ChainsRoot): Disposable {
  let wasStopped = false;
  return Disposable.from(
    view.onDidExpandElement(({ element }) => {
      if (element.kind === 'container') element.shelf.resume();
      if (element.kind === 'account') element.only?.resume();
    }),
    view.onDidCollapseElement(({ element }) => {
      if (!isBranch(element)) return;
      element.pages.stop();
      if (element.kind === 'container') element.shelf.stop();
      if (element.kind === 'account') element.only?.stop();
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (root.kind === 'accounts') return;
      if (visible && wasStopped) void root.pages.more();
      wasStopped = !visible && root.pages.state === 'loading';
      if (wasStopped) root.pages.stop();
    }),
  );
}
