import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser/launch.ts';
import { Workbench } from './pages/workbench.ts';
import { linkExtension } from './server/extensionLink.ts';
import { ServerProcess } from './server/process.ts';
import { UserSettings } from './server/settings.ts';
import type { Settings } from './server/settings.ts';

export interface WorkbenchOptions {
  /** The folder of the extension: package.json and what its `main` names. */
  readonly extension: string;
  /** Folders of other extensions that run beside it, in the same extension host. */
  readonly besides?: readonly string[];
  readonly settings?: Settings;
  /** The folder that is opened; none if left out. */
  readonly folder?: string;
  /** For the extension host. `undefined` takes a variable away. HOME and TMPDIR are folders of its own unless named here. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Any free one if left out. */
  readonly port?: number;
}

/** Starts a VS Code with one extension in it. */
export async function startWorkbench(options: WorkbenchOptions): Promise<RunningWorkbench> {
  const home = await mkdtemp(join(shortTemp(), 'pbb-'));
  try {
    const userData = join(home, 'd');
    const extensions = join(home, 'e');
    const settings = new UserSettings(userData);
    await settings.create(options.settings ?? {});
    for (const folder of [options.extension, ...(options.besides ?? [])]) await linkExtension(folder, extensions);
    const [HOME, TMPDIR] = [join(home, 'h'), join(home, 't')];
    for (const folder of [HOME, TMPDIR]) await mkdir(folder);
    // Sockets go to the temporary folder, or to XDG_RUNTIME_DIR. Without a gallery nobody asks the network for extensions.
    const env = { HOME, TMPDIR, XDG_RUNTIME_DIR: undefined, EXTENSIONS_GALLERY: '{}', ...options.env };
    const server = await ServerProcess.start({ userData, extensions, env, port: options.port ?? 0 });
    return new RunningWorkbench(server, home, settings, options.folder);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** A VS Code server, and the browser that looks at it once a page is opened. */
export class RunningWorkbench {
  /** To be opened in any browser. */
  readonly url: string;
  readonly settings: UserSettings;
  /** Where VS Code keeps its files; logs are in `logs`. */
  readonly userData: string;
  readonly #server: ServerProcess;
  readonly #home: string;
  #browser: Promise<Browser> | undefined;

  constructor(server: ServerProcess, home: string, settings: UserSettings, folder: string | undefined) {
    this.#server = server;
    this.#home = home;
    this.settings = settings;
    this.userData = join(home, 'd');
    this.url = `${server.url}/?${folder === undefined ? 'ew=true' : `folder=${encodeURIComponent(folder)}`}`;
  }

  /** Opens a window of its own: it shares settings and extension with the others, but no memory of the browser. Ready for use when this returns. */
  async openPage(): Promise<Workbench> {
    this.#browser ??= launchBrowser();
    return await Workbench.open(await this.#browser, this);
  }

  /** Ends the extension hosts at once, as a crash does; VS Code starts others. */
  async killExtensionHosts(): Promise<void> {
    await this.#server.killExtensionHosts();
  }

  async stop(): Promise<void> {
    const browser = await this.#browser?.catch(() => undefined);
    await browser?.close();
    await this.#server.stop();
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** VS Code makes sockets in its user data folder, and their paths may have about 100 characters: the temporary folder of macOS is too long for that. */
function shortTemp(): string {
  return process.platform !== 'win32' && tmpdir().length > 40 ? '/tmp' : tmpdir();
}
