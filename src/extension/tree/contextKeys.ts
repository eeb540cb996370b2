import { commands } from 'vscode';
import { CONTEXT_KEYS } from '../names.ts';

/** Sets context keys, by which menus and welcome texts in package.json are shown or not. */
export function setContexts(values: Partial<Record<keyof typeof CONTEXT_KEYS, boolean>>): void {
  for (const [name, value] of Object.entries(values)) {
    void commands.executeCommand('setContext', CONTEXT_KEYS[name as keyof typeof CONTEXT_KEYS], value);
  }
}
