import {
  CompletionItem,
  CompletionItemKind,
  Diagnostic,
  DiagnosticSeverity,
  Disposable,
  extensions,
  languages,
  Range,
  Uri,
  workspace,
  type TextDocument,
} from 'vscode';
import type { PolicyProblem } from '../../../policy/file/policyText.ts';
import type { Log } from '../../log.ts';
import { SCHEMES } from '../../names.ts';
import { isPolicyFile, type PolicyFiles } from '../policyFiles.ts';
import { offersAt, type Schema } from './schemaWords.ts';

const YAML_EXTENSION = 'redhat.vscode-yaml';
/** Typing goes on: a mistake is shown when it pauses. */
const TYPING_MS = 200;

/** Mistakes of policy files at their lines; completion where no extension for YAML gives it; and the documents that preview them. */
export class PolicyEditor implements Disposable {
  readonly #diagnostics = languages.createDiagnosticCollection('page-blob-backup');
  readonly #files: Pick<PolicyFiles, 'find' | 'read' | 'onDidChange'>;
  readonly #extensionUri: Uri;
  readonly #listening: Disposable;
  readonly #previews = new Map<string, string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #schema: Promise<Schema> | undefined;

  constructor(extensionUri: Uri, files: Pick<PolicyFiles, 'find' | 'read' | 'onDidChange'>, log: Log) {
    this.#extensionUri = extensionUri;
    this.#files = files;
    const soon = (document: TextDocument): void => this.#soon(document);
    this.#listening = Disposable.from(
      this.#diagnostics,
      workspace.onDidOpenTextDocument((document) => void this.#check(document.uri, document.getText())),
      workspace.onDidChangeTextDocument(({ document }) => soon(document)),
      files.onDidChange((uri) => void this.#checkFile(uri)),
      languages.registerCompletionItemProvider(
        { pattern: '**/page-blob-backup.{yaml,yml}' },
        { provideCompletionItems: (document, { line, character }) => this.#complete(document, line, character) },
        ' ',
      ),
      workspace.registerTextDocumentContentProvider(SCHEMES.policy, {
        provideTextDocumentContent: ({ path }) => this.#previews.get(path) ?? '',
      }),
    );
    this.#checkAll().catch((error: unknown) => log.warn(`Looking for policy files: ${String(error)}`));
  }

  /** The address of a read-only document with this text. @param name for people, ends in `.md` */
  previewUri(name: string, text: string): Uri {
    const path = `/${this.#previews.size + 1}/${name}`;
    this.#previews.set(path, text);
    return Uri.from({ scheme: SCHEMES.policy, path, query: '' });
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#listening.dispose();
  }

  async #checkAll(): Promise<void> {
    for (const document of workspace.textDocuments) await this.#check(document.uri, document.getText());
    for (const uri of await this.#files.find()) await this.#checkFile(uri);
  }

  /** A file that is open is judged by what is typed in it. */
  async #checkFile(uri: Uri): Promise<void> {
    const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    const text = open?.getText() ?? (await this.#files.read(uri.toString()));
    if (text === undefined) this.#diagnostics.delete(uri);
    else await this.#check(uri, text);
  }

  #soon(document: TextDocument): void {
    if (!isPolicyFile(document.uri)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const check = (): void => {
      this.#timers.delete(key);
      void this.#check(document.uri, document.getText());
    };
    this.#timers.set(key, setTimeout(check, TYPING_MS));
  }

  async #check(uri: Uri, text: string): Promise<void> {
    if (!isPolicyFile(uri)) return;
    const { readPolicy } = await import('../../../policy/file/readPolicy.ts');
    this.#diagnostics.set(uri, readPolicy(text).problems.map(diagnosticOf));
  }

  async #complete(document: TextDocument, line: number, character: number): Promise<CompletionItem[]> {
    if (extensions.getExtension(YAML_EXTENSION)) return [];
    const schema = await (this.#schema ??= this.#readSchema());
    return offersAt(schema, document.getText().split(/\r?\n/), line, character).map(({ kind, text, description }) => {
      const item = new CompletionItem(text, kind === 'key' ? CompletionItemKind.Property : CompletionItemKind.EnumMember);
      item.insertText = kind === 'key' ? `${text}: ` : text;
      if (description !== undefined) item.documentation = description;
      return item;
    });
  }

  async #readSchema(): Promise<Schema> {
    const bytes = await workspace.fs.readFile(Uri.joinPath(this.#extensionUri, 'schemas', 'page-blob-backup.schema.json'));
    return JSON.parse(new TextDecoder().decode(bytes)) as Schema;
  }
}

/** The reader counts from 1, VS Code from 0; neither takes the end in. */
function diagnosticOf({ message, line, column, endLine, endColumn }: PolicyProblem): Diagnostic {
  const diagnostic = new Diagnostic(new Range(line - 1, column - 1, endLine - 1, endColumn - 1), message, DiagnosticSeverity.Error);
  diagnostic.source = 'Page Blob Backup';
  return diagnostic;
}
