import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { cacheFolder } from '../folders.ts';
import type { Settings } from '../server/settings.ts';
import type { RunningWorkbench } from '../startWorkbench.ts';
import { PATIENCE, until } from '../until.ts';
import { ConsoleMonitor } from './consoleMonitor.ts';
import { ContextMenu } from './contextMenu.ts';
import { Dialog } from './dialog.ts';
import { Editors } from './editors.ts';
import { Notifications } from './notifications.ts';
import { outputChannel } from './outputChannel.ts';
import { QuickInput } from './quickInput.ts';
import { StatusBar } from './statusBar.ts';
import { partly, wholly } from './text.ts';
import type { Words } from './text.ts';
import { THEMES } from './theme.ts';
import type { Theme } from './theme.ts';
import { View } from './view.ts';
import { webview, webviewTitled } from './webview.ts';

const WINDOW = { width: 1280, height: 800 };

/** A server of one's own, or the address of another one. */
type Served = RunningWorkbench | { readonly url: string };

/** One window of VS Code. What it cannot do, `page` can. */
export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  readonly dialog: Dialog;
  readonly statusBar: StatusBar;
  readonly editors: Editors;
  readonly console: ConsoleMonitor;
  readonly #context: BrowserContext;
  readonly #running: Served;

  private constructor(context: BrowserContext, page: Page, running: Served) {
    this.#context = context;
    this.#running = running;
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.notifications = new Notifications(page);
    this.dialog = new Dialog(page);
    this.statusBar = new StatusBar(page);
    this.editors = new Editors(page);
    this.console = new ConsoleMonitor(page);
  }

  static async open(browser: Browser, running: Served): Promise<Workbench> {
    const context = await browser.newContext({
      viewport: WINDOW,
      deviceScaleFactor: 1,
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(PATIENCE);
    const workbench = new Workbench(context, await context.newPage(), running);
    await workbench.page.goto(running.url);
    await workbench.#ready();
    return workbench;
  }

  /** By its whole title, category and all: `Page Blob Backup: Attach Account…`. */
  async runCommand(title: string): Promise<void> {
    // The palette lists what is known when it opens, and just after a start extensions are still being read: then it is opened again.
    await until(`the command "${title}"`, async () => {
      await this.openPalette();
      await this.quickInput.type(`>${title}`);
      if (await this.quickInput.has(title, 2000)) return true;
      await this.quickInput.cancel();
      return false;
    });
    await this.quickInput.pick(title);
  }

  async openPalette(): Promise<QuickInput> {
    await until('the command palette', async () => {
      // Nobody hears a key while the focus is on its way.
      await this.page.keyboard.press('F1');
      return await this.quickInput.isOpen(2000);
    });
    await until('a palette of commands', async () => (await this.quickInput.value()).startsWith('>'));
    return this.quickInput;
  }

  /** Opens the view container of this name in the activity bar, unless it is open. */
  async openViewContainer(name: string): Promise<void> {
    // A badge adds words to the label.
    const item = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator(`.action-label[aria-label^="${name}"]`) })
      .first();
    await item.waitFor();
    const isOpen = (await item.and(this.page.locator('.checked')).count()) > 0;
    if (!isOpen) await item.click();
    await this.page
      .locator('.part.sidebar .composite.title')
      .filter({ hasText: partly(name) })
      .waitFor();
  }

  /** A view of the open container. */
  view(name: string): View {
    return new View(this.page, name);
  }

  /** The menu that is open. */
  async contextMenu(): Promise<ContextMenu> {
    return await new ContextMenu(this.page).wait();
  }

  async webview(title: string): Promise<Frame> {
    return await webviewTitled(this.page, title);
  }

  async webviewThat(what: string, fits: (frame: Frame) => Promise<boolean>): Promise<Frame> {
    return await webview(this.page, what, fits);
  }

  /** Waits until the output channel holds these words. @returns all its text */
  async waitForOutput(channel: string, words: Words): Promise<string> {
    return await until(`"${words}" in the output channel ${channel}`, async () => {
      const text = await outputChannel(this.#server.userData, channel);
      return text !== undefined && partly(words).test(text) && text;
    });
  }

  /** Shows the output channel in the panel. */
  async showOutput(channel: string): Promise<void> {
    await this.runCommand('Output: Show Output Channels...');
    await this.quickInput.pick(channel);
    await this.page.locator('.part.panel .output-view-container, .part.panel .output-view').first().waitFor();
  }

  async clipboard(): Promise<string> {
    return await this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  async waitForClipboard(words: Words): Promise<string> {
    return await until(`"${words}" in the clipboard`, async () => {
      const text = await this.clipboard();
      return wholly(words).test(text) && text;
    });
  }

  /** VS Code's own reload: extensions are deactivated. */
  async reload(): Promise<void> {
    const reloaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await reloaded;
    await this.#ready();
  }

  /** The extension host dies at once, as in a crash. VS Code starts another one. */
  async crashExtensionHost(): Promise<void> {
    this.console.allowCrash();
    await this.#server.killExtensionHosts();
  }

  async setTheme(theme: Theme): Promise<void> {
    const { label, shownBy } = THEMES[theme];
    await this.runCommand('Preferences: Color Theme');
    await this.quickInput.wait(/Select Color Theme/);
    await this.quickInput.type(label);
    await this.quickInput.pick(label);
    await this.quickInput.waitUntilClosed();
    await this.page.locator(`.monaco-workbench${shownBy}`).waitFor();
  }

  /** Changes the user's settings; a value of undefined takes one out. The window is loaded anew: this server does not see its files change. */
  async changeSettings(settings: Settings): Promise<void> {
    await this.#server.settings.change(settings);
    await this.reload();
  }

  /** Drags the edge of the side bar until it is so many pixels wide, the activity bar included. */
  async widenSideBar(width: number): Promise<void> {
    const { mouse } = this.page;
    const box = (await this.page.locator('.part.sidebar').boundingBox())!;
    const edge = box.x + box.width;
    await mouse.move(edge + 1, 300);
    await mouse.down();
    await mouse.move(width, 300, { steps: 4 });
    await mouse.up();
  }

  /** Writes a picture of the window to `.cache/screenshots`. @returns its path */
  async screenshot(name: string): Promise<string> {
    const folder = join(cacheFolder, 'screenshots');
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${name}.png`);
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    return path;
  }

  /** Closes dialogs, menus, pickers and notifications that a test may have left, so that the next one starts on clear ground. */
  async tidy(): Promise<void> {
    const open = this.page.locator('.monaco-dialog-box, .monaco-menu, .quick-input-widget').locator('visible=true');
    await until('nothing in the way', async () => {
      if ((await open.count()) === 0) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
    // Out of the way: what the mouse rests on looks different.
    await this.page.mouse.move(WINDOW.width / 2, 1);
    await this.runCommand('Notifications: Clear All Notifications');
    await until('no notifications', async () => (await this.notifications.texts()).length === 0);
  }

  /** Closes the window as one that crashes: nobody is told. */
  async close(): Promise<void> {
    await this.#context.close();
  }

  /** What reaches behind the window works only in a server that was started here. */
  get #server(): RunningWorkbench {
    if ('userData' in this.#running) return this.#running;
    throw new Error(`The server of ${this.#running.url} was started by somebody else.`);
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
    await this.page.locator('.activitybar .action-label').first().waitFor();
  }
}
