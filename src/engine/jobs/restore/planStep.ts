import type { Estimate } from '../estimate.ts';

/** One step of a restore as it is planned, for people: what will be done, in order, and what need not be. */
export interface PlanStep {
  readonly step: 'promote' | 'snapshotBackup' | 'copy' | 'snapshotDisk' | 'safetySnapshot' | 'writeBack' | 'prove' | 'record' | 'download';
  /** What the step makes or writes: URL without query, or path. */
  readonly target: string;
  /** `serviceCopy`: inside the account by the service, no byte through here. Undefined for steps that move no pages. */
  readonly by: 'serviceCopy' | 'pages' | undefined;
  /** Undefined where it moves nothing, or nobody can tell before it has been read. */
  readonly estimate: Estimate | undefined;
  /** Why the step is not needed, in plain words; undefined for one that will be done. */
  readonly skipped: string | undefined;
}
