import type { Shard } from '../../policy/apply/shard.ts';
import { usageError, type Arguments } from '../arguments.ts';

/** `--shard i/n`. @throws badInput */
export function shardOf(args: Arguments, command: string): Shard | undefined {
  const text = args.text('shard');
  if (text === undefined) return undefined;
  const [, index, count] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(count))
    throw usageError(`--shard takes i/n with i from 1 to n, not "${text}".`, command);
  return { index: Number(index), count: Number(count) };
}
