import { isBackupError, type BackupError, type ErrorCode } from '../../errors.ts';

/** `stops`: the next backup would fail. `risk`: points may be lost, or the next backup costs far more. `note`: good to know. */
export type FindingLevel = 'stops' | 'risk' | 'note';

export type Place = 'source' | 'backup' | 'catalogue' | 'machine';

/** Something that would hurt a chain, or is needed by it. */
export interface Finding {
  /** Stable, for scripts. */
  readonly code: string;
  readonly level: FindingLevel;
  readonly place: Place;
  /** What is so, and why it matters, in plain words. */
  readonly text: string;
  /** Exactly what to do; undefined where there is nothing to do. */
  readonly remedy: string | undefined;
}

/** Something that could not be looked at, and why. It is not known to be well. */
export interface Unseen {
  readonly what: string;
  readonly place: Place;
  readonly reason: string;
}

/** What one part of the check came to. */
export interface Findings {
  readonly findings: readonly Finding[];
  readonly unseen: readonly Unseen[];
}

/** Refusals of a reader who may not see something; others are failures of the check itself. */
const CLOSED: readonly ErrorCode[] = [
  'accessDenied',
  'sasLacksPermission',
  'signInNeeded',
  'notSupported',
  'badInput',
  'containerNotFound',
  'blobNotFound',
];

/** What `look` finds, or that it could not look. @throws whatever says nothing about permissions: cancelled, network, service errors */
export async function orUnseen<T>(
  what: string,
  place: Place,
  look: () => Promise<T>,
): Promise<{ readonly seen: T } | { readonly unseen: Unseen }> {
  try {
    return { seen: await look() };
  } catch (error) {
    if (!isBackupError(error, ...CLOSED)) throw error;
    return { unseen: { what, place, reason: error.message } };
  }
}

/** A failure as a finding: its own words are what is wrong and what to do. */
export function stopping(place: Place, { code, message, hint }: BackupError): Finding {
  return { code, level: 'stops', place, text: message, remedy: hint };
}
