import { isBackupError } from '../../errors.ts';
import type { Limited } from '../../pageBlob.ts';
import type { World } from '../../world.ts';
import { Gate, type GateStart, type Lane } from './gate.ts';

const MiB = 1024 * 1024;
/** What is tried first: no more than a guess that the first seconds put right. */
const BLOB_START: GateStart = { bytes: 48 * MiB, requests: 300 };
const ACCOUNT_START: GateStart = { bytes: 1024 * MiB, requests: 10_000 };
/** Refusals of two blobs of one account within this time are about the account. */
const TOGETHER_MS = 2_000;
/** What is known of a blob that was not used for so long is forgotten. */
const FORGOTTEN_MS = 10 * 60_000;
/** Gates that are kept before old ones are looked for. */
const MANY = 256;

/** Sends one request. */
export type Turn = <T>(send: () => Promise<T>) => Promise<T>;

interface Site {
  readonly gate: Gate;
  readonly account: Account;
  refusedAt: number;
}

interface Account {
  readonly gate: Gate;
  readonly sites: Set<Site>;
}

/**
 * Keeps every request for pages at the pace that the service takes, for each blob and each account, without being told it. One for a whole process:
 * all runs share it, each in a lane of its own, and none gets more than its share.
 */
export class Limiter {
  readonly #world: World;
  readonly #accounts = new Map<string, Account>();
  readonly #sites = new Map<string, Site>();

  constructor(world: World) {
    this.#world = world;
  }

  /**
   * Waits until it is the turn of one request. What is given sends it, and learns from what becomes of it.
   * @param bytes that it moves, 0 for a clear
   * @throws cancelled
   */
  async turn(lane: Lane, limited: Limited, bytes: number, signal?: AbortSignal): Promise<Turn> {
    const site = this.#siteOf(limited);
    await site.gate.enter(lane, bytes, signal);
    await site.account.gate.enter(lane, bytes, signal);
    return (send) => this.#send(site, bytes, send);
  }

  /** The gates of a blob and its account, for showing and for tests. */
  gatesOf(limited: Limited): { readonly blob: Gate; readonly account: Gate } {
    const { gate, account } = this.#siteOf(limited);
    return { blob: gate, account: account.gate };
  }

  async #send<T>(site: Site, bytes: number, send: () => Promise<T>): Promise<T> {
    const sentAt = this.#world.now();
    try {
      const answer = await send();
      site.gate.accepted(sentAt, bytes);
      site.account.gate.accepted(sentAt, bytes);
      return answer;
    } catch (error) {
      if (isBackupError(error, 'throttled')) this.#refused(site, sentAt, bytes, error.retryAfter);
      throw error;
    }
  }

  #refused(site: Site, sentAt: number, bytes: number, retryAfter: number | undefined): void {
    const now = this.#world.now();
    const { account } = site;
    const others = [...account.sites].filter((other) => other !== site && now - other.gate.lastUsed < TOGETHER_MS);
    const together = others.filter((other) => now - other.refusedAt < TOGETHER_MS);
    site.refusedAt = now;
    const isAccount = together.length > 0 || (others.length > 0 && !site.gate.isLoaded(now));
    if (!isAccount) return site.gate.refused(sentAt, bytes, retryAfter);
    for (const each of [site, ...together]) each.gate.forgive(TOGETHER_MS);
    account.gate.refused(sentAt, bytes, retryAfter);
  }

  #siteOf({ account: accountName, blob }: Limited): Site {
    const known = this.#sites.get(blob);
    if (known) return known;
    this.#forgetOld();
    const account = this.#accounts.get(accountName) ?? { gate: new Gate(this.#world, ACCOUNT_START), sites: new Set() };
    this.#accounts.set(accountName, account);
    const site = { gate: new Gate(this.#world, BLOB_START), account, refusedAt: -Infinity };
    this.#sites.set(blob, site);
    account.sites.add(site);
    return site;
  }

  #forgetOld(): void {
    if (this.#sites.size < MANY) return;
    const now = this.#world.now();
    for (const [name, site] of this.#sites) {
      if (now - site.gate.lastUsed < FORGOTTEN_MS) continue;
      this.#sites.delete(name);
      site.account.sites.delete(site);
    }
    for (const [name, { sites }] of this.#accounts) if (sites.size === 0) this.#accounts.delete(name);
  }
}
