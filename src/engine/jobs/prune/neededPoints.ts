import { readOpenRun, type OpenRun } from '../../chain/openRun.ts';
import { isBackupError } from '../../errors.ts';
import type { PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { Tools } from '../../tools.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';
import type { PruneRequest } from './plan.ts';

/** Unfinished work that needs a point: a restore onto the disk, another restore, a run that builds on it. */
export type Unfinished = 'restoreOntoDisk' | 'restore' | 'run';

/** Which points unfinished work needs. */
export interface NeededPoints {
  needFor(number: number, snapshot: SnapshotId): Unfinished | undefined;
  /** @returns a clause for people, undefined where none needs it */
  reasonFor(number: number, snapshot: SnapshotId): string | undefined;
  readonly warnings: readonly string[];
}

const REASONS: Readonly<Record<Unfinished, string>> = {
  restoreOntoDisk: 'a restore onto the disk that is not finished needs it',
  restore: 'a restore that is not finished needs it',
  run: 'a run that is not finished builds on it',
};

/**
 * Looks at the records of open runs: on the backup blob, where the run builds on its parent, and on the disk, which a rewind or restore that is not
 * finished can only mend from its point. A restore to another blob or to a file leaves no record here: hold its point.
 */
export async function neededPoints({ backup, source }: Pick<PruneRequest, 'backup' | 'source'>, tools: Tools): Promise<NeededPoints> {
  const warnings: string[] = [];
  const ours = await openRunOn(backup, tools);
  let disk: OpenRun | undefined;
  try {
    disk = source && (await openRunOn(source, tools));
  } catch (error) {
    if (!isBackupError(error) || error.code === 'cancelled') throw error;
    warnings.push(`The disk cannot be looked at, so a rewind of it that is not finished would not be noticed: ${error.message}`);
  }
  const needFor = (number: number, snapshot: SnapshotId): Unfinished | undefined => {
    const { label } = backup.image(snapshot);
    if (disk?.source === label) return 'restoreOntoDisk';
    if (ours?.source === label) return 'restore';
    return ours?.parent === number ? 'run' : undefined;
  };
  return {
    warnings,
    needFor,
    reasonFor(number, snapshot) {
      const need = needFor(number, snapshot);
      return need && REASONS[need];
    },
  };
}

async function openRunOn(blob: PageBlob, { retrier, signal }: Tools): Promise<OpenRun | undefined> {
  const properties = await retrier.repeat('properties', () => propertiesIfThere(blob, signal), signal);
  return properties && readOpenRun(properties.metadata);
}
