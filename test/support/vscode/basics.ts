/** The plain classes of the `vscode` API, as far as the extension uses them. */

export class Disposable {
  readonly #dispose: () => unknown;
  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }
  static from(...all: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((each) => each.dispose()));
  }
  dispose(): void {
    this.#dispose();
  }
}

export class EventEmitter<Value> {
  readonly #listeners = new Set<(value: Value) => unknown>();
  readonly event = (listener: (value: Value) => unknown, _this?: unknown, disposables?: { dispose(): unknown }[]): Disposable => {
    this.#listeners.add(listener);
    const disposable = new Disposable(() => this.#listeners.delete(listener));
    disposables?.push(disposable);
    return disposable;
  };
  fire(value: Value): void {
    for (const listener of Array.from(this.#listeners)) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export class CancellationTokenSource {
  readonly #emitter = new EventEmitter<void>();
  #isCancelled = false;
  readonly token: { readonly isCancellationRequested: boolean; readonly onCancellationRequested: EventEmitter<void>['event'] };
  constructor() {
    const isCancelled = (): boolean => this.#isCancelled;
    this.token = {
      get isCancellationRequested() {
        return isCancelled();
      },
      onCancellationRequested: this.#emitter.event,
    };
  }
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#emitter.fire();
  }
  dispose(): void {
    this.#emitter.dispose();
  }
}

export class CancellationError extends Error {}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;
  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export class MarkdownString {
  value: string;
  isTrusted: unknown;
  supportThemeIcons: boolean;
  constructor(value = '', supportThemeIcons = false) {
    this.value = value;
    this.supportThemeIcons = supportThemeIcons;
  }
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

export class TreeItem {
  label: unknown;
  collapsibleState: number;
  constructor(label: unknown, collapsibleState = 0) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class Uri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
  readonly fsPath: string;
  readonly #text: string;
  private constructor(text: string, fsPath: string) {
    this.#text = text;
    this.fsPath = fsPath;
    const [, scheme = '', path = '', query = ''] = /^([^:/?#]*):([^?#]*)(?:\?([^#]*))?/.exec(text) ?? [];
    this.scheme = scheme;
    // The path of a file is given as it is.
    this.path = scheme === 'file' ? path : decodeURIComponent(path);
    this.query = scheme === 'file' ? query : decodeURIComponent(query);
  }
  static file(path: string): Uri {
    return new Uri(`file://${path}`, path);
  }
  static parse(text: string): Uri {
    return new Uri(text, text.replace(/^file:\/\//, ''));
  }
  static from({ scheme, path, query }: { readonly scheme: string; readonly path: string; readonly query: string }): Uri {
    return Uri.parse(`${scheme}:${path.split('/').map(encodeURIComponent).join('/')}?${encodeURIComponent(query)}`);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return Uri.file([base.fsPath, ...parts].join('/'));
  }
  toString(): string {
    return this.#text;
  }
}

export class Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
  constructor(line: number, character: number, endLine: number, endCharacter: number) {
    this.start = { line, character };
    this.end = { line: endLine, character: endCharacter };
  }
}

export class Diagnostic {
  readonly range: Range;
  readonly message: string;
  readonly severity: number;
  source: string | undefined;
  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export class CompletionItem {
  readonly label: string;
  readonly kind: number;
  insertText: string | undefined;
  documentation: string | undefined;
  constructor(label: string, kind: number) {
    this.label = label;
    this.kind = kind;
  }
}

export class FileSystemError extends Error {
  static FileNotFound(uri: Uri): FileSystemError {
    return new FileSystemError(`FileNotFound ${uri.toString()}`);
  }
  static NoPermissions(uri: Uri): FileSystemError {
    return new FileSystemError(`NoPermissions ${uri.toString()}`);
  }
}

export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 } as const;
export const CompletionItemKind = { Property: 9, EnumMember: 19 } as const;
export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 } as const;
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 } as const;
export const StatusBarAlignment = { Left: 1, Right: 2 } as const;
export const QuickPickItemKind = { Separator: -1, Default: 0 } as const;
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 } as const;
export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 } as const;
export const ViewColumn = { Active: -1, Beside: -2, One: 1 } as const;
