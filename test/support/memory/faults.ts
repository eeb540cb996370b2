import type { AmbiguousCode } from './refusals.ts';

/** What goes wrong with one call. Without a word on it, `code` is `network`. */
export type Fault =
  /** This error, and no effect. */
  | { readonly kind: 'throw'; readonly error: Error }
  /** An ambiguous error, and no effect. */
  | { readonly kind: 'dropped'; readonly code?: AmbiguousCode }
  /** The effect, then an ambiguous error. */
  | { readonly kind: 'lostAnswer'; readonly code?: AmbiguousCode }
  /** An ambiguous error now; the effect comes `calls` calls later, or with `service.late.deliver()`. Reads are only dropped. */
  | { readonly kind: 'late'; readonly calls?: number; readonly code?: AmbiguousCode }
  /** Answered at once, and nobody knows that a copy of the request, kept somewhere on the way, arrives again `calls` calls later. Reads go through. */
  | { readonly kind: 'echo'; readonly calls: number }
  /** Only the first half of the pages is written or cleared, then an ambiguous error. Others lose their answer. */
  | { readonly kind: 'torn'; readonly code?: AmbiguousCode }
  /** The request arrives twice, as after a hidden retry whose first answer was lost; the answer is the second one's. */
  | { readonly kind: 'duplicate' }
  /** The process dies, before or after the effect. */
  | { readonly kind: 'crash'; readonly effect: 'none' | 'done' }
  /** One bit of the bytes read is wrong although the checksum fits. Other calls go through. */
  | { readonly kind: 'flip' }
  /** A complete-looking list lacks one element: the last range of the window, the newest snapshot, the newest record. Other calls go through. */
  | { readonly kind: 'omit' }
  /** The request takes this much longer before it has its effect. */
  | { readonly kind: 'delay'; readonly ms: number };

/** The death of a process. Thrown by the call it died in and by every later call of the same client: nothing that catches it may go on. */
export class Crash extends Error {
  override readonly name = 'Crash';

  constructor(client: string) {
    super(`The process "${client}" died here.`);
  }
}
