import { BackupError, isBackupError, throwIfCancelled } from '../../engine/errors.ts';
import type { CallOptions } from '../../engine/pageBlob.ts';
import type { ToldRules } from '../../engine/surroundings.ts';
import { forEachBounded } from '../../engine/transfer/concurrency.ts';
import type { Credential } from '../tokens.ts';
import { accountRules, type RulesOf } from './accountRules.ts';
import { AT_ONCE, type ArmEndpoint } from './arm.ts';
import { subscriptionClient } from './armClients.ts';
import { armError } from './armError.ts';
import { armAt, armOf } from './clouds.ts';

export interface AskForRules extends CallOptions {
  /** The one subscription to look in; all that the sign-in sees unless named. */
  readonly subscription?: string | undefined;
  /** URL of an Azure Resource Manager, for endpoints that lie in none of the clouds that are known. */
  readonly resourceManager?: string | undefined;
}

/** People wait for this, and backups do without it. */
const PATIENCE_MS = 60_000;

/**
 * What Azure Resource Manager tells of an account, looked for by its blob endpoint in the subscriptions of the directory that is signed in to. Whatever
 * goes wrong is said in the answer: a check goes on without.
 * @throws cancelled; badInput for the URL of a resource manager that is none
 */
export async function toldRules(
  of: RulesOf,
  credential: Credential,
  { subscription, resourceManager, signal }: AskForRules,
): Promise<ToldRules> {
  const arm = resourceManager === undefined ? armOf(of.endpoint) : named(resourceManager);
  if (!arm) {
    return {
      untold: 'The account is in none of the clouds of Azure, so nobody knows its Azure Resource Manager (--resource-manager <url>).',
    };
  }
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const both = signal ? AbortSignal.any([signal, patience]) : patience;
  try {
    const subscriptions = subscription === undefined ? await subscriptionsOf(arm, credential, both) : [subscription];
    return await look(of, arm, credential, subscriptions, both);
  } catch (error) {
    throwIfCancelled(signal);
    if (patience.aborted) return { untold: 'Azure Resource Manager did not answer within a minute.' };
    const { message, hint } = armError(error, 'the subscriptions', signal);
    return { untold: `Azure Resource Manager could not be asked. ${message}${hint === undefined ? '' : ` ${hint}`}` };
  }
}

async function look(
  of: RulesOf,
  arm: ArmEndpoint,
  credential: Credential,
  subscriptions: readonly string[],
  signal: AbortSignal,
): Promise<ToldRules> {
  let found: ToldRules | undefined;
  const problems: BackupError[] = [];
  const ask = async (id: string): Promise<void> => {
    if (found) return;
    try {
      found = (await accountRules(arm, credential, id, of, { signal })) ?? found;
    } catch (error) {
      throwIfCancelled(signal);
      if (!isBackupError(error)) throw error;
      problems.push(error);
    }
  };
  await forEachBounded(subscriptions, AT_ONCE, () => 0, ask, signal);
  if (found) return found;
  const where = subscriptions.length === 1 ? 'The subscription' : `None of ${subscriptions.length} subscriptions`;
  const has = subscriptions.length === 1 ? 'does not show this account' : 'shows this account';
  const why = problems[0] === undefined ? '' : ` ${problems[0].message}`;
  return {
    untold: `${where} ${has} to this sign-in.${why} Ask for the role "Reader" on it, or sign in to its directory and name its subscription (--subscription <id>).`,
  };
}

/** REST: Subscriptions - List, in the directory that is signed in to. */
async function subscriptionsOf(arm: ArmEndpoint, credential: Credential, signal: AbortSignal): Promise<string[]> {
  const client = await subscriptionClient(arm, credential);
  const ids: string[] = [];
  for await (const { subscriptionId, state } of client.subscriptions.list({ abortSignal: signal })) {
    if (subscriptionId && state !== 'Deleted') ids.push(subscriptionId);
  }
  return ids;
}

/** A token is shown to it. */
function named(url: string): ArmEndpoint {
  if (URL.canParse(url) && new URL(url).protocol === 'https:' && new URL(url).search === '') return armAt(url);
  throw new BackupError('badInput', 'The Azure Resource Manager (--resource-manager) must be an https URL without a query.', {
    unharmed: 'Nothing was sent.',
  });
}
