import type { Operation } from './operations.ts';

/** What a hook is told of a request; its body has been read, nothing has been done yet. */
export interface RequestInfo {
  /** Counts from 1 since the start. */
  readonly index: number;
  readonly operation: Operation;
  readonly method: string;
  readonly account: string;
  readonly container: string | undefined;
  readonly blob: string | undefined;
  readonly snapshot: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
  /** As received. */
  readonly body: Buffer;
}

export type Fault =
  /** Answers this instead. `afterEffect`: the request is carried out all the same. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code: string;
      /** What the answer says in words. */
      readonly message?: string;
      readonly afterEffect?: boolean;
      readonly headers?: Record<string, string>;
    }
  /** Destroys the socket. `afterEffect`: the request is carried out, its answer is lost. */
  | { readonly kind: 'drop'; readonly afterEffect?: boolean }
  /** Carries the request out, but the answer's body ends after so many bytes. `cleanly`: as a well-formed shorter answer, else the socket breaks. */
  | { readonly kind: 'truncateAnswer'; readonly bytes: number; readonly cleanly?: boolean }
  /** Waits, then goes on: a request that the client has given up meanwhile still takes effect. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Stores only the first half of the pages of a Put Page (by URL too), and then fails: nobody knows that the service writes them all or none. */
  | { readonly kind: 'half'; readonly end: 'status 500' | 'drop' }
  /** Flips one bit on the way: of the answer's body or, for a request with a body, of that. */
  | { readonly kind: 'flipBit'; readonly at?: number };

/** Decides about one request; a promise holds the request until it settles, which delivers it as late as the test likes. */
export type RequestHook = (info: RequestInfo) => Fault | undefined | Promise<Fault | undefined>;

/** `bytes` with the lowest bit of one byte flipped; the middle one unless told. */
export function flipBit(bytes: Buffer, at?: number): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  copy[Math.min(at ?? bytes.length >> 1, bytes.length - 1)]! ^= 1;
  return copy;
}
