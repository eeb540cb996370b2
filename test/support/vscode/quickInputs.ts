import { EventEmitter } from './basics.ts';
import { user } from './user.ts';

/** The answer that presses the Back button. */
export const GO_BACK = '(back)';

export const QuickInputButtons = { Back: { iconPath: 'back' } };

/** `1/4` of every step that was shown and said which one it was. */
export const steppedThrough: string[] = [];

class FakeQuickInput {
  title: string | undefined;
  step: number | undefined;
  totalSteps: number | undefined;
  placeholder = '';
  ignoreFocusOut = false;
  busy = false;
  buttons: unknown[] = [];
  readonly #accept = new EventEmitter<void>();
  readonly #hide = new EventEmitter<void>();
  readonly #button = new EventEmitter<unknown>();
  readonly onDidAccept = this.#accept.event;
  readonly onDidHide = this.#hide.event;
  readonly onDidTriggerButton = this.#button.event;

  #isGone = false;

  hide(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#hide.fire();
  }

  dispose(): void {
    this.hide();
  }

  protected async ask(
    kind: 'pick' | 'input',
    text: string,
    choices: readonly string[],
    take: (answer: string | readonly string[]) => void,
  ): Promise<void> {
    if (this.step !== undefined) steppedThrough.push(`${this.step}/${this.totalSteps}`);
    const answer = await user.ask({ kind, text: `${this.title ?? ''} | ${text}`, detail: undefined, modal: false, choices });
    if (answer === undefined) return this.hide();
    if (answer === GO_BACK) return this.#button.fire(QuickInputButtons.Back);
    take(answer);
    this.#accept.fire();
  }
}

interface Item {
  readonly label: string;
  readonly detail?: string;
}

class FakeQuickPick extends FakeQuickInput {
  items: readonly Item[] = [];
  selectedItems: readonly Item[] = [];
  canSelectMany = false;
  matchOnDescription = false;
  matchOnDetail = false;

  show(): void {
    void this.#show();
  }

  async #show(): Promise<void> {
    while (this.busy) await new Promise(setImmediate);
    const choices = this.items.map(({ label, detail }) => [label, detail].filter(Boolean).join(' — '));
    await this.ask('pick', this.placeholder, choices, (answer) => {
      this.selectedItems = this.items.filter(({ label }) => [answer].flat().some((one) => label.endsWith(one)));
    });
  }
}

class FakeInputBox extends FakeQuickInput {
  prompt = '';
  value = '';
  password = false;
  validationMessage: { readonly message: string; readonly severity: number } | undefined;
  readonly #change = new EventEmitter<string>();
  readonly onDidChangeValue = this.#change.event;

  show(): void {
    void this.#show();
  }

  /** Asks again where Enter did not go on, after the fault was shown. */
  async #show(): Promise<void> {
    let open = true;
    this.onDidHide(() => (open = false));
    while (open) {
      await this.ask('input', `${this.prompt}${this.password ? ' (hidden)' : ''}`, [], (answer) => {
        if (answer !== '=') this.value = String(answer);
        this.#change.fire(this.value);
      });
      const { message } = this.validationMessage ?? {};
      if (open && message !== undefined) user.seen.push({ kind: 'error', text: message, detail: undefined, modal: false, choices: [] });
    }
  }
}

export const createQuickPick = (): FakeQuickPick => new FakeQuickPick();
export const createInputBox = (): FakeInputBox => new FakeInputBox();
