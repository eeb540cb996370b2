import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from '../../support/workbench/pages/workbench.ts';
import { until } from '../../support/workbench/until.ts';

/** A difference in an editor tab. */
export class DifferencePage {
  readonly frame: Frame;
  readonly #workbench: Workbench;

  private constructor(workbench: Workbench, frame: Frame) {
    this.#workbench = workbench;
    this.frame = frame;
  }

  /** Waits until a difference shows its headline. */
  static async wait(workbench: Workbench): Promise<DifferencePage> {
    const frame = await workbench.webviewThat('of a difference', async (frame) => (await frame.locator('.headline p').count()) > 0);
    return new DifferencePage(workbench, frame);
  }

  async headline(): Promise<string> {
    return (await this.frame.locator('.headline p').textContent()) ?? '';
  }

  get table(): Locator {
    return this.frame.getByRole('grid');
  }

  get map(): Locator {
    return this.frame.getByRole('application');
  }

  /** What the table says, row by row, once the rows have come: all of them where they fit. */
  async rows(): Promise<string[][]> {
    return await until('rows', async () => {
      const rows = this.frame.locator('.body .row:not([hidden])');
      if ((await rows.count()) === 0 || (await rows.and(this.frame.locator('[aria-busy=true]')).count()) > 0) return undefined;
      return await this.frame.evaluate<string[][]>(
        "[...document.querySelectorAll('.body .row:not([hidden])')].map((row) => [...row.children].map((cell) => cell.textContent))",
      );
    });
  }

  /** Waits until the active row is the one at this offset. */
  async waitForActive(offset: string): Promise<void> {
    await this.frame.locator('.body .row[aria-selected=true]').filter({ hasText: offset }).waitFor();
  }

  /** Goes with the Tab key until the element has the keyboard. */
  async tabTo(selector: string): Promise<void> {
    await until(`the focus on ${selector}`, async () => {
      if (await this.frame.evaluate<boolean>(`document.hasFocus() && document.activeElement?.matches('${selector}') === true`)) return true;
      await this.#workbench.page.keyboard.press('Tab');
      return false;
    });
  }

  /** Waits until the map is painted, and tells the share of its pixels that have the colour of this paint, in these CSS pixels from the top. */
  async painted(paint: 'written' | 'cleared' | 'touched', top: number, bottom: number): Promise<readonly number[]> {
    return await until(`${paint} on the map`, async () => {
      const columns = await this.frame.evaluate<number[]>(`(() => {
        const canvas = document.querySelector('canvas.disk');
        const probe = document.createElement('canvas').getContext('2d');
        probe.fillStyle = getComputedStyle(canvas).getPropertyValue('--map-${paint}').trim();
        probe.fillRect(0, 0, 1, 1);
        const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
        const ratio = canvas.height / canvas.clientHeight;
        const [from, to] = [Math.round(${top} * ratio), Math.round(${bottom} * ratio)];
        const { data } = canvas.getContext('2d').getImageData(0, from, canvas.width, to - from);
        const found = new Set();
        for (let i = 0; i < data.length; i += 4) {
          if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) found.add(((i / 4) % canvas.width) / canvas.width);
        }
        return [...found].sort((a, b) => a - b);
      })()`);
      return columns.length > 0 && columns;
    });
  }

  /** What was said last to those who listen. */
  async waitForSpeech(words: RegExp): Promise<string> {
    const speech = this.frame.locator('.heard[role=status]');
    return await until(`the words ${words.source}`, async () => {
      const text = (await speech.textContent()) ?? '';
      return words.test(text) && text;
    });
  }

  /** The text of both sides of VS Code's diff editor, as far as it is on the screen. */
  async waitForBytes(words: RegExp): Promise<string> {
    return await until(`bytes like ${words.source}`, async () => {
      const sides = await this.#workbench.page.locator('.monaco-diff-editor .view-lines').allInnerTexts();
      const text = sides.map((side) => side.replaceAll('\u00a0', ' ')).join('\n');
      return words.test(text) && text;
    });
  }
}
