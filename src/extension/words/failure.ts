import { isBackupError, type BackupError } from '../../engine/errors.ts';
import type { Voice } from './voice.ts';

/** What may mend a failure with one press. */
export type Remedy = 'signIn' | 'attach' | 'resume' | 'retry' | 'takeOver' | 'showLog';

/** A failure for people: never a stack, never a bare code. */
export interface Failure {
  readonly text: string;
  /** `calm`: nobody is to blame, such as another machine at work. `none`: the user's own doing, so nothing needs to be said. */
  readonly severity: 'error' | 'warning' | 'calm' | 'none';
  readonly remedies: readonly Remedy[];
  readonly code: string;
}

export function failureOf(error: unknown, voice: Voice): Failure {
  if (!isBackupError(error)) {
    const text = voice.t(
      'Something happened that Page Blob Backup did not expect. Recovery points that were made before are as they were.',
    );
    return { text, severity: 'error', remedies: ['showLog'], code: 'unexpected' };
  }
  const text = [error.message, error.unharmed, hintOf(error, voice)].filter(Boolean).join(' ');
  return { text, code: error.code, severity: severityOf(error), remedies: remediesOf(error) };
}

/** Some hints of the engine speak of the command line; here the way out is a button or a command. */
function hintOf({ code, hint }: BackupError, { t }: Voice): string | undefined {
  switch (code) {
    case 'signInNeeded':
      return t('Sign in, or attach the account with a connection string, key or SAS.');
    case 'notOurs':
      if (hint?.includes('--adopt')) return t('Choose another name, or take the blob over: it is then made equal to the disk.');
      break;
    case 'integrity':
      if (hint?.includes('--even-if-failed'))
        return t('Restore another point. Where there is no other, this one is restored when you agree to that.');
      if (hint?.includes('"verify"')) return t('Restore another point, and verify this one.');
      break;
    case 'noSpace':
      if (/same command/.test(hint ?? '')) return t('Make room and resume: it goes on from there.');
      break;
    default:
  }
  if (hint?.includes('"points"')) return t('Refresh the tree to see the points that there are.');
  return /^Run the same command again\.$/.test(hint ?? '') ? t('Try it again.') : hint;
}

function severityOf({ code }: BackupError): Failure['severity'] {
  if (code === 'cancelled') return 'none';
  if (code === 'busy' || code === 'superseded') return 'calm';
  return code === 'signInNeeded' || code === 'copyPending' || code === 'leaseHeld' ? 'warning' : 'error';
}

function remediesOf({ code, hint, retryable, service }: BackupError): readonly Remedy[] {
  switch (code) {
    case 'signInNeeded':
      return ['signIn', 'attach'];
    case 'sasExpired':
    case 'sasLacksPermission':
      return ['attach', 'showLog'];
    case 'accessDenied':
      // A key or SAS that is not accepted is mended by another one, a missing role is not.
      return service?.code === 'AuthenticationFailed' ? ['attach', 'showLog'] : ['showLog'];
    case 'accountNotFound':
    case 'hostNotFound':
      return ['showLog'];
    case 'busy':
    case 'superseded':
    case 'copyPending':
    case 'leaseHeld':
      return ['retry'];
    case 'notOurs':
      return hint?.includes('--adopt') ? ['takeOver'] : ['showLog'];
    case 'leaseLost':
    case 'epochMoved':
    case 'conditionNotMet':
      return ['resume', 'showLog'];
    default:
      return retryable ? ['resume', 'showLog'] : ['showLog'];
  }
}
