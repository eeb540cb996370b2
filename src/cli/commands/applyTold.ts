import { redact } from '../../engine/redact.ts';
import { comparedIn } from '../../engine/jobs/verify/verifyChains.ts';
import type { World } from '../../engine/world.ts';
import type { ApplyOptions } from '../../policy/apply/applyAll.ts';
import type { ChainOutcome } from '../../policy/apply/applyChain.ts';
import type { ChainVerification, verifyChain } from '../../policy/apply/verifyChain.ts';
import type { ApplyTelemetry } from '../../telemetry/applyTelemetry.ts';

type Act = NonNullable<ApplyOptions['act']>;

/** Tells telemetry, where there is one, what an `apply` does. Every text passes the redaction here. */
export class ToldApply {
  readonly #telemetry: ApplyTelemetry | undefined;
  readonly #world: World;
  readonly #startedOn: number;
  /** When work on a chain began first, by its key. */
  readonly #begun = new Map<string, number>();

  constructor(telemetry: ApplyTelemetry | undefined, world: World) {
    this.#telemetry = telemetry;
    this.#world = world;
    this.#startedOn = world.now();
  }

  /** The same, with the time when it began. */
  timed(act: Act): Act {
    return (chain, ports, options) => {
      if (!this.#begun.has(chain.key)) this.#begun.set(chain.key, this.#world.now());
      return act(chain, ports, options);
    };
  }

  chain({ chain, outcome, backup, prune, goodOn, error }: ChainOutcome): void {
    const now = this.#world.now();
    this.#telemetry?.chain({
      source: redact(chain.source),
      backup: redact(chain.backup),
      outcome,
      startedOn: this.#begun.get(chain.key) ?? now,
      endedOn: now,
      transferred: backup?.transferred,
      pruned: prune?.deleted.length ?? 0,
      goodOn,
      error: error && { code: error.code, message: redact(error.message) },
    });
    this.#begun.delete(chain.key);
  }

  /** The same, with what comes of it told. */
  verifying(verify: typeof verifyChain): typeof verifyChain {
    return async (...asked) => {
      const startedOn = this.#world.now();
      const verification = await verify(...asked);
      this.#verification(verification, startedOn);
      return verification;
    };
  }

  #verification({ chain, outcome, result, verifiedOn, error }: ChainVerification, startedOn: number): void {
    this.#telemetry?.verification({
      source: redact(chain.source),
      backup: redact(chain.backup),
      outcome,
      startedOn,
      endedOn: this.#world.now(),
      compared: result?.verdicts.reduce((sum, verdict) => sum + comparedIn(verdict), 0),
      verifiedOn,
      error: error && { code: error.code, message: redact(error.message) },
    });
  }

  /** @returns what went wrong with delivering, in words */
  async end(requests: number, failed: number): Promise<string | undefined> {
    const now = this.#world.now();
    const fault = await this.#telemetry?.end({ startedOn: this.#startedOn, endedOn: now, requests, failed });
    return fault === undefined ? undefined : redact(fault);
  }
}
