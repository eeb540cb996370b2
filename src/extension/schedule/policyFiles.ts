import { Disposable, EventEmitter, Uri, workspace } from 'vscode';

const NAME = /(?:^|\/)page-blob-backup\.ya?ml$/;
const PATTERN = '**/page-blob-backup.{yaml,yml}';
const MOST = 50;

export function isPolicyFile({ path }: Pick<Uri, 'path'>): boolean {
  return NAME.test(path);
}

/** The policy files of the workspace, as they are on disk: what is typed and not saved is no policy yet. */
export class PolicyFiles implements Disposable {
  readonly #changed = new EventEmitter<Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #watching: Disposable;

  constructor() {
    const watcher = workspace.createFileSystemWatcher(PATTERN);
    const fire = (uri: Uri): void => this.#changed.fire(uri);
    this.#watching = Disposable.from(watcher.onDidChange(fire), watcher.onDidCreate(fire), watcher.onDidDelete(fire), watcher);
  }

  async find(): Promise<Uri[]> {
    return [...(await workspace.findFiles(PATTERN, '**/node_modules/**', MOST))].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The text of a file; undefined where it is not there. @param uri as text */
  async read(uri: string): Promise<string | undefined> {
    try {
      return new TextDecoder().decode(await workspace.fs.readFile(Uri.parse(uri)));
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    this.#watching.dispose();
    this.#changed.dispose();
  }
}
