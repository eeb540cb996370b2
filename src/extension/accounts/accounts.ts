import * as vscode from 'vscode';
import { hasIdentity, identityCredential } from '../../azure/identity.ts';
import type { Credential } from '../../azure/tokens.ts';
import { isBackupError } from '../../engine/errors.ts';
import { LazyAzureSession } from '../azureSession.ts';
import { SETTINGS } from '../names.ts';
import type { PolicySession } from '../session.ts';
import type { AccountDirectory } from './account.ts';
import type { Attachment } from './attached.ts';
import { AttachedAccounts } from './attachedAccounts.ts';
import { askForAccount } from './attachFlow.ts';
import { cloudOf, type Cloud } from './cloud.ts';
import { Directory } from './directory.ts';
import { lazyArm } from './discovery.ts';
import { attachEmulators } from './emulatorFlow.ts';
import { signIn } from './signInFlow.ts';
import { chooseSubscriptions } from './subscriptionFlow.ts';
import { Users } from './users.ts';
import { VsCodeSessions } from './vscodeSessions.ts';

/** The accounts as the rest of the extension uses them: the list, the way into Azure, and what the commands do. */
export interface Accounts extends vscode.Disposable {
  readonly directory: AccountDirectory;
  readonly session: PolicySession;
  /** Asks how, checks, attaches. @returns ids of what was attached: none when the user went away */
  attachAccount(): Promise<readonly string[]>;
  attachEmulator(): Promise<readonly string[]>;
  /** Forgets an attached account and its secret; nothing in the account changes. */
  detach(id: string): Promise<void>;
  /** @returns whether somebody is signed in now */
  signIn(): Promise<boolean>;
  selectSubscriptions(): Promise<void>;
  pin(id: string, pinned: boolean): Promise<void>;
}

type Context = Pick<vscode.ExtensionContext, 'globalState' | 'secrets'>;

/** Loads no SDK and asks nobody. @param log for what does not matter to people */
export function createAccounts(context: Context, log: { debug(text: string): void }): Accounts {
  const { t } = vscode.l10n;
  const debug = (text: string): void => log.debug(text);
  const others = {
    exist: () => hasIdentity(process.env),
    credential: ({ authorityHost }: Cloud): Credential => identityCredential({ authorityHost, debug }),
  };
  const sessions = new VsCodeSessions(() => cloud().provider, debug);
  const users = new Users(sessions, others, cloud, t);
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const attached = new AttachedAccounts(context.globalState, context.secrets, sleep);
  const directory = new Directory({ memory: context.globalState, attached, users, arm: lazyArm, cloud, t, sleep });
  const session = new LazyAzureSession({
    directory,
    anybody: () => directory.anybody,
    env: process.env,
    apiVersion,
    userAgent: 'page-blob-backup-vscode',
  });

  const lookAnew = (): void => {
    users.reset();
    directory.refresh();
  };
  const check = async (attachment: Attachment, signal: AbortSignal): Promise<string | undefined> => {
    try {
      const { checkAccount } = await import('./checkAccount.ts');
      await checkAccount(attachment, directory.anybody, apiVersion(), signal);
      return undefined;
    } catch (error) {
      return isBackupError(error) ? error.fullText : String(error);
    }
  };
  const subscriptions: vscode.Disposable[] = [
    sessions.onDidChangeAccounts(lookAnew),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('microsoft-sovereign-cloud')) lookAnew();
      if (event.affectsConfiguration(`pageBlobBackup.${SETTINGS.apiVersion}`)) session.reset();
    }),
    directory,
  ];
  const add = async (attachments: readonly Attachment[]): Promise<readonly string[]> => {
    for (const attachment of attachments) await directory.attach(attachment);
    return attachments.map(({ account }) => account.id);
  };
  return {
    directory,
    session,
    attachAccount: async () => {
      const attachment = await askForAccount({ endpoints: () => directory.endpoints(), storageSuffix: cloud().storageSuffix, check });
      return add(attachment ? [attachment] : []);
    },
    attachEmulator: async () => add(await attachEmulators(emulatorStrings(), check)),
    detach: (id) => directory.detach(id),
    signIn: async () => {
      const done = await signIn(sessions, cloud(), directory.tenantsToSignIn());
      if (done) lookAnew();
      return done;
    },
    selectSubscriptions: () => chooseSubscriptions(directory),
    pin: (id, pinned) => directory.pin(id, pinned),
    dispose: () => {
      for (const one of subscriptions) one.dispose();
    },
  };
}

function cloud(): Cloud {
  const settings = vscode.workspace.getConfiguration('microsoft-sovereign-cloud');
  return cloudOf(settings.get('environment'), settings.get('customEnvironment'));
}

function apiVersion(): string | undefined {
  return vscode.workspace.getConfiguration('pageBlobBackup').get<string>(SETTINGS.apiVersion)?.trim() || undefined;
}

function emulatorStrings(): readonly string[] {
  return vscode.workspace.getConfiguration('pageBlobBackup').get<readonly string[]>(SETTINGS.emulatorConnectionStrings) ?? [];
}
