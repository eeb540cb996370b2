import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type Settings = Readonly<Record<string, unknown>>;

/** What every workbench here starts with, and why. */
const ALWAYS: Settings = {
  // Nothing leaves this machine, nothing changes under a test.
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  // Nothing opens by itself.
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  // Extensions that come with VS Code and would start work of their own.
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'js/ts.tsserver.automaticTypeAcquisition.enabled': false,
  // Pictures look the same each time.
  'workbench.colorTheme': 'Dark Modern',
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  // A reload asks nothing.
  'window.confirmBeforeClose': 'never',
  // Else VS Code tries to find out from the browser.
  'editor.accessibilitySupport': 'off',
};

/** The user's settings.json, which holds settings of every scope. A window reads it when it is loaded. */
export class UserSettings {
  readonly #file: string;

  constructor(userData: string) {
    this.#file = join(userData, 'User', 'settings.json');
  }

  async create(settings: Settings): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    await this.#write({ ...ALWAYS, ...settings });
  }

  /** A value of undefined takes the setting out. */
  async change(settings: Settings): Promise<void> {
    const old = JSON.parse(await readFile(this.#file, 'utf8')) as Settings;
    await this.#write({ ...old, ...settings });
  }

  async #write(settings: Settings): Promise<void> {
    await writeFile(this.#file, `${JSON.stringify(settings, undefined, 2)}\n`);
  }
}
