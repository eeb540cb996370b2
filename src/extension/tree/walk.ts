import { isBranch } from './childRows.ts';
import type { BranchNode, TreeNode } from './node.ts';
import type { BlobNode } from './nodes/blobNode.ts';
import type { ChainNode } from './nodes/chainNode.ts';

/** Every row that was loaded, parents first. Starts nothing. */
export function* loadedRows(branch: BranchNode): Generator<TreeNode> {
  const children: readonly TreeNode[] = branch.pages.children;
  for (const child of children) {
    yield child;
    if (isBranch(child)) yield* loadedRows(child);
  }
}

/** Loaded rows that tell of a blob or chain with one of these keys. */
export function rowsAbout(branch: BranchNode, keys: ReadonlySet<string>): (BlobNode | ChainNode)[] {
  const rows: (BlobNode | ChainNode)[] = [];
  for (const row of loadedRows(branch)) {
    if (row.kind === 'blob' && row.keys.some((key) => keys.has(key))) rows.push(row);
    if (row.kind === 'chain' && keys.has(row.key)) rows.push(row);
  }
  return rows;
}
