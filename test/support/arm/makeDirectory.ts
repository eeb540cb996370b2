import type { Credential } from '../../../src/azure/tokens.ts';
import { AttachedAccounts } from '../../../src/extension/accounts/attachedAccounts.ts';
import { cloudOf, type Cloud } from '../../../src/extension/accounts/cloud.ts';
import { Directory } from '../../../src/extension/accounts/directory.ts';
import { lazyArm, type Arm } from '../../../src/extension/accounts/discovery.ts';
import { Users } from '../../../src/extension/accounts/users.ts';
import type { FakeArm } from './fakeArm.ts';
import { FakeMemory, FakeSecrets } from './stores.ts';
import { FakeSessions } from './tokens.ts';

export interface MadeDirectory {
  readonly directory: Directory;
  readonly sessions: FakeSessions;
  readonly memory: FakeMemory;
  readonly secrets: FakeSecrets;
  readonly users: Users;
}

export interface DirectoryOptions {
  /** What the real adapter asks; without it nobody may be asked. */
  readonly server?: FakeArm;
  readonly cloud?: Cloud;
  readonly memory?: FakeMemory;
  readonly secrets?: FakeSecrets;
  readonly sessions?: FakeSessions;
  /** The credentials other than VS Code's. */
  readonly other?: Credential;
  readonly sleep?: (ms: number) => Promise<void>;
  /** How the attached accounts wait before they ask for a secret once more; by default not at all. */
  readonly pause?: (ms: number) => Promise<void>;
  readonly arm?: Arm;
}

/** VS Code's words without translation. */
export function inEnglish(text: string, ...args: (string | number | boolean)[]): string {
  return text.replace(/\{(\d+)\}/g, (_, at: string) => String(args[Number(at)]));
}

/** The directory as the extension has it, with a stand-in for VS Code. */
export function makeDirectory(options: DirectoryOptions = {}): MadeDirectory {
  const { server, other, memory = new FakeMemory(), secrets = new FakeSecrets(), sessions = new FakeSessions() } = options;
  const cloud = options.cloud ?? cloudOf('custom', { resourceManagerEndpointUrl: server?.url ?? 'https://127.0.0.1:1' });
  if (!server && !options.arm) sessions.signedIn = [];
  const nobody: Credential = { getToken: async () => null };
  const users = new Users(sessions, { exist: () => other !== undefined, credential: () => other ?? nobody }, () => cloud, inEnglish);
  const directory = new Directory({
    memory,
    attached: new AttachedAccounts(memory, secrets, options.pause ?? (async () => undefined)),
    users,
    arm: options.arm ?? lazyArm,
    cloud: () => cloud,
    t: inEnglish,
    sleep: options.sleep ?? (() => new Promise(() => undefined)),
  });
  return { directory, sessions, memory, secrets, users };
}
