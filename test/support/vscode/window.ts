import { CancellationTokenSource, EventEmitter, Uri, type Disposable } from './basics.ts';
import { providers } from './providers.ts';
import { user, type Shown } from './user.ts';

export { createInputBox, createQuickPick } from './quickInputs.ts';

type Item = string | { readonly label?: string; readonly title?: string; readonly kind?: number };

const labelOf = (item: Item): string => (typeof item === 'string' ? item : (item.label ?? item.title ?? ''));

/** Notifications and modal questions. */
async function message(kind: Shown['kind'], text: string, rest: unknown[]): Promise<unknown> {
  const hasOptions = typeof rest[0] === 'object' && rest[0] !== null && !('title' in rest[0]);
  const options = (hasOptions ? rest[0] : {}) as { modal?: boolean; detail?: string };
  const items = (hasOptions ? rest.slice(1) : rest) as Item[];
  const shown = { kind, text, detail: options.detail, modal: options.modal ?? false, choices: items.map(labelOf) };
  const answer = await user.ask(shown);
  return items.find((item) => labelOf(item) === answer);
}

export const showInformationMessage = (text: string, ...rest: unknown[]) => message('info', text, rest);
export const showWarningMessage = (text: string, ...rest: unknown[]) => message('warning', text, rest);
export const showErrorMessage = (text: string, ...rest: unknown[]) => message('error', text, rest);

export function setStatusBarMessage(text: string): { dispose(): void } {
  user.executed.push(['setStatusBarMessage', text]);
  return { dispose: () => undefined };
}

interface PickOptions {
  readonly title?: string;
  readonly placeHolder?: string;
  readonly canPickMany?: boolean;
}

export async function showQuickPick(given: readonly Item[] | Promise<readonly Item[]>, options: PickOptions = {}): Promise<unknown> {
  const items = (await given).filter((item) => typeof item === 'string' || item.kind !== -1);
  const answer = await user.ask(question('pick', `${options.title ?? ''} | ${options.placeHolder ?? ''}`, items));
  if (answer === undefined) return undefined;
  const chosen = items.filter((item) => [answer].flat().includes(labelOf(item)));
  if (chosen.length === 0) throw new Error(`There is no item "${String(answer)}" among: ${items.map(labelOf).join(', ')}`);
  return options.canPickMany ? chosen : chosen[0];
}

interface InputOptions {
  readonly title?: string;
  readonly prompt?: string;
  readonly placeHolder?: string;
  readonly value?: string;
  readonly validateInput?: (value: string) => unknown;
}

/** Typing `=` takes the value that is offered. What the check refuses counts as turned away, after it was shown. */
export async function showInputBox(options: InputOptions = {}): Promise<string | undefined> {
  const answer = await user.ask(question('input', `${options.title ?? ''} | ${options.prompt ?? options.placeHolder ?? ''}`, []));
  if (typeof answer !== 'string') return undefined;
  const value = answer === '=' ? (options.value ?? '') : answer;
  const refusal = await options.validateInput?.(value);
  if (refusal === undefined || refusal === null || refusal === '') return value;
  const text = typeof refusal === 'string' ? refusal : (refusal as { message: string }).message;
  user.seen.push({ ...question('error', text, []) });
  return undefined;
}

function question(kind: Shown['kind'], text: string, items: readonly Item[]): Shown {
  return { kind, text, detail: undefined, modal: false, choices: items.map(labelOf) };
}

/** The progress notifications that are open. */
export const progresses: { title: string; location: unknown; messages: string[]; cancel: () => void }[] = [];

export async function withProgress<Result>(
  options: { title?: string; location?: unknown },
  task: (progress: { report(value: { message?: string }): void }, token: CancellationTokenSource['token']) => Promise<Result>,
): Promise<Result> {
  const source = new CancellationTokenSource();
  const open = { title: options.title ?? '', location: options.location, messages: [] as string[], cancel: () => source.cancel() };
  progresses.push(open);
  try {
    return await task({ report: ({ message }) => open.messages.push(message ?? '') }, source.token);
  } finally {
    progresses.splice(progresses.indexOf(open), 1);
  }
}

/** Lines of all log channels: `info text`. */
export const logged: string[] = [];

export function createOutputChannel(name: string): object {
  const line =
    (level: string) =>
    (text: string): void =>
      void logged.push(`${level} ${text}`);
  return {
    name,
    trace: line('trace'),
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    show: () => user.executed.push(['showLog']),
    dispose: () => undefined,
  };
}

/** What the user of the stand-in does to a tree view. */
export interface TreeGestures {
  readonly id: string;
  show(visible: boolean): void;
  collapse(element: unknown): void;
}

/** Every tree view that was made, the newest last. */
export const treeViews: TreeGestures[] = [];

export function createTreeView(id: string, options: { treeDataProvider: unknown }): object {
  const visibility = new EventEmitter<{ visible: boolean }>();
  const collapsing = new EventEmitter<{ element: unknown }>();
  treeViews.push({ id, show: (visible) => visibility.fire({ visible }), collapse: (element) => collapsing.fire({ element }) });
  const selection = new EventEmitter<unknown>();
  return {
    id,
    ...options,
    visible: false,
    badge: undefined,
    message: undefined,
    description: undefined,
    selection: [],
    onDidChangeVisibility: visibility.event,
    onDidChangeSelection: selection.event,
    onDidExpandElement: new EventEmitter<unknown>().event,
    onDidCollapseElement: collapsing.event,
    reveal: async (element: unknown) => void user.executed.push(['reveal', element]),
    dispose: () => undefined,
  };
}

export interface FakeStatusBarItem {
  text: string;
  tooltip: unknown;
  command: unknown;
  isShown: boolean;
}

export const statusBarItems: FakeStatusBarItem[] = [];

export function createStatusBarItem(): object {
  const item = {
    text: '',
    tooltip: undefined as unknown,
    command: undefined as unknown,
    isShown: false,
    show: () => void (item.isShown = true),
    hide: () => void (item.isShown = false),
    dispose: () => void (item.isShown = false),
  };
  statusBarItems.push(item);
  return item;
}

export const onDidChangeWindowState = (): Disposable => new EventEmitter().event(() => undefined);

/** A page of the stand-in, from the side of its user. */
export class FakePanel {
  title: string;
  readonly viewType: string;
  readonly posted: unknown[] = [];
  revealed = 0;
  isDisposed = false;
  readonly #messages = new EventEmitter<unknown>();
  readonly #disposed = new EventEmitter<void>();
  readonly onDidDispose = this.#disposed.event;
  readonly webview = {
    html: '',
    options: {} as unknown,
    cspSource: 'csp:',
    asWebviewUri: (uri: unknown): unknown => uri,
    onDidReceiveMessage: this.#messages.event,
    postMessage: async (message: unknown): Promise<boolean> => this.posted.push(structuredClone(message)) > 0,
  };

  constructor(viewType: string, title: string) {
    this.viewType = viewType;
    this.title = title;
  }

  reveal(): void {
    this.revealed++;
  }

  /** The page says something to the extension. */
  send(message: unknown): void {
    this.#messages.fire(structuredClone(message));
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.#disposed.fire();
  }
}

/** Every page that was made, the newest last. */
export const panels: FakePanel[] = [];

export function createWebviewPanel(viewType: string, title: string): FakePanel {
  const panel = new FakePanel(viewType, title);
  panels.push(panel);
  return panel;
}

interface Serializer {
  deserializeWebviewPanel(panel: unknown, state: unknown): Promise<void>;
}

const serializers = new Map<string, Serializer>();

export function registerWebviewPanelSerializer(viewType: string, serializer: Serializer): { dispose(): void } {
  serializers.set(viewType, serializer);
  return { dispose: () => void serializers.delete(viewType) };
}

/** Brings a page back as after a reload of the window. */
export async function revivePanel(viewType: string, state: unknown): Promise<FakePanel> {
  const panel = createWebviewPanel(viewType, 'as it was');
  await serializers.get(viewType)!.deserializeWebviewPanel(panel, state);
  return panel;
}

/** What is typed in the dialog is the path. */
export async function showSaveDialog(options: { title?: string; defaultUri?: Uri } = {}): Promise<Uri | undefined> {
  const answer = await user.ask(question('input', `${options.title ?? ''} | ${options.defaultUri?.fsPath ?? ''}`, []));
  return typeof answer === 'string' ? Uri.file(answer) : undefined;
}

export function registerCustomEditorProvider(viewType: string, provider: unknown, options: object): { dispose(): void } {
  providers.set(`editor:${viewType}`, { provider, options });
  return { dispose: () => providers.delete(`editor:${viewType}`) };
}

export async function showTextDocument(document: unknown): Promise<unknown> {
  user.executed.push(['showTextDocument', document]);
  return undefined;
}

/** The editor with the cursor. */
export const activeTextEditor: unknown = undefined;
