import type { ProofLevel } from '../engine/proof/proof.ts';
import type { RetentionPolicy } from '../engine/retention/policy.ts';
import type { TransferChoice } from '../engine/transfer/pageMover.ts';

/** What `page-blob-backup.yaml` says, with its defaults filled in. */
export interface Policy {
  readonly rules: readonly ChainRule[];
}

/** Disks that are backed up alike. */
export interface ChainRule {
  /** For people. */
  readonly name: string | undefined;
  /** Blob endpoint of the disks' account: URL without slash at the end. */
  readonly account: string;
  /** Patterns `container/blob`; see `glob.ts`. */
  readonly blobs: readonly string[];
  /** Patterns of what the others match and is left out. */
  readonly except: readonly string[];
  /** Each disk is backed up to each of them. */
  readonly to: readonly Target[];
  readonly window: Window;
  /** Milliseconds over which the chains of a window are spread. */
  readonly jitter: number;
  /** Undefined: every point stays. */
  readonly retention: RetentionPolicy | undefined;
  readonly transfer: TransferChoice;
  readonly proof: ProofLevel | undefined;
  readonly keepSourceSnapshots: number;
  /** Undefined: points are verified by hand alone. */
  readonly verify?: VerifyRule | undefined;
}

/** How often the newest point of a chain is compared with the disk's snapshot, besides the proof that each backup ends with. */
export interface VerifyRule {
  /** Milliseconds. */
  readonly every: number;
  readonly proof: ProofLevel;
}

export interface Target {
  /** Blob endpoint of the backup account. */
  readonly account: string;
  /** Template of `container/blob`: `{account}`, `{container}`, `{blob}` and `{name}` (the last part of the blob's name) stand for those of the disk. */
  readonly blob: string;
  /** URL of the container or folder for the catalogues, where they cannot lie beside the backup blobs. */
  readonly catalogue: string | undefined;
}

/** When a chain is to be backed up: once in each stretch between two starts. */
export type Window =
  /** Starts are multiples of so many milliseconds since 1970, UTC. */
  { readonly kind: 'every'; readonly ms: number } | { readonly kind: 'cron'; readonly cron: string; readonly timeZone: string };
