import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { translatable } from './userStrings.ts';

export const ROOT = join(import.meta.dirname, '..', '..', '..');
export const BUNDLE = join(ROOT, 'l10n', 'bundle.l10n.json');

/** The extension's source files by path from the project's root, with forward slashes. */
export function extensionSources(): Map<string, string> {
  const folder = join(ROOT, 'src', 'extension');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.ts'),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(ROOT, path).split(sep).join('/'), readFileSync(path, 'utf8')]));
}

/** Every text that the extension has translated. */
export function extensionTexts(): string[] {
  return [...new Set([...extensionSources().values()].flatMap(translatable))].sort();
}

/** What `vscode.l10n` reads: each text, with itself as its English. */
export function bundleText(texts: readonly string[]): string {
  return `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`;
}
