import { stableHash } from '../stableHash.ts';

/** One of `count` parts of a fleet; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Is the chain in this part? Every chain is in exactly one, the same on every machine, without any of them talking to another. */
export function isInShard(key: string, { index, count }: Shard): boolean {
  return stableHash(key) % count === index - 1;
}
