import type { Grant } from './auth/grant.ts';
import type { Counts } from './counts.ts';
import type { StorageRequest } from './request.ts';
import type { Account } from './store/model.ts';
import type { Store } from './store/store.ts';
import type { Switches } from './switches.ts';
import type { Ticker } from './ticker.ts';

/** What all requests share. */
export interface Service {
  readonly store: Store;
  readonly switches: Switches;
  readonly ticker: Ticker;
  readonly counts: Counts;
  /** `host:port` under which copy sources name this server. */
  readonly hosts: Set<string>;
  readonly protocol: 'http' | 'https';
}

/** One request on its way through a handler. */
export interface Call {
  readonly service: Service;
  readonly request: StorageRequest;
  readonly account: Account;
  readonly grant: Grant;
  /** Only the first half of the pages is stored, rounded down. */
  readonly storesHalf: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is XML and goes out chunked, as the service's lists do; pieces come with their total length. */
  readonly body?: Buffer | string | { readonly length: number; readonly pieces: Iterable<Buffer> };
}

export type Handler = (call: Call) => Answer;
