import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import type { RestoreView } from '../../../src/messages/restore.ts';
import { accessibilityProblems } from '../../support/workbench/pages/axe.ts';
import { partly, plain, wholly, type Words } from '../../support/workbench/pages/text.ts';
import type { Theme } from '../../support/workbench/pages/theme.ts';
import type { Workbench } from '../../support/workbench/pages/workbench.ts';
import { until } from '../../support/workbench/until.ts';

/** The restore wizard in an editor tab. */
export class Wizard {
  readonly frame: Frame;

  private constructor(frame: Frame) {
    this.frame = frame;
  }

  /** Waits until the wizard of this disk shows its recovery points. */
  static async wait(workbench: Workbench, disk: string): Promise<Wizard> {
    const wizard = new Wizard(await workbench.webview(`Restore ${disk}`));
    await wizard.points().first().waitFor();
    return wizard;
  }

  /** The rows of the list, newest first. */
  points(): Locator {
    return this.frame.getByRole('option').and(this.frame.locator('.row'));
  }

  chosen(): Locator {
    return this.points().and(this.frame.locator('[aria-selected=true]'));
  }

  part(name: 'Point in time' | 'Where to' | 'Review' | 'Restore'): Locator {
    return this.frame.getByRole('region', { name, exact: true });
  }

  field(label: string): Locator {
    return this.frame.getByRole('textbox', { name: label, exact: true }).or(this.frame.getByRole('combobox', { name: label, exact: true }));
  }

  button(text: string): Locator {
    return this.frame.getByRole('button', { name: text, exact: true });
  }

  /** Presses a button once it can be pressed. */
  async press(text: string): Promise<void> {
    await this.button(text).click();
  }

  async choose(way: string): Promise<void> {
    await this.frame.getByRole('radio', { name: way }).check();
  }

  /** Types into a field, and waits for what is said about it. */
  async type(label: string, text: string, said?: Words): Promise<void> {
    await this.field(label).fill(text);
    if (said !== undefined) await this.waitForCheck(label, said);
  }

  async waitForCheck(label: string, said: Words): Promise<void> {
    await this.frame
      .locator('.input:not([aria-busy])')
      .filter({ has: this.field(label) })
      .locator('.check')
      .filter({ hasText: partly(said) })
      .waitFor();
  }

  /** Waits for words on the page. */
  async waitFor(words: Words): Promise<void> {
    await this.frame.getByText(wholly(words)).first().waitFor();
  }

  /** Makes the plan and waits for it. */
  async review(): Promise<void> {
    await this.press('Review');
    await this.button('Copy as Command Line').waitFor();
  }

  /** Leaves the run that has ended. @param points that there are to choose from then */
  async startOver(points: number): Promise<void> {
    await this.press('Restore Something Else');
    await this.points()
      .nth(points - 1)
      .waitFor();
  }

  /** Waits until the run has come to this, and these words are said of it. */
  async waitForRun(state: 'running' | 'resumable' | 'done' | 'failed', words: Words = /./): Promise<void> {
    await this.frame
      .locator(`.outcome.${state}`)
      .filter({ hasText: partly(words) })
      .waitFor();
  }

  /** Waits until the page has the keyboard. */
  async waitForKeyboard(): Promise<void> {
    await until('the keyboard in the page', async () => await this.frame.evaluate<boolean>('document.hasFocus()'));
  }

  /** What has the focus: role or tag, and name. */
  async focus(): Promise<string> {
    return plain(await this.frame.evaluate<string>(WHAT_HAS_THE_FOCUS));
  }

  async waitForFocus(words: Words): Promise<void> {
    let focus = '';
    await until(`the focus on "${words}"`, async () => wholly(words).test((focus = await this.focus()))).catch((error: Error) => {
      throw new Error(`${error.message}\nIt is on "${focus}".`);
    });
  }

  /** What the extension shows from now on, to be shown again. */
  async record(): Promise<{ newest(): Promise<RestoreView> }> {
    await this.frame.evaluate("addEventListener('message', ({ data }) => { if (data.type === 'view') window.newest = data.view; })");
    return { newest: async () => await this.frame.evaluate<RestoreView>('window.newest') };
  }

  /** Shows the page a view, as the extension would, and waits until it is drawn. */
  async show(view: RestoreView): Promise<void> {
    const message = JSON.stringify({ type: 'view', view });
    await this.frame.evaluate(`new Promise((done) => {
      // The elements of the toolkit finish with the frame after.
      addEventListener('message', () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true });
      window.postMessage(${message}, '*');
    })`);
  }

  /** Waits until the page has the colours of this theme. */
  async waitForTheme(theme: Theme): Promise<void> {
    await this.frame.locator(BODY[theme]).waitFor();
  }

  /** @param where to be told where something is found */
  async assertAccessible(where = ''): Promise<void> {
    assert.deepEqual(await accessibilityProblems(this.frame), [], where);
  }
}

const BODY: Readonly<Record<Theme, string>> = {
  dark: 'body.vscode-dark',
  light: 'body.vscode-light',
  'high contrast dark': 'body.vscode-high-contrast:not(.vscode-high-contrast-light)',
  'high contrast light': 'body.vscode-high-contrast-light',
};

/** The focus of a custom element lies on an element inside it, the name often outside. */
const WHAT_HAS_THE_FOCUS = `(() => {
  const outer = document.activeElement;
  const inner = outer?.shadowRoot?.activeElement ?? outer;
  const named = outer?.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent).join(' ');
  const name = outer?.getAttribute('aria-label') ?? named ?? outer?.labels?.[0]?.querySelector('.label')?.textContent ?? outer?.textContent;
  return (inner?.getAttribute('role') ?? inner?.type ?? inner?.tagName.toLowerCase()) + ' ' + name;
})()`;
