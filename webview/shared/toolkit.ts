// The only file that knows `@vscode/webview-ui-toolkit` (upstream no longer maintains it): whoever replaces it defines the same tags here.
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeCheckbox, vsCodeTextField } from '@vscode/webview-ui-toolkit';
import { h, render, type Child, type Part } from './dom.ts';

/** Registers the custom elements; to be called once, before the first of them is shown. */
export function useToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeTextField());
}

export interface ButtonProps {
  readonly key?: string;
  readonly text: string;
  /** The one that goes on; all others are quieter. */
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
  /** Ids of elements that say more, such as why the button is disabled. */
  readonly describedBy?: readonly string[];
  readonly press: () => void;
}

export function button({ key, text, isPrimary = false, isDisabled = false, describedBy = [], press }: ButtonProps): Part {
  const attributes = {
    key: key ?? text,
    appearance: isPrimary ? 'primary' : 'secondary',
    disabled: isDisabled,
    onclick: press,
    ready: describes(describedBy),
  };
  return h('vscode-button', attributes, text);
}

export interface TextFieldProps {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly isDisabled?: boolean;
  readonly isInvalid?: boolean;
  /** What may be meant; offered while it is typed. */
  readonly suggestions?: readonly string[];
  /** Ids of elements that say what is wrong with it, or what it is for. */
  readonly describedBy?: readonly string[];
  readonly type: (value: string) => void;
}

export function textField(props: TextFieldProps): Part {
  const { key, label, value, isDisabled = false, isInvalid = false, suggestions = [], describedBy = [], type } = props;
  const attributes = {
    key,
    id: key,
    class: isInvalid ? 'field invalid' : 'field',
    value,
    disabled: isDisabled,
    spellcheck: false,
    oninput: (event: Event) => type((event.target as HTMLInputElement).value),
    ready: (element: Element) => {
      const control = controlOf(element);
      // Set on the inner element: the host passes on the attribute but is itself nothing that can be invalid.
      control?.setAttribute('aria-invalid', String(isInvalid));
      suggest(control, suggestions);
      describes(describedBy)(element);
    },
  };
  return h('vscode-text-field', attributes, label);
}

export interface CheckboxProps {
  readonly key: string;
  readonly isChecked: boolean;
  readonly isDisabled?: boolean;
  readonly change: (isChecked: boolean) => void;
}

export function checkbox({ key, isChecked, isDisabled = false, change }: CheckboxProps, ...children: readonly Child[]): Part {
  const attributes = {
    key,
    id: key,
    checked: isChecked,
    disabled: isDisabled,
    onchange: (event: Event) => change((event.target as HTMLInputElement).checked),
  };
  return h('vscode-checkbox', attributes, ...children);
}

/** The element inside a toolkit's element that has the keyboard. */
function controlOf(element: Element): HTMLElement | null | undefined {
  return element.shadowRoot?.querySelector<HTMLElement>('.control');
}

/** An id does not reach into the shadow of a custom element, an element does. */
function describes(ids: readonly string[]): (element: Element) => void {
  return (element) => {
    const control = controlOf(element);
    if (control) control.ariaDescribedByElements = ids.map((id) => document.getElementById(id)).filter((words) => words !== null);
  };
}

/** The list has to lie in the shadow with its input. */
function suggest(control: HTMLElement | null | undefined, suggestions: readonly string[]): void {
  const shadow = control?.getRootNode() as ShadowRoot | undefined;
  if (!control || !shadow) return;
  let list = shadow.querySelector('datalist');
  if (!list && suggestions.length === 0) return;
  if (!list) {
    list = document.createElement('datalist');
    list.id = 'suggestions';
    shadow.append(list);
    control.setAttribute('list', list.id);
  }
  render(list, ...suggestions.map((value) => h('option', { key: value, value })));
}
