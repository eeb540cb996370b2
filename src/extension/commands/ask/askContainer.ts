import { l10n, ThemeIcon, type QuickPickItem } from 'vscode';
import { isBackupError } from '../../../engine/errors.ts';
import { toolsFor } from '../../../engine/tools.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { input, type StepEnd } from '../../accounts/steps.ts';
import { containerNameProblem } from '../../words/blobNames.ts';
import type { CommandTools } from '../tools.ts';
import { browserOf, containersOf } from './listing.ts';
import { choose } from './quickInput.ts';

export interface ContainerQuestion {
  readonly title: string;
  readonly placeholder: string;
  readonly step: readonly [number, number];
  readonly canCreate: boolean;
}

type Item = QuickPickItem & { readonly container: string | undefined };

/** Asks for a container; a new one is made at once. */
export async function askContainer(account: StorageAccount, question: ContainerQuestion, tools: CommandTools): Promise<StepEnd<string>> {
  for (;;) {
    const canCreate = question.canCreate && account.scope === undefined;
    const end = await choose({ ...question, items: itemsOf(account, canCreate, tools) });
    if (typeof end === 'string') return end;
    if (end.value.container !== undefined) return { value: end.value.container };
    const typed = await input({
      title: question.title,
      step: question.step[0],
      totalSteps: question.step[1],
      placeholder: 'backups',
      prompt: l10n.t('Name of the new container in {0}', account.name),
      value: 'backups',
      validate: (text) => faultIn(containerNameProblem(text.trim(), l10n.t)),
    });
    if (typed === 'cancel') return 'cancel';
    if (typed === 'back') continue;
    const name = typed.value.trim();
    const browser = await browserOf(account, tools);
    const { retrier, signal } = toolsFor(tools.job);
    await retrier.repeat('create container', () => browser.createContainer(name, { signal }), signal);
    tools.trees.refresh();
    return { value: name };
  }
}

async function itemsOf(account: StorageAccount, canCreate: boolean, tools: CommandTools): Promise<Item[]> {
  const create: Item = { label: l10n.t('Create Container…'), iconPath: new ThemeIcon('add'), container: undefined, alwaysShow: true };
  const containers = await namesOf(account, tools);
  return [
    ...containers.map((container): Item => ({ label: container, iconPath: new ThemeIcon('folder'), container })),
    ...(canCreate ? [create] : []),
  ];
}

/** A key that may not list containers may still be good for one that is typed; then only that is offered. */
async function namesOf(account: StorageAccount, tools: CommandTools): Promise<string[]> {
  try {
    return await containersOf(account, tools);
  } catch (error) {
    if (account.scope && isBackupError(error, 'sasLacksPermission')) return [account.scope.container];
    throw error;
  }
}

/** For an input box. */
export function faultIn(message: string | undefined): { readonly message: string; readonly isWarning: false } | undefined {
  return message === undefined ? undefined : { message, isWarning: false };
}
