/** A stand-in for the `vscode` API: small, scripted by `user`, for tests of the extension outside of VS Code. See `register.ts`. */
import { Disposable, EventEmitter } from './basics.ts';
import * as fakeAuthentication from './authentication.ts';
import { user } from './user.ts';
import { providers } from './providers.ts';
import { policyFolder } from './policyFolder.ts';
import * as fakeWindow from './window.ts';

export {
  CancellationError,
  CancellationTokenSource,
  CompletionItem,
  CompletionItemKind,
  ConfigurationTarget,
  Diagnostic,
  DiagnosticSeverity,
  Disposable,
  EventEmitter,
  FileSystemError,
  FileType,
  InputBoxValidationSeverity,
  MarkdownString,
  ProgressLocation,
  QuickPickItemKind,
  Range,
  StatusBarAlignment,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  ViewColumn,
} from './basics.ts';
export { QuickInputButtons } from './quickInputs.ts';
export const window = fakeWindow;

const handlers = new Map<string, (...args: unknown[]) => unknown>();

export const commands = {
  registerCommand(id: string, handler: (...args: unknown[]) => unknown): Disposable {
    if (handlers.has(id)) throw new Error(`command '${id}' already exists`);
    handlers.set(id, handler);
    return new Disposable(() => handlers.delete(id));
  },
  async executeCommand(id: string, ...args: unknown[]): Promise<unknown> {
    const handler = handlers.get(id);
    if (handler) return handler(...args);
    user.executed.push([id, ...args]);
    return undefined;
  },
  getCommands: async (): Promise<string[]> => [...handlers.keys()],
};

const settings = new Map<string, unknown>();
const configuration = new EventEmitter<{ affectsConfiguration(name: string): boolean }>();

/** Sets a setting by its full name, as the user does. */
export function setSetting(name: string, value: unknown): void {
  settings.set(name, value);
  configuration.fire({ affectsConfiguration: (asked) => name === asked || name.startsWith(`${asked}.`) });
}

function provided(name: string, provider: unknown): Disposable {
  providers.set(name, provider);
  return new Disposable(() => providers.delete(name));
}

export const workspace = {
  getConfiguration: (section: string) => ({
    get: (name: string, fallback?: unknown): unknown => settings.get(`${section}.${name}`) ?? fallback,
    update: async (name: string, value: unknown): Promise<void> => setSetting(`${section}.${name}`, value),
  }),
  get isTrusted(): boolean {
    return policyFolder.isTrusted;
  },
  get textDocuments(): readonly unknown[] {
    return policyFolder.documents;
  },
  onDidGrantWorkspaceTrust: policyFolder.trusted.event,
  onDidOpenTextDocument: policyFolder.opened.event,
  onDidChangeTextDocument: policyFolder.typed.event,
  workspaceFolders: undefined,
  findFiles: async (): Promise<unknown[]> => policyFolder.uris(),
  createFileSystemWatcher: () => policyFolder.watcher(),
  asRelativePath: (uri: { readonly path: string }): string => uri.path.replace(/^\/+/, ''),
  fs: {
    readFile: async (uri: unknown): Promise<Uint8Array> => policyFolder.read(String(uri)),
    stat: async (uri: unknown): Promise<object> => ({ size: policyFolder.read(String(uri)).length }),
    writeFile: async (uri: unknown, bytes: Uint8Array): Promise<void> => policyFolder.write(String(uri), new TextDecoder().decode(bytes)),
  },
  onDidChangeConfiguration: configuration.event,
  registerFileSystemProvider: (scheme: string, provider: unknown): Disposable => provided(`file:${scheme}`, provider),
  registerTextDocumentContentProvider: (scheme: string, provider: unknown): Disposable => provided(`text:${scheme}`, provider),
  /** Documents that were opened with their text given. */
  openTextDocument: async (options: { readonly language: string; readonly content: string }): Promise<object> => {
    user.executed.push(['openTextDocument', options.language, options.content]);
    return options;
  },
};

export const languages = {
  createDiagnosticCollection: () => policyFolder.diagnostics,
  registerCompletionItemProvider: (_selector: unknown, provider: unknown): Disposable => provided('completion', provider),
};

export const extensions = { getExtension: (id: string): unknown => policyFolder.extensions.find((each) => each === id) };

export const env = {
  language: 'en',
  appName: 'Stand-in',
  sessionId: 'session',
  clipboard: { writeText: async (text: string): Promise<void> => void user.clipboard.push(text) },
  openExternal: async (uri: unknown): Promise<boolean> => user.executed.push(['openExternal', String(uri)]) > 0,
};

export const l10n = {
  t(message: string | { message: string; args?: unknown }, ...args: unknown[]): string {
    const text = typeof message === 'string' ? message : message.message;
    const values = (args.length === 1 && typeof args[0] === 'object' ? args[0] : args) as Record<string, unknown>;
    return text.replace(/\{(\w+)\}/g, (whole, key: string) => (key in values ? String(values[key]) : whole));
  },
};

export const authentication = fakeAuthentication;

export const version = '1.105.0';
