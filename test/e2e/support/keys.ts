import { wholly, type Words } from '../../support/workbench/pages/text.ts';
import type { View } from '../../support/workbench/pages/view.ts';
import type { Workbench } from '../../support/workbench/pages/workbench.ts';
import { until } from '../../support/workbench/until.ts';

/** Somebody without a mouse: everything goes through keys, and what was clicked or pointed at is counted. */
export class Keys {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  async press(key: string): Promise<void> {
    await this.#workbench.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.#workbench.page.keyboard.type(text);
  }

  /** Counts presses of mouse buttons in the window from now on. */
  async countClicks(): Promise<void> {
    await this.#workbench.page.evaluate("window.clicks = 0; addEventListener('mousedown', () => window.clicks++, true)");
  }

  async clicks(): Promise<number> {
    return await this.#workbench.page.evaluate<number>('window.clicks');
  }

  /** A command from the palette. */
  async run(title: string): Promise<void> {
    const { quickInput } = this.#workbench;
    await this.#workbench.openPalette();
    await this.type(title);
    await until(`the command "${title}" in the focus`, async () =>
      (await quickInput.items()).some((item) => item.isFocused && item.label === title),
    );
    await this.press('Enter');
  }

  /** Waits for a question, types the answer and takes it. */
  async answer(question: Words, text: string): Promise<void> {
    await this.#workbench.quickInput.wait(question);
    if (text !== '') await this.type(text);
    await this.press('Enter');
  }

  /** Waits for a question, walks to the answer and takes it. */
  async pick(question: Words, label: string): Promise<void> {
    await this.#workbench.quickInput.wait(question);
    await this.#workbench.quickInput.pickByKeyboard(label);
  }

  /** Walks down a tree that has the keyboard to the row with this label. */
  async walkTo(view: View, label: Words): Promise<void> {
    await this.press('Home');
    await until(`the focus on "${label}"`, async () => {
      const focused = await view.focused();
      if (focused !== undefined && wholly(label).test(focused.label)) return true;
      await this.press('ArrowDown');
      return false;
    });
  }

  /** Walks to an entry of the menu that is open and takes it. */
  async choose(label: string): Promise<void> {
    const menu = await this.#workbench.contextMenu();
    await until(`the focus on "${label}"`, async () => {
      const focused = await menu.locator.locator('.action-item.focused .action-label').allTextContents();
      if (focused.some((text) => wholly(label).test(text))) return true;
      await this.press('ArrowDown');
      return false;
    });
    await this.press('Enter');
  }
}
