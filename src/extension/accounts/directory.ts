import type { RulesOf } from '../../azure/arm/accountRules.ts';
import { tokenAccess, type Access } from '../../azure/access.ts';
import type { BlobAddress } from '../../azure/blobAddress.ts';
import { redact } from '../../engine/redact.ts';
import type { Credential } from '../../azure/tokens.ts';
import type { ToldRules } from '../../engine/surroundings.ts';
import { BackupError, isBackupError, throwIfCancelled } from '../../engine/errors.ts';
import type { Localise } from '../words/voice.ts';
import type { AccountDirectory, AccountListing } from './account.ts';
import { accountId, bestFit } from './accountId.ts';
import type { Attachment } from './attached.ts';
import type { AttachedAccounts } from './attachedAccounts.ts';
import type { Cloud } from './cloud.ts';
import {
  discover,
  subscriptionsOf,
  type Arm,
  type Discovery,
  type Subscriptions,
  type UserAccount,
  type UserProblem,
  type UserSubscription,
} from './discovery.ts';
import { Emitter } from './emitter.ts';
import { listingOf } from './listing.ts';
import { SharedTask } from './sharedTask.ts';
import { KEPT, type Memory } from './storage.ts';
import type { Users } from './users.ts';

/** Attached accounts are shown after this long, even if Azure has not answered. */
const PATIENCE_MS = 1000;

export interface DirectoryParts {
  readonly memory: Memory;
  readonly attached: AttachedAccounts;
  readonly users: Users;
  readonly arm: Arm;
  readonly cloud: () => Cloud;
  readonly t: Localise;
  /** Resolves after a while. */
  readonly sleep: (ms: number) => Promise<void>;
}

type Found = Discovery & { readonly signedIn: boolean };

const NOTHING: Discovery = { accounts: [], leftOut: [], problems: [] };

/** Every account the user has. What ARM found is kept as a hint, so that a run can go on after a reload without waiting for ARM. */
export class Directory implements AccountDirectory {
  readonly #parts: DirectoryParts;
  readonly #changed = new Emitter<void>();
  #discovery: SharedTask<Found> | undefined;
  #found: Found | undefined;
  #isDisposed = false;

  readonly onDidChange = this.#changed.event;
  readonly findAccess = (address: BlobAddress): Promise<Access | undefined> => this.#findAccess(address);

  constructor(parts: DirectoryParts) {
    this.#parts = parts;
  }

  async list(signal: AbortSignal): Promise<AccountListing> {
    for (;;) {
      try {
        return await this.#list(signal);
      } catch (error) {
        // Work that a refresh has stopped is begun anew for those who wait for it.
        if (signal.aborted || this.#isDisposed || !isBackupError(error, 'cancelled')) throw error;
      }
    }
  }

  async #list(signal: AbortSignal): Promise<AccountListing> {
    const task = this.#look();
    const found = task.wait(signal);
    if (this.#parts.attached.all().length === 0 || task.settled) return this.#listing(await found);
    const first = await Promise.race([found, this.#parts.sleep(PATIENCE_MS)]);
    if (first) return this.#listing(first);
    // From here on the work goes on for whoever asks next, and no longer for this caller.
    found.catch(() => undefined);
    task.wait(undefined).then(
      () => this.#changed.fire(),
      () => undefined,
    );
    return this.#listing(undefined);
  }

  refresh(): void {
    this.#discovery?.stop();
    this.#discovery = undefined;
    this.#found = undefined;
    this.#changed.fire();
  }

  endpoints(): readonly string[] {
    return [...new Set([...this.#parts.attached.all(), ...this.#known()].map(({ endpoint }) => endpoint))];
  }

  credentialId(address: BlobAddress): string | undefined {
    return bestFit(this.#parts.attached.all(), address)?.id;
  }

  async attach(attachment: Attachment): Promise<void> {
    await this.#parts.attached.add(attachment);
    this.#changed.fire();
  }

  async detach(id: string): Promise<void> {
    await this.#parts.attached.remove(id);
    this.#changed.fire();
  }

  async pin(id: string, pinned: boolean): Promise<void> {
    const others = [...this.#pinned()].filter((one) => one !== id);
    await this.#parts.memory.update(KEPT.pinned, pinned ? [...others, id] : others);
    this.#changed.fire();
  }

  /** Every subscription, for choosing. @throws cancelled */
  async subscriptions(signal: AbortSignal): Promise<Subscriptions> {
    const { arm, cloud, users } = this.#parts;
    return subscriptionsOf(arm, cloud().arm, await users.present(), { signal });
  }

  /** The chosen subscriptions; undefined for all. */
  chosen(): readonly UserSubscription[] | undefined {
    return this.#parts.memory.get(KEPT.subscriptions);
  }

  async choose(subscriptions: readonly UserSubscription[] | undefined): Promise<void> {
    await this.#parts.memory.update(KEPT.subscriptions, subscriptions);
    this.refresh();
  }

  /** What Azure Resource Manager tells of an account that it found, and of a container in it; or why it tells nothing. @throws cancelled */
  async rulesOf(of: RulesOf, signal: AbortSignal | undefined): Promise<ToldRules> {
    const { arm, cloud, users, t } = this.#parts;
    const found = this.#known().find((account) => accountId(account.endpoint) === accountId(of.endpoint));
    if (!found) return { untold: t('It is not among the accounts of the subscriptions that are shown here.') };
    const { id, user, shownBy } = found.subscription;
    try {
      const rules = await arm.accountRules(cloud().arm, users.credentialOf(user, shownBy), id, of, { signal });
      return rules ?? { untold: t('It is no longer in the subscription in which it was found.') };
    } catch (error) {
      throwIfCancelled(signal);
      if (isBackupError(error)) return { untold: error.message };
      throw error;
    }
  }

  /** Directories that ask for a sign-in of their own, as the last look found. */
  tenantsToSignIn(): readonly UserProblem[] {
    return (this.#found?.problems ?? []).filter(({ level, error }) => level === 'tenant' && error.code === 'signInNeeded');
  }

  /** The token of whoever is signed in, for addresses that belong to no known account. */
  get anybody(): Credential {
    return this.#parts.users.anybody();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#discovery?.stop();
    this.#changed.dispose();
  }

  #look(): SharedTask<Found> {
    if (this.#discovery && !this.#discovery.stopped) return this.#discovery;
    const task: SharedTask<Found> = new SharedTask(async (signal) => {
      const found = await this.#ask(signal);
      if (this.#discovery !== task) return found;
      this.#found = found;
      // A bad day of the network does not make us forget what there was.
      if (found.problems.length === 0 || found.accounts.length > 0) await this.#parts.memory.update(KEPT.found, found.accounts);
      return found;
    });
    this.#discovery = task;
    return task;
  }

  /** Never fails but by being stopped: whatever else goes wrong must not hide the attached accounts. */
  async #ask(signal: AbortSignal): Promise<Found> {
    const { arm, cloud, users, t } = this.#parts;
    try {
      const present = await users.present();
      if (present.length === 0) return { ...NOTHING, signedIn: false };
      return { ...(await discover(arm, cloud().arm, present, this.chosen(), { signal })), signedIn: true };
    } catch (error) {
      throwIfCancelled(signal);
      return {
        ...NOTHING,
        problems: [{ level: 'user', label: t('Azure'), tenantId: undefined, user: undefined, error: unexpected(error) }],
        signedIn: true,
      };
    }
  }

  #listing(found: Found | undefined): AccountListing {
    return listingOf(this.#parts.t, this.#parts.attached.all(), found, this.#pinned());
  }

  #pinned(): ReadonlySet<string> {
    return new Set(this.#parts.memory.get<readonly string[]>(KEPT.pinned) ?? []);
  }

  /** What ARM found, or found before this window was opened. */
  #known(): readonly UserAccount[] {
    return this.#found?.accounts ?? this.#parts.memory.get<readonly UserAccount[]>(KEPT.found) ?? [];
  }

  async #findAccess(address: BlobAddress): Promise<Access | undefined> {
    const { attached, users, t } = this.#parts;
    const account = bestFit(attached.all(), address);
    if (account && account.access !== 'entra') return (await attached.accessOf(account)) ?? secretGone(t, account.name);
    const id = accountId(address.endpoint);
    const found = this.#known().find(({ endpoint }) => accountId(endpoint) === id);
    if (found) return tokenAccess(address, users.credentialOf(found.subscription.user, found.subscription.tenantId), []);
    return account && tokenAccess(address, users.anybody(), []);
  }
}

function unexpected(error: unknown): BackupError {
  if (error instanceof BackupError) return error;
  return new BackupError('unexpected', redact(error instanceof Error ? error.message : String(error)));
}

function secretGone(t: Localise, name: string): never {
  throw new BackupError('signInNeeded', t('The key or SAS of "{0}" is no longer kept on this machine.', name), {
    hint: t('Attach the account again.'),
  });
}
