import { isBackupError, type BackupError } from '../../engine/errors.ts';
import type { RowWords, Voice } from './voice.ts';

/** Something that kept rows from being listed, for people. */
export interface Problem {
  /** `No access` */
  readonly reason: string;
  /** What happened, in a sentence. */
  readonly text: string;
  /** That, what was not harmed, and what to do. */
  readonly fullText: string;
  readonly remedy: 'retry' | 'signIn';
}

export function problemOf(error: unknown, voice: Voice): Problem {
  if (isBackupError(error)) {
    const remedy = error.code === 'signInNeeded' ? 'signIn' : 'retry';
    return { reason: reasonOf(error, voice), text: error.message, fullText: error.fullText, remedy };
  }
  const text = voice.t('Something went wrong that should not. The log has the details.');
  return { reason: voice.t('Unexpected'), text, fullText: text, remedy: 'retry' };
}

export function describeProblem({ reason, text, remedy }: Problem, voice: Voice): RowWords {
  const todo = remedy === 'signIn' ? voice.t('Select to sign in.') : voice.t('Select to try again.');
  return {
    label: reason,
    description: text,
    icon: remedy === 'signIn' ? { id: 'account' } : { id: 'warning', color: 'list.warningForeground' },
    speech: `${reason}: ${text} ${todo}`,
  };
}

function reasonOf({ code }: BackupError, { t }: Voice): string {
  switch (code) {
    case 'signInNeeded':
      return t('Not signed in');
    case 'accessDenied':
      return t('No access');
    case 'sasExpired':
      return t('The SAS has expired');
    case 'sasLacksPermission':
      return t('The SAS allows too little');
    case 'clockSkew':
      return t('This machine’s clock is wrong');
    case 'hostNotFound':
    case 'accountNotFound':
      return t('Account not found');
    case 'containerNotFound':
      return t('Container not found');
    case 'blobNotFound':
      return t('Blob not found');
    case 'network':
    case 'timedOut':
      return t('No answer');
    case 'throttled':
    case 'serviceFailed':
      return t('The service is failing');
    case 'integrity':
      return t('Cannot be read');
    default:
      return t('Could not be listed');
  }
}
