import { EventEmitter } from 'vscode';
import { livingNumbers } from '../../engine/chain/recordNames.ts';
import { isBackupError, throwIfCancelled } from '../../engine/errors.ts';
import type { JobOptions } from '../../engine/tools.ts';
import { forEachBounded } from '../../engine/transfer/concurrency.ts';
import type { Expansion } from '../../policy/apply/expand.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicySession } from '../session.ts';
import { problemOf } from '../words/problem.ts';
import type { Voice } from '../words/voice.ts';
import { rowKey, type FleetFacts, type FleetProblem, type FleetRow } from './fleetRow.ts';

export interface FleetParts {
  readonly session: PolicySession;
  /** World and patience for short questions. */
  readonly job: JobOptions;
  readonly voice: Voice;
}

/** A policy file as it was read. */
export interface ReadPolicyFile {
  readonly uri: string;
  readonly policy: Policy;
}

/** What a policy names and cannot be run, with the file that does. */
export interface FleetFault extends FleetProblem {
  readonly policy: string;
  readonly what: string;
}

/** Chains that are looked at side by side; each look is two requests. */
const AT_ONCE = { calls: 8, bytes: Infinity };

/** All chains of some policies, and what is known of each. Asks nothing by itself; what it learns streams into its rows. */
export class Fleet {
  readonly #parts: FleetParts;
  #rows = new Map<string, FleetRow>();
  #faults: readonly FleetFault[] = [];
  #empty: readonly string[] = [];
  readonly #changed = new EventEmitter<FleetRow | undefined>();
  /** A row has changed; undefined where others came or went. */
  readonly onDidChange = this.#changed.event;

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  rows(): IterableIterator<FleetRow> {
    return this.#rows.values();
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): FleetRow | undefined {
    return this.#rows.get(key);
  }

  /** What of the policies cannot be run. */
  get faults(): readonly FleetFault[] {
    return this.#faults;
  }

  /** Patterns that no disk matches. */
  get empty(): readonly string[] {
    return this.#empty;
  }

  /** The chain of a policy, by its blobs. */
  find(policy: string, source: string, backup: string): FleetRow | undefined {
    return this.#rows.get(`${policy} ${source} ${backup}`);
  }

  /** Finds the disks that the policies mean now. What is known of a chain that stays is kept. @throws cancelled */
  async load(files: readonly ReadPolicyFile[], signal?: AbortSignal): Promise<void> {
    const { expandPolicy } = await import('../../policy/apply/expand.ts');
    const rows = new Map<string, FleetRow>();
    const faults: FleetFault[] = [];
    const empty: string[] = [];
    for (const { uri, policy } of files) {
      const lister = await this.#parts.session.lister();
      const expansion: Expansion = await expandPolicy(policy, lister, { signal });
      throwIfCancelled(signal);
      for (const chain of expansion.chains) {
        const key = rowKey({ policy: uri, chain });
        const known = this.#rows.get(key);
        rows.set(key, { ...(known ?? { facts: undefined, problem: undefined, askedAt: undefined }), chain, policy: uri });
      }
      for (const { what, error } of expansion.faults) faults.push({ policy: uri, what, text: error.message, code: error.code });
      empty.push(...expansion.empty);
    }
    this.#rows = rows;
    this.#faults = faults;
    this.#empty = empty;
    this.#changed.fire(undefined);
  }

  /** Reads how chains stand, some at a time; a chain that cannot be read gets a problem. @throws cancelled */
  async look(keys: Iterable<string>, signal?: AbortSignal): Promise<void> {
    await forEachBounded(
      keys,
      AT_ONCE,
      () => 0,
      (key) => this.#look(key, signal),
      signal,
    );
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #look(key: string, signal: AbortSignal | undefined): Promise<void> {
    const row = this.#rows.get(key);
    if (!row) return;
    const { job, voice } = this.#parts;
    let change: Pick<FleetRow, 'facts' | 'problem'>;
    try {
      change = { facts: await this.#factsOf(row, signal), problem: undefined };
    } catch (error) {
      if (isBackupError(error, 'cancelled')) throw error;
      const code = isBackupError(error) ? error.code : 'unexpected';
      // What was known stays: it is as old as it says.
      change = { facts: row.facts, problem: { text: problemOf(error, voice).text, code } };
    }
    // The policy may have changed meanwhile.
    const current = this.#rows.get(key);
    if (!current) return;
    const next = { ...current, ...change, askedAt: job.world.now() };
    this.#rows.set(key, next);
    this.#changed.fire(next);
  }

  async #factsOf({ chain }: FleetRow, signal: AbortSignal | undefined): Promise<FleetFacts> {
    const { session, job } = this.#parts;
    const { lookAtChain } = await import('../../policy/apply/chainLook.ts');
    const [source, backup, catalogue] = await Promise.all([
      session.pageBlob(chain.source),
      session.pageBlob(chain.backup),
      session.recordStoreFor(chain.backup, chain.target.catalogue),
    ]);
    const { index, newest, lookedOn } = await lookAtChain(chain, { source, backup, catalogue }, { ...job, signal });
    const isWrong = newest !== undefined && index.failed.has(newest.number);
    return { newest, isWrong, lookedOn, points: livingNumbers(index).length, verifiedOn: index.verifiedOn };
  }
}
