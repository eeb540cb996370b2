import { problemOf } from '../words/problem.ts';
import type { Voice } from '../words/voice.ts';
import type { BranchNode, TreeNode } from './node.ts';
import { EmptyNode, LoadingNode, LoadMoreNode } from './nodes/noteNodes.ts';
import { ProblemNode } from './nodes/problemNode.ts';

/** What is drawn below a row: its children so far, and how the rest of them stands. */
export function childRows(branch: BranchNode, voice: Voice): readonly TreeNode[] {
  const { pages } = branch;
  const all: readonly TreeNode[] = pages.children;
  const children = branch.kind === 'chains' ? branch.pages.children.filter((child) => branch.isShown(child)) : all;
  switch (pages.state) {
    case 'idle':
    case 'loading':
      return [...children, new LoadingNode(branch, voice)];
    case 'failed':
      return [...children, new ProblemNode(branch, 'load', problemOf(pages.error, voice), voice)];
    case 'paused':
      return [...children, new LoadMoreNode(branch, children.length, voice)];
    case 'ended': {
      const words = children.length === 0 ? branch.empty() : undefined;
      return words ? [new EmptyNode(branch, words)] : children;
    }
  }
}

/** Whether a row has rows below it. */
export function isBranch(node: TreeNode): node is Extract<TreeNode, BranchNode> {
  return 'pages' in node;
}
