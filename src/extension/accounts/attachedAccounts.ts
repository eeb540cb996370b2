import { accessWithKey, accessWithSas, type Access } from '../../azure/access.ts';
import type { AttachedAccount, Attachment } from './attached.ts';
import { KEPT, secretKey, type Memory, type Secrets } from './storage.ts';

/** The accounts that were attached by hand: the list in `Memory`, each secret under a key of its own in `Secrets`. */
export class AttachedAccounts {
  readonly #memory: Memory;
  readonly #secrets: Secrets;

  constructor(memory: Memory, secrets: Secrets) {
    this.#memory = memory;
    this.#secrets = secrets;
  }

  all(): readonly AttachedAccount[] {
    return this.#memory.get<readonly AttachedAccount[]>(KEPT.attached) ?? [];
  }

  /** Attaches an account, or replaces what is known of it. The secret comes first: an account without one would be of no use. */
  async add({ account, secret }: Attachment): Promise<void> {
    if (secret) await this.#secrets.store(secretKey(account.id), secret.reveal());
    else await this.#secrets.delete(secretKey(account.id));
    await this.#memory.update(KEPT.attached, [...this.all().filter(({ id }) => id !== account.id), account]);
  }

  async remove(id: string): Promise<void> {
    await this.#memory.update(
      KEPT.attached,
      this.all().filter((account) => account.id !== id),
    );
    await this.#secrets.delete(secretKey(id));
  }

  /** The credential of an account with a secret, read at each use; undefined when the secret is gone. */
  async accessOf({ id, name, access }: AttachedAccount): Promise<Access | undefined> {
    const secret = await this.#secrets.get(secretKey(id));
    if (secret === undefined) return undefined;
    return access === 'key' ? accessWithKey(name, secret) : accessWithSas(secret);
  }
}
