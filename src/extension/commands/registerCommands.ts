import { commands, Disposable, l10n } from 'vscode';
import { notices } from '../notices.ts';
import { COMMANDS, ROW_COMMANDS } from '../names.ts';
import { failureOf, type Remedy } from '../words/failure.ts';
import type { CommandTools } from './tools.ts';

/** The one place where commands are registered. What a command throws is told in plain words, with a button that may mend it. */
export function registerCommands(tools: CommandTools): Disposable {
  const registered = Object.entries(COMMANDS).map(([name, id]) => {
    return commands.registerCommand(id, async (...args: unknown[]) => {
      if (args[0] === undefined && ROW_COMMANDS.includes(id)) return tellNoRow();
      try {
        // What commands do, and the engine with it, is read with the first command and not when VS Code starts.
        const { HANDLERS } = await import('./handlers.ts');
        await HANDLERS[name as keyof typeof COMMANDS](tools, ...args);
      } catch (error) {
        // Not waited for: a notification that stays must not keep the command, and whoever called it, from ending.
        void tellFailure(error, () => commands.executeCommand(id, ...args), tools);
      }
    });
  });
  return Disposable.from(...registered);
}

/** While rows are drawn again VS Code knows none of those below them, and a menu that was open names nothing. Better said than done to another row. */
function tellNoRow(): void {
  void notices.showInformationMessage(l10n.t('The list was being read again at that moment, so nothing was done. Please try once more.'));
}

async function tellFailure(error: unknown, again: () => Thenable<unknown>, { log, voice }: CommandTools): Promise<void> {
  const { text, severity, remedies } = failureOf(error, voice);
  if (severity === 'none') return;
  log.error(text, error);
  const buttons = remedies.flatMap((remedy) => buttonFor(remedy, again));
  const show =
    severity === 'error' ? notices.showErrorMessage : severity === 'warning' ? notices.showWarningMessage : notices.showInformationMessage;
  const pressed = await show(text, ...buttons);
  await pressed?.run();
}

interface Button {
  readonly title: string;
  readonly run: () => Thenable<unknown>;
}

function buttonFor(remedy: Remedy, again: () => Thenable<unknown>): Button[] {
  switch (remedy) {
    case 'signIn':
      return [{ title: l10n.t('Sign In'), run: () => commands.executeCommand(COMMANDS.signIn) }];
    case 'attach':
      return [{ title: l10n.t('Attach Account…'), run: () => commands.executeCommand(COMMANDS.attachAccount) }];
    case 'resume':
    case 'retry':
      return [{ title: l10n.t('Try Again'), run: again }];
    case 'showLog':
      return [{ title: l10n.t('Show Log'), run: () => commands.executeCommand(COMMANDS.showLog) }];
    case 'takeOver':
      return [];
  }
}
