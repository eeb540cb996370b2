import type { Event } from 'vscode';
import type { Phase } from '../../engine/events.ts';
import type { ProofLevel } from '../../engine/proof/proof.ts';
import type { SnapshotId } from '../../engine/pageBlob.ts';

/** What a run does, as plain data without secrets: enough to do it again after a reload or on another machine. */
export type RunSpec =
  | {
      readonly job: 'backup';
      readonly source: string;
      readonly backup: string;
      readonly full: boolean;
      readonly adopt: boolean;
      readonly schedule?: ScheduledBy;
    }
  | {
      readonly job: 'verify';
      readonly backup: string;
      readonly source: string | undefined;
      readonly number: number | undefined;
      /** How much is read; as the settings say unless given. */
      readonly proof?: ProofLevel;
      readonly schedule?: ScheduledBy;
    }
  /** Every chain in an account (blob endpoint), or in one of its containers; `place` is the URL of either. */
  | { readonly job: 'verifyAll'; readonly place: string; readonly account: string; readonly container: string | undefined }
  | { readonly job: 'copy'; readonly source: string; readonly target: string }
  | PromoteSpec
  | RestoreSpec;

/** A backup or a verification that a policy asked for. What the policy says of the chain is looked up when the run works, so that it is never older than the file. */
export interface ScheduledBy {
  /** URI of the policy file. */
  readonly policy: string;
  /** Container or folder of the catalogue, where it does not lie beside the backup blob. */
  readonly catalogue?: string | undefined;
}

/** A run on a chain that a policy may speak of. */
export interface PolicyRun {
  readonly source: string;
  readonly backup: string;
  readonly schedule?: ScheduledBy | undefined;
}

/** A snapshot that the service copies over the blob it is of. */
export interface PromoteSpec {
  readonly job: 'promote';
  /** URL without query. */
  readonly blob: string;
  readonly snapshot: SnapshotId;
  /** Names it through all its tries. */
  readonly promotion: string;
}

/** A recovery point that is brought back; every URL is without query. */
export type RestoreSpec = RestoredPoint &
  (
    | { readonly job: 'restore'; readonly target: string; readonly tier: string | undefined }
    /** The same, and backups go on: the point becomes a backup blob of its own, the first of a new chain. */
    | { readonly job: 'restoreChain'; readonly target: string; readonly tier: string | undefined; readonly newBackup: string }
    | { readonly job: 'restoreFile'; readonly path: string }
    /** The disk itself, `source`, is written in place. */
    | { readonly job: 'rewind' }
  );

export interface RestoredPoint {
  /** The disk that it is a point of. */
  readonly source: string;
  readonly backup: string;
  readonly point: SnapshotId;
  /** Number of the point. */
  readonly number: number;
  /** The user knows that a verification found it wrong. */
  readonly evenIfFailed: boolean;
}

/** `resumable`: interrupted, by its user or because its window closed. */
export type RunState = 'running' | 'resumable' | 'done' | 'failed';

export interface RunRecord {
  readonly id: string;
  readonly spec: RunSpec;
  /** "Backing up disk.vhd" */
  readonly title: string;
  readonly state: RunState;
  readonly phase: Phase | undefined;
  /** Bytes of bytes in the phase. */
  readonly done: number;
  readonly total: number;
  readonly bytesPerSecond: number;
  /** Milliseconds of the wall clock. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Bytes that it changed or copied, once it is done. */
  readonly moved: number | undefined;
  /** What came of it, or why it failed, in plain words. */
  readonly outcome: string | undefined;
  /** Stable code of the failure. */
  readonly errorCode: string | undefined;
  /** The window that runs it and when it last said so; a record whose window is gone is resumable. */
  readonly owner: string;
  readonly heardAt: number;
}

/** All runs that this machine knows; survives a reload of the window. */
export interface RunRegistry {
  readonly onDidChange: Event<RunRecord | undefined>;
  all(): readonly RunRecord[];
  /** Starts a run with one cancellable notification. Two runs on one backup blob are refused. Resolves when it has ended, whatever the end. */
  start(spec: RunSpec): Promise<RunRecord>;
  /** The same, for those who follow it: `id` is undefined where the run was refused, and `ended` is then the one that was in the way. */
  begin(spec: RunSpec): { readonly id: string | undefined; readonly ended: Promise<RunRecord> };
  /** Stops a run of this window in order. @returns false where it is not this window's */
  cancel(id: string): boolean;
  resume(id: string): Promise<RunRecord>;
  forget(id: string): void;
}
