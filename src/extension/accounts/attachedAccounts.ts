import { accessWithKey, accessWithSas, type Access } from '../../azure/access.ts';
import type { AttachedAccount, Attachment } from './attached.ts';
import { KEPT, secretKey, type Memory, type Secrets } from './storage.ts';

/**
 * While a window reloads, SecretStorage may answer `undefined` for a secret that it has, most of all in a browser. After this long it is asked once more
 * before a secret counts as gone.
 */
const ASK_AGAIN_MS = 1000;

/** The accounts that were attached by hand: the list in `Memory`, each secret under a key of its own in `Secrets`. */
export class AttachedAccounts {
  readonly #memory: Memory;
  readonly #secrets: Secrets;
  readonly #sleep: (ms: number) => Promise<void>;

  /** @param sleep resolves after a while */
  constructor(memory: Memory, secrets: Secrets, sleep: (ms: number) => Promise<void>) {
    this.#memory = memory;
    this.#secrets = secrets;
    this.#sleep = sleep;
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
    const secret = await this.#secretOf(id);
    if (secret === undefined) return undefined;
    return access === 'key' ? accessWithKey(name, secret) : accessWithSas(secret);
  }

  async #secretOf(id: string): Promise<string | undefined> {
    const secret = await this.#secrets.get(secretKey(id));
    if (secret !== undefined) return secret;
    await this.#sleep(ASK_AGAIN_MS);
    return this.#secrets.get(secretKey(id));
  }
}
