import type { Operation } from '../emulator/operations.ts';

/** What goes wrong with one request on its way; the service behind knows nothing of it. */
export type Verb =
  /** Never arrives; the connection breaks. */
  | { readonly verb: 'drop' }
  /** Arrives; its answer does not, the connection breaks. */
  | { readonly verb: 'loseAnswer' }
  /** The connection breaks at once; the request arrives when `deliverLate` is called, in whatever run that is. */
  | { readonly verb: 'late' }
  /** Arrives twice; the second answer is given. */
  | { readonly verb: 'duplicate' }
  /** Is answered at once, and a copy of it arrives when `deliverLate` is called, in whatever run that is. */
  | { readonly verb: 'echo' }
  /** Half of the request's body arrives, then both connections break. */
  | { readonly verb: 'cutRequest' }
  /** Half of the answer's body arrives. `cleanly`: as a well-formed shorter answer, else the connection breaks. */
  | { readonly verb: 'cutAnswer'; readonly cleanly?: boolean }
  /** One bit of the body is wrong on arrival; `at` in [0, 1) says where. */
  | { readonly verb: 'flipRequest'; readonly at: number }
  | { readonly verb: 'flipAnswer'; readonly at: number }
  /** Answers this by itself. `afterEffect`: the request arrives all the same. */
  | { readonly verb: 'status'; readonly status: number; readonly code: string; readonly afterEffect?: boolean }
  /** Neither arrives nor ends: whoever sent it has to give it up. */
  | { readonly verb: 'stall' }
  /** Arrives and is answered so many milliseconds later. */
  | { readonly verb: 'slow'; readonly ms: number };

/** A request as it is seen on its way. */
export interface Passing {
  /** Counts from 0 since the proxy was started, or since its count was reset. */
  readonly index: number;
  readonly operation: Operation;
  readonly method: string;
  /** Account, container and blob, with the query. */
  readonly path: string;
  /** Bytes of its body. */
  readonly bytes: number;
}

/** Decides about one request, and may act on the service meanwhile as somebody else; the request waits. */
export type Decide = (passing: Passing) => Verb | undefined | Promise<Verb | undefined>;

/** `bytes` with one bit of one byte turned, `at` in [0, 1) of the way. */
export function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const where = Math.floor(at * copy.length);
  if (copy.length > 0) copy[where]! ^= 1 << (Math.floor(at * 1000) % 8);
  return copy;
}

/** Can this happen to the request? A body that is not there is neither cut nor flipped; answers with a body are those of GET. */
export function applies({ verb }: Verb, { bytes, method }: Passing): boolean {
  if (verb === 'cutRequest' || verb === 'flipRequest') return bytes > 0;
  return verb === 'cutAnswer' || verb === 'flipAnswer' ? method === 'GET' : true;
}
