import type { JobOptions } from '../../engine/tools.ts';
import type { AccountDirectory } from '../accounts/account.ts';
import type { Log } from '../log.ts';
import type { AzureSession } from '../session.ts';
import type { Voice } from '../words/voice.ts';

/** What the pages of differences work with. */
export interface DifferenceTools {
  readonly session: AzureSession;
  readonly directory: AccountDirectory;
  readonly job: JobOptions;
  readonly voice: Voice;
  readonly log: Log;
  /** Where both images have to be read: from so many bytes on that is asked first. Default: 1 GiB. */
  readonly askFrom?: number;
}
