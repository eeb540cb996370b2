import { l10n } from 'vscode';
import { formatAddress } from '../../../azure/blobAddress.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { input, runSteps } from '../../accounts/steps.ts';
import { blobNameProblem } from '../../words/blobNames.ts';
import type { CommandTools } from '../tools.ts';
import { askAccount } from './askAccount.ts';
import { askContainer, faultIn } from './askContainer.ts';
import { went } from './quickInput.ts';

export interface PlaceQuestion {
  readonly title: string;
  /** URL of the blob that goes there. */
  readonly from: string;
  /** Name that is offered. */
  readonly name: string;
  readonly accountPlaceholder: string;
  readonly containerPlaceholder: string;
  readonly namePrompt: string;
}

/** Asks where something goes: account, container (a new one if need be), name. @returns the blob's URL, undefined when the user turns away */
export async function askPlace(question: PlaceQuestion, tools: CommandTools): Promise<string | undefined> {
  const { title } = question;
  const own = endpointOf(question.from, tools);
  let account: StorageAccount | undefined;
  let container = '';
  let name = '';
  const steps = [
    async () =>
      went(
        await askAccount({ title, step: [1, 3], placeholder: question.accountPlaceholder, last: own }, tools),
        (value) => (account = value),
      ),
    async () =>
      went(
        await askContainer(account!, { title, step: [2, 3], placeholder: question.containerPlaceholder, canCreate: true }, tools),
        (value) => (container = value),
      ),
    async () => {
      const validate = (text: string) => faultIn(blobNameProblem(text.trim(), l10n.t));
      const prompt = question.namePrompt;
      const end = await input({ title, step: 3, totalSteps: 3, placeholder: question.name, prompt, value: question.name, validate });
      return went(end, (value) => (name = value.trim()));
    },
  ];
  const isDone = await runSteps((at) => steps[at]);
  return isDone
    ? formatAddress({ endpoint: account!.endpoint, account: undefined, container, blob: name, snapshot: undefined })
    : undefined;
}

function endpointOf(url: string, { directory }: CommandTools): string | undefined {
  return directory.endpoints().find((endpoint) => url.startsWith(`${endpoint}/`));
}
