import type { JobOptions } from '../../engine/tools.ts';
import type { AccountDirectory } from '../accounts/account.ts';
import type { Log } from '../log.ts';
import type { COMMANDS } from '../names.ts';
import type { RestorePages } from '../restore/restorePages.ts';
import type { RunRegistry } from '../runs/run.ts';
import type { PolicySession } from '../session.ts';
import type { PolicyEditor } from '../schedule/editor/policyEditor.ts';
import type { ScheduleActions } from '../schedule/scheduleActions.ts';
import type { Voice } from '../words/voice.ts';
import type { AccountActions } from './accountActions.ts';
import type { TreeActions } from './treeActions.ts';

/** What commands work with. */
export interface CommandTools {
  readonly session: PolicySession;
  readonly directory: AccountDirectory;
  readonly accounts: AccountActions;
  readonly trees: TreeActions;
  readonly runs: RunRegistry;
  readonly restorePages: Pick<RestorePages, 'show'>;
  readonly schedule: ScheduleActions;
  readonly policyEditor: Pick<PolicyEditor, 'previewUri'>;
  readonly log: Log;
  readonly voice: Voice;
  /** World and patience for questions that a user waits for. */
  readonly job: JobOptions;
}

/** Called with the row that the menu was opened on and all selected rows, or with what a button or link hands over, or with nothing. */
export type Handler = (tools: CommandTools, ...args: unknown[]) => unknown;

/** A handler for every command: a missing one does not compile. */
export type Handlers = { readonly [Name in keyof typeof COMMANDS]: Handler };
