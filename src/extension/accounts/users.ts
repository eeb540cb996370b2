import type { Credential } from '../../azure/tokens.ts';
import type { Localise } from '../words/voice.ts';
import type { Cloud } from './cloud.ts';
import { SessionCredential, withFallback } from './credential.ts';
import type { User } from './discovery.ts';
import type { MicrosoftAccount, MicrosoftSessions } from './sessions.ts';

/** The credentials other than VS Code's. */
export interface OtherCredentials {
  /** Is it likely that they work? Must be cheap. */
  exist(): boolean;
  credential(cloud: Cloud): Credential;
}

/** Who is there, and the credentials they give; one object for each user and tenant, since copies between accounts are simpler with the same one. */
export class Users {
  readonly #sessions: MicrosoftSessions;
  readonly #others: OtherCredentials;
  readonly #cloud: () => Cloud;
  readonly #t: Localise;
  readonly #credentials = new Map<string, Credential>();

  constructor(sessions: MicrosoftSessions, others: OtherCredentials, cloud: () => Cloud, t: Localise) {
    this.#sessions = sessions;
    this.#others = others;
    this.#cloud = cloud;
    this.#t = t;
  }

  /** Everybody whose subscriptions can be looked at without a dialog; the other credentials count where nobody is signed in to VS Code. */
  async present(): Promise<readonly User[]> {
    const { scope } = this.#cloud().arm;
    const users: User[] = [];
    for (const account of await this.#sessions.accounts()) {
      const token = await this.#sessions.token({ account, scope, tenantId: undefined, claims: undefined });
      if (token === undefined) continue;
      users.push({ account, label: account.label, credentialFor: (tenantId) => this.credentialOf(account.id, tenantId) });
    }
    if (users.length > 0 || !this.#others.exist()) return users;
    const credential = this.#other();
    return [
      {
        account: undefined,
        label: this.#t('the sign-in of Azure CLI or of this machine'),
        credentialFor: (tenantId) => inTenant(credential, tenantId),
      },
    ];
  }

  /** Tokens of one user in one tenant. @param user id of the Microsoft account; undefined stands for the other credentials */
  credentialOf(user: string | undefined, tenantId: string | undefined): Credential {
    return this.#made(JSON.stringify([user, tenantId]), () => {
      if (user === undefined) return inTenant(this.#other(), tenantId);
      const only = async (): Promise<readonly MicrosoftAccount[]> => (await this.#sessions.accounts()).filter(({ id }) => id === user);
      return new SessionCredential(this.#sessions, only, tenantId, this.#t);
    });
  }

  /** Tokens of whoever is there: for addresses of which nobody knows whose they are. */
  anybody(): Credential {
    return this.#made('anybody', () => {
      const sessions = new SessionCredential(this.#sessions, () => this.#sessions.accounts(), undefined, this.#t);
      return withFallback(sessions, this.#other());
    });
  }

  /** Forgets all credentials: another cloud has been chosen, or somebody signed in or out. */
  reset(): void {
    this.#credentials.clear();
  }

  #other(): Credential {
    return this.#made('other', () => this.#others.credential(this.#cloud()));
  }

  #made(key: string, make: () => Credential): Credential {
    const credential = this.#credentials.get(key) ?? make();
    this.#credentials.set(key, credential);
    return credential;
  }
}

function inTenant(credential: Credential, tenantId: string | undefined): Credential {
  if (tenantId === undefined) return credential;
  return { getToken: (scopes, options) => credential.getToken(scopes, { ...options, tenantId }) };
}
