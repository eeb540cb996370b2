import { workspace } from 'vscode';
import { PROOF_LEVELS, type ProofLevel } from '../engine/proof/proof.ts';
import { DEFAULT_LIMITS, type Limits } from '../engine/transfer/concurrency.ts';
import type { TransferChoice } from '../engine/transfer/pageMover.ts';
import { SETTINGS } from './names.ts';

/** How runs work, as the user set it. */
export interface RunSettings {
  readonly transfer: TransferChoice;
  /** Undefined: the engine chooses by the way the pages go. */
  readonly proof: ProofLevel | undefined;
  readonly keepSourceSnapshots: number;
  readonly limits: Limits;
}

const TRANSFERS: readonly TransferChoice[] = ['auto', 'server', 'relay'];

/** Read at the start of each run; a value that makes no sense counts as the default. */
export function readRunSettings(): RunSettings {
  const transfer = read(SETTINGS.transfer);
  const proof = read(SETTINGS.proof);
  return {
    transfer: TRANSFERS.find((each) => each === transfer) ?? 'auto',
    proof: PROOF_LEVELS.find((each) => each === proof),
    keepSourceSnapshots: whole(read(SETTINGS.keepSourceSnapshots), 1, 100) ?? 1,
    limits: { ...DEFAULT_LIMITS, calls: whole(read(SETTINGS.concurrency), 1, 128) ?? DEFAULT_LIMITS.calls },
  };
}

function read(name: string): unknown {
  return workspace.getConfiguration('pageBlobBackup').get(name);
}

function whole(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
