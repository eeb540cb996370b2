import { readFileSync } from 'node:fs';
import { EventEmitter, Uri, type Diagnostic } from './basics.ts';

/** The workspace of the stand-in: files by URI, what is open of them, and whether it is trusted. */
class PolicyFolder {
  isTrusted = true;
  readonly texts = new Map<string, string>();
  documents: { readonly uri: Uri; getText(): string }[] = [];
  /** Ids of other extensions that are there. */
  extensions: string[] = [];
  readonly trusted = new EventEmitter<void>();
  readonly opened = new EventEmitter<unknown>();
  readonly typed = new EventEmitter<unknown>();
  readonly #changed = new EventEmitter<Uri>();
  readonly found = new Map<string, readonly Diagnostic[]>();
  readonly diagnostics = {
    set: (uri: Uri, all: readonly Diagnostic[]): void => void this.found.set(String(uri), all),
    delete: (uri: Uri): void => void this.found.delete(String(uri)),
    dispose: (): void => this.found.clear(),
  };

  reset(): void {
    this.isTrusted = true;
    this.texts.clear();
    this.documents = [];
    this.extensions = [];
  }

  uris(): Uri[] {
    return [...this.texts.keys()].map((text) => Uri.parse(text));
  }

  /** Saves a file, as its author does. */
  write(uri: string, text: string): void {
    this.texts.set(uri, text);
    this.#changed.fire(Uri.parse(uri));
  }

  remove(uri: string): void {
    this.texts.delete(uri);
    this.#changed.fire(Uri.parse(uri));
  }

  /** Files that nobody wrote are those of this machine. */
  read(uri: string): Uint8Array {
    const text = this.texts.get(uri);
    return text === undefined ? readFileSync(uri.replace(/^file:\/\//, '')) : new TextEncoder().encode(text);
  }

  watcher(): object {
    const none = new EventEmitter<Uri>().event;
    return { onDidChange: this.#changed.event, onDidCreate: none, onDidDelete: none, dispose: () => undefined };
  }

  grantTrust(): void {
    this.isTrusted = true;
    this.trusted.fire();
  }
}

export const policyFolder = new PolicyFolder();
