import type { JobOptions } from '../../engine/tools.ts';
import type { NextAction, RestoreView } from '../../messages/restore.ts';
import type { AccountDirectory } from '../accounts/account.ts';
import type { Log } from '../log.ts';
import type { RestoreSpec, RunRegistry } from '../runs/run.ts';
import type { AzureSession } from '../session.ts';
import type { RunSettings } from '../settings.ts';
import type { Voice } from '../words/voice.ts';
import type { RestoreEvent, RestoreState } from './state.ts';

/** What the window does for a wizard. */
export interface WizardDesk {
  show(view: RestoreView): void;
  copy(text: string): Promise<void>;
  /** Asks for a file that is to be made. @returns its path */
  chooseFile(name: string): Promise<string | undefined>;
  act(action: NextAction | 'showLog', spec: RestoreSpec | undefined): void;
}

export interface WizardParts {
  readonly session: AzureSession;
  readonly directory: AccountDirectory;
  readonly runs: RunRegistry;
  readonly voice: Voice;
  readonly log: Log;
  /** World and patience for questions that a user waits for. */
  readonly job: JobOptions;
  readonly readSettings: () => RunSettings;
  /** Milliseconds without a key before the service is asked about what was typed. */
  readonly typingPause?: number;
}

/** A wizard, as those see it who find out what its state lacks. */
export interface Board {
  readonly parts: WizardParts;
  /** Ends with the wizard. */
  readonly signal: AbortSignal;
  readonly state: RestoreState;
  dispatch(event: RestoreEvent): void;
}
