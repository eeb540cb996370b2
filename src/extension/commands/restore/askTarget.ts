import { l10n } from 'vscode';
import { formatAddress } from '../../../azure/blobAddress.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { input, type StepEnd } from '../../accounts/steps.ts';
import { blobNameProblem, containerNameProblem } from '../../words/blobNames.ts';
import { placeOf } from '../../words/places.ts';
import { faultIn } from '../ask/askContainer.ts';
import type { Refused } from './askFreePlace.ts';
import type { LaterStep } from './askSteps.ts';
import type { CommandTools } from '../tools.ts';

/** Asks in one step for a place in any account that is known: `account/container/name`. @returns URL of the blob */
export async function askTarget(
  suggested: string,
  refused: Refused,
  { title, step: [step, totalSteps] }: Parameters<LaterStep>[1],
  { directory }: CommandTools,
): Promise<StepEnd<string>> {
  const { accounts } = await directory.list(AbortSignal.timeout(60_000));
  const { account, path } = placeOf(suggested);
  const own = accounts.find(({ endpoint }) => suggested.startsWith(`${endpoint}/`));
  const end = await input({
    title,
    step,
    totalSteps,
    placeholder: 'account/container/name',
    prompt: l10n.t('Account, container and name of the blob. It must not exist: a restore never writes over a blob.'),
    value: `${own?.name ?? account}/${path}`,
    validate: (text) => {
      const { url, problem } = targetIn(text, accounts);
      return faultIn(problem ?? refused.get(url));
    },
  });
  return typeof end === 'string' ? end : { value: targetIn(end.value, accounts).url! };
}

type Target = { readonly url: string; readonly problem?: undefined } | { readonly url?: undefined; readonly problem: string };

/** Reads what was typed. A name may have slashes, the others may not. */
function targetIn(text: string, accounts: readonly StorageAccount[]): Target {
  const [name = '', container = '', ...rest] = text.trim().split('/');
  const blob = rest.join('/');
  if (container === '' || blob === '') return { problem: l10n.t('Type account/container/name.') };
  const problem = containerNameProblem(container, l10n.t) ?? blobNameProblem(blob, l10n.t);
  if (problem !== undefined) return { problem };
  // An account may be there as a whole and once more as what a SAS shows of it.
  const account = accounts.find((each) => each.name === name && each.scope?.blob === undefined);
  if (!account) return { problem: l10n.t('There is no account of that name among those that are known: attach it first.') };
  return { url: formatAddress({ endpoint: account.endpoint, account: undefined, container, blob, snapshot: undefined }) };
}
