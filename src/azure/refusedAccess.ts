import type { Answer, CallContext } from './errorMap.ts';
import type { Meaning } from './errorTable.ts';
import { lettersText, OPERATIONS } from './operations.ts';
import type { SasFacts } from './sasFacts.ts';

/** Clocks that differ by more than this are the likely cause of a refusal: the service allows 15 minutes (REST: Authorize with Shared Key). */
const MOST_SKEW_MS = 15 * 60_000;

/** No sign-in would mend this. */
const WRONG_KEY: Meaning = {
  code: 'accessDenied',
  what: 'the service did not accept the account key',
  hint: 'Check that it was copied whole, is of this account, and was not regenerated.',
};

/** Why access was refused, in words that say what to change; undefined where the plain table says it as well. */
export function refusedAccess(answer: Answer, context: CallContext): Meaning | undefined {
  if (answer.status !== 401 && answer.status !== 403) return undefined;
  if (answer.header('x-ms-copy-source-status-code') !== undefined || answer.code === 'CannotVerifyCopySource') return undefined;
  const serviceTime = Date.parse(answer.header('date') ?? '');
  const clock = Number.isNaN(serviceTime) ? context.now() : serviceTime;
  if (context.signedBy === 'sas') return refusedSas(answer, context, context.sas, clock);
  const skew = Math.abs(clock - context.now());
  if (skew > MOST_SKEW_MS && isAuthentication(answer)) return wrongClock(skew);
  if (context.signedBy === 'key' && isAuthentication(answer)) return WRONG_KEY;
  if (context.signedBy === 'token' && isAuthorization(answer)) return missingRole(context);
  return undefined;
}

function refusedSas(answer: Answer, context: CallContext, sas: SasFacts | undefined, clock: number): Meaning | undefined {
  const begins = Date.parse(sas?.starts ?? '');
  const ends = Date.parse(sas?.expires ?? '');
  const untimely = /not valid in the specified time frame/i.test(answer.text);
  if (begins > clock) {
    return { code: 'sasExpired', what: `the SAS is not valid before ${sas?.starts}`, hint: 'Wait until then or ask for a new SAS.' };
  }
  if (untimely || ends <= clock) {
    const when = sas?.expires === undefined ? '' : ` on ${sas.expires}`;
    return { code: 'sasExpired', what: `the SAS expired${when}`, hint: 'Give a new SAS and run the same command again.' };
  }
  if (isAuthentication(answer)) {
    return {
      code: 'accessDenied',
      what: 'the service did not accept the SAS',
      hint:
        sas?.resource === 'b' || sas?.resource === 'bs'
          ? 'It is for one blob only: check that it is for this one, that it was copied whole, and that its key was not changed.'
          : 'Check that it was copied whole and that its key was not changed.',
    };
  }
  return isAuthorization(answer) ? missingLetter(context, sas) : undefined;
}

function missingLetter(context: CallContext, sas: SasFacts | undefined): Meaning | undefined {
  const { letters, rest } = OPERATIONS[context.operation];
  const oneBlob = sas?.resource === 'b' || sas?.resource === 'bs';
  if (oneBlob && letters === 'l') {
    return {
      code: 'sasLacksPermission',
      what: `the SAS is for one blob, and ${rest} needs one for the container`,
      hint: 'Give a SAS of the container with l (list).',
    };
  }
  const has = sas?.permissions;
  if (has === undefined || letters === '' || letters.split('').some((letter) => has.includes(letter))) return undefined;
  return {
    code: 'sasLacksPermission',
    what: `the SAS lacks permission ${lettersText(letters)}; it has "${has}"`,
    hint: `Give a SAS whose permissions (sp) hold ${lettersText(letters)}.`,
  };
}

function missingRole(context: CallContext): Meaning {
  const { action } = OPERATIONS[context.operation];
  const [name, role] =
    action === 'generateUserDelegationKey'
      ? ['generateUserDelegationKey/action', 'Storage Blob Delegator']
      : [`containers/blobs/${action}`, action === 'read' ? 'Storage Blob Data Reader' : 'Storage Blob Data Contributor'];
  return {
    code: 'accessDenied',
    what: `the account that is signed in lacks the action Microsoft.Storage/storageAccounts/blobServices/${name}`,
    hint: `Ask for the role "${role}" on the storage account; a new role takes some minutes to work. If it is there, check the account's firewall.`,
  };
}

function wrongClock(skew: number): Meaning {
  return {
    code: 'clockSkew',
    what: `this machine's clock is ${Math.round(skew / 60_000)} minutes off, and the service therefore refuses its requests`,
    hint: 'Set the clock and try again.',
  };
}

function isAuthentication(answer: Answer): boolean {
  return answer.status === 401 || answer.code === 'AuthenticationFailed' || answer.code === 'InvalidAuthenticationInfo';
}

function isAuthorization(answer: Answer): boolean {
  return [
    'AuthorizationPermissionMismatch',
    'AuthorizationFailure',
    'InsufficientAccountPermissions',
    'AuthorizationResourceTypeMismatch',
  ].includes(answer.code ?? '');
}
