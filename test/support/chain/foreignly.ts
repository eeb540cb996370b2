import { BackupError } from '../../../src/engine/errors.ts';

/** What a foreigner wanted to do made no sense at that moment. */
export class RefusedToForeigner extends Error {}

/** Runs what somebody else does; what the service refuses them simply does not happen. */
export function foreignly(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof BackupError) && !(error instanceof RefusedToForeigner)) throw error;
  }
}
