import type { JobOptions } from '../../../engine/tools.ts';
import type { AzureSession } from '../../session.ts';
import type { RunSettings } from '../../settings.ts';

/** What the jobs of runs are given. */
export interface JobContext {
  readonly session: AzureSession;
  readonly settings: RunSettings;
  readonly options: JobOptions;
  /** The run was begun before by this machine: what it left behind is its own. */
  readonly isResumed: boolean;
}
