import type { ChainFacts } from '../words/chain.ts';

/** What commands do with the trees of accounts and chains. */
export interface TreeActions {
  /** Lists again what the row shows; everything without one. */
  refresh(row?: unknown): void;
  /** Something about the blob with this URL has changed. */
  blobChanged(url: string): void;
  loadMore(row: unknown): void;
  retry(row: unknown): void;
  filter(): Promise<void>;
  clearFilter(): void;
  /** Every chain that is known, by the names of the disks; looked for first where the view of chains was never seen. */
  chains(): Promise<readonly ChainFacts[]>;
  /** Selects the row of a blob. False where no account that is known holds it. */
  reveal(url: string): Promise<boolean>;
}
