import type { CallOptions } from '../../../src/engine/pageBlob.ts';
import type { CallArguments, Operation } from './calls.ts';

/** What a call does to the service once it gets there. */
export interface Effect<T> {
  /** The conditions alone, where a late write may have them checked at arrival. */
  readonly check?: () => void;
  /** Everything; `trusted` skips lease and epoch, which were checked at arrival. */
  readonly apply: (trusted: boolean) => T;
  /** The first half of the pages only. */
  readonly half?: () => void;
}

/** One call of a port on its way through the seam. */
export interface Request<T> {
  readonly operation: Operation;
  readonly writes: boolean;
  readonly url: string;
  readonly snapshot?: string | undefined;
  readonly args?: CallArguments;
  readonly options: CallOptions | undefined;
  readonly effect: Effect<T>;
}

/** The one way from the ports to the service: counts the call, lets time pass, and lets things go wrong. */
export interface Seam {
  readonly clientName: string;
  call<T>(request: Request<T>): Promise<T>;
}
