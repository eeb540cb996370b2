import * as vscode from 'vscode';
import { linkless } from '../notices.ts';

/** A value, or where the user wants to go instead. */
export type StepEnd<T> = { readonly value: T } | 'back' | 'cancel';

interface StepOptions {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly placeholder: string;
}

export interface PickOptions<Item extends vscode.QuickPickItem> extends StepOptions {
  readonly items: readonly Item[];
}

export interface InputOptions extends StepOptions {
  readonly prompt: string;
  readonly value?: string;
  /** Hides what is typed. */
  readonly password?: boolean;
  /** Looks at what is typed; it never keeps anybody from typing, and an error keeps Enter from going on. */
  readonly validate: (value: string) => InputFault | undefined;
}

/** `message` may be empty: Enter does nothing, and nothing is said. */
export interface InputFault {
  readonly message: string;
  readonly isWarning: boolean;
}

/** One step with a list. */
export function pick<Item extends vscode.QuickPickItem>(options: PickOptions<Item>): Promise<StepEnd<Item>> {
  const view = vscode.window.createQuickPick<Item>();
  view.items = options.items;
  view.placeholder = options.placeholder;
  view.matchOnDescription = true;
  view.matchOnDetail = true;
  return show(view, options, (end) => {
    const [item] = view.selectedItems;
    if (item) end({ value: item });
  });
}

/** One step with a text. */
export function input(options: InputOptions): Promise<StepEnd<string>> {
  const view = vscode.window.createInputBox();
  view.prompt = options.prompt && linkless(options.prompt);
  view.placeholder = options.placeholder;
  view.value = options.value ?? '';
  view.password = options.password ?? false;
  const look = (): InputFault | undefined => {
    const fault = options.validate(view.value);
    const { Warning, Error } = vscode.InputBoxValidationSeverity;
    view.validationMessage = fault?.message ? { message: linkless(fault.message), severity: fault.isWarning ? Warning : Error } : undefined;
    return fault;
  };
  view.onDidChangeValue(look);
  // What is there already is right, unless it was refused before.
  if (view.value !== '') look();
  return show(view, options, (end) => {
    const fault = look();
    if (!fault || fault.isWarning) end({ value: view.value });
  });
}

/** Goes through steps, and back. @param stepAt the step with this number, made anew each time; undefined after the last */
export async function runSteps(stepAt: (index: number) => (() => Promise<'next' | 'back' | 'cancel'>) | undefined): Promise<boolean> {
  for (let index = 0; ;) {
    const step = stepAt(index);
    if (!step) return true;
    const end = await step();
    if (end === 'cancel') return false;
    index = end === 'next' ? index + 1 : Math.max(0, index - 1);
  }
}

function show<T>(
  view: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  { title, step, totalSteps }: StepOptions,
  onAccept: (end: (value: StepEnd<T>) => void) => void,
): Promise<StepEnd<T>> {
  view.title = title;
  view.step = step;
  view.totalSteps = totalSteps;
  // People leave the window to copy what they paste here.
  view.ignoreFocusOut = true;
  view.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise((resolve) => {
    const end = (value: StepEnd<T>): void => {
      resolve(value);
      view.dispose();
    };
    view.onDidAccept(() => onAccept(end));
    view.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) end('back');
    });
    view.onDidHide(() => end('cancel'));
    view.show();
  });
}
