import { QuickInputButtons, window, type QuickPickItem } from 'vscode';
import type { StepEnd } from '../../accounts/steps.ts';

export interface ChoiceOptions<Item extends QuickPickItem> {
  readonly title: string;
  readonly placeholder: string;
  /** May take its time, which is seen. */
  readonly items: readonly Item[] | Promise<readonly Item[]>;
  /** Which question of how many; from the second on there is a way back. */
  readonly step?: readonly [number, number];
}

/** A step with a list that has to be fetched first. @throws what fetching it throws */
export async function choose<Item extends QuickPickItem>({ title, placeholder, items, step }: ChoiceOptions<Item>): Promise<StepEnd<Item>> {
  const pick = window.createQuickPick<Item>();
  const { promise, resolve, reject } = Promise.withResolvers<StepEnd<Item>>();
  pick.title = title;
  pick.placeholder = placeholder;
  if (step) [pick.step, pick.totalSteps] = step;
  pick.buttons = step && step[0] > 1 ? [QuickInputButtons.Back] : [];
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  pick.onDidTriggerButton(() => resolve('back'));
  pick.onDidHide(() => resolve('cancel'));
  pick.onDidAccept(() => {
    const [value] = pick.selectedItems;
    if (value) resolve({ value });
  });
  pick.show();
  try {
    const fill = async (): Promise<void> => {
      pick.items = await items;
      pick.busy = false;
    };
    fill().catch(reject);
    return await promise;
  } finally {
    pick.dispose();
  }
}

/** Takes the value of a step's end, and tells where to go. */
export function went<T>(end: StepEnd<T>, take: (value: T) => void): 'next' | 'back' | 'cancel' {
  if (typeof end === 'string') return end;
  take(end.value);
  return 'next';
}
