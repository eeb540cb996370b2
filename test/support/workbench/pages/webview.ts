import type { Frame, Page } from 'playwright-core';
import { until } from '../until.ts';

/** Waits for the document of a webview that fits, and gives its frame: `frame.locator(…)`, `frame.getByRole(…)`. VS Code puts it two iframes deep, and neither has a name of use. */
export async function webview(page: Page, what: string, fits: (frame: Frame) => Promise<boolean>): Promise<Frame> {
  return await until(`the webview ${what}`, async () => {
    for (const frame of page.frames()) {
      if (frame.parentFrame()?.parentFrame() !== page.mainFrame()) continue;
      // A frame may go away while it is asked.
      if (await fits(frame).catch(() => false)) return frame;
    }
    return undefined;
  });
}

/** Waits for the webview whose document has this title. */
export async function webviewTitled(page: Page, title: string): Promise<Frame> {
  return await webview(page, `"${title}"`, async (frame) => (await frame.title()) === title);
}
