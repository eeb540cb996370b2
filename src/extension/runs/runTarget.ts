import { urlKey } from '../words/places.ts';
import type { RestoreSpec, RunSpec } from './run.ts';

/**
 * What a run must have to itself: what it writes, and the blob whose chain it judges or needs as it is. Two runs with one of them in common are
 * refused. The first is the blob that the run is seen at in the trees.
 */
export function targetsOf(spec: RunSpec): readonly [string, ...string[]] {
  switch (spec.job) {
    case 'backup':
      return [urlKey(spec.backup)];
    case 'verify':
      // One that a policy asked for keeps no backup waiting: if that is done first, the newer point is verified another time.
      return [spec.schedule ? `${urlKey(spec.backup)} verified` : urlKey(spec.backup)];
    case 'verifyAll':
      return [urlKey(spec.place)];
    case 'copy':
    case 'restore':
      return [urlKey(spec.target)];
    case 'promote':
      return [urlKey(spec.blob)];
    case 'restoreChain':
      return [urlKey(spec.target), urlKey(spec.newBackup)];
    case 'restoreFile':
      return [spec.path];
    case 'rewind':
      // A backup meanwhile would be of a disk that is half way back, and delete the anchor that tells what changed.
      return [urlKey(spec.source), urlKey(spec.backup)];
  }
}

/** The blob that the run is about, for people. */
export function subjectOf(spec: RunSpec): string {
  if (spec.job === 'promote') return spec.blob;
  if (spec.job === 'verifyAll') return spec.place;
  return spec.job === 'verify' ? (spec.source ?? spec.backup) : spec.source;
}

/** Whether another try goes on with what an interrupted one has left. */
export function goesOn(spec: RunSpec): boolean {
  return spec.job === 'backup' || spec.job === 'promote' || isRestoreSpec(spec);
}

export function isRestoreSpec(spec: RunSpec): spec is RestoreSpec {
  return spec.job === 'restore' || spec.job === 'restoreChain' || spec.job === 'restoreFile' || spec.job === 'rewind';
}

/** Blobs that are not as they were once the run has ended, by URL. */
export function changedBy(spec: RunSpec): readonly string[] {
  switch (spec.job) {
    case 'backup':
      return [spec.backup, spec.source];
    case 'verify':
      return [spec.backup];
    case 'verifyAll':
      return [];
    case 'copy':
    case 'restore':
      return [spec.target];
    case 'promote':
      return [spec.blob];
    case 'restoreChain':
      return [spec.target, spec.newBackup];
    case 'restoreFile':
      return [];
    case 'rewind':
      return [spec.source, spec.backup];
  }
}

/** The blob to look at once the run is done; undefined where it made none. */
export function productOf(spec: RunSpec): string | undefined {
  return spec.job === 'backup' ? spec.backup : spec.job === 'verify' ? subjectOf(spec) : changedBy(spec)[0];
}
