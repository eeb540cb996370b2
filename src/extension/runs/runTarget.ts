import { urlKey } from '../words/places.ts';
import type { RunSpec } from './run.ts';

/** What a run must have to itself: the blob it writes or whose chain it judges. Two runs with the same one are refused. */
export function targetOf(spec: RunSpec): string {
  return urlKey(spec.job === 'copy' ? spec.target : spec.backup);
}

/** The blob that the run is about, for people. */
export function subjectOf(spec: RunSpec): string {
  return spec.job === 'verify' ? (spec.source ?? spec.backup) : spec.source;
}
