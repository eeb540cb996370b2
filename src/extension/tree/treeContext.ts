import type { JobOptions } from '../../engine/tools.ts';
import type { AccountDirectory } from '../accounts/account.ts';
import type { Log } from '../log.ts';
import type { AzureSession } from '../session.ts';
import type { BackupHere } from '../words/standing.ts';
import type { Voice } from '../words/voice.ts';
import type { ChainBook } from './chains/chainBook.ts';
import type { BlobFilter } from './filter.ts';
import type { TreeNode } from './node.ts';

/** What the rows of one view share. */
export interface TreeContext {
  readonly directory: AccountDirectory;
  readonly session: AzureSession;
  /** Whose catalogue one is that does not lie beside a backup blob. */
  readonly places?: { backupOf(catalogue: string): Promise<string> } | undefined;
  readonly book: ChainBook;
  /** World and patience for short questions. */
  readonly job: JobOptions;
  readonly voice: Voice;
  readonly log: Log;
  /** This machine's backup of a disk that is under way or was interrupted, by the disk's key. */
  readonly backupOf: (diskKey: string) => BackupHere | undefined;
  readonly filter: () => BlobFilter | undefined;
  /** Has the row drawn again, with its children where it is open; undefined is the whole view. */
  readonly changed: (node: TreeNode | undefined) => void;
}
