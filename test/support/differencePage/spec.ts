import type { ChurnView, DifferenceAsk, PairView, RealState } from '../../../src/messages/difference.ts';

/** A disk to be shown, made up. Bytes. */
export interface DiskSpec {
  readonly length: number;
  /** Of the earlier image, where it is another. */
  readonly lengthBefore?: number;
  /** In address order. */
  readonly ranges: readonly { readonly kind: 'written' | 'cleared' | 'allocated'; readonly start: number; readonly end: number }[];
  /** Instead of `ranges`: so many small ones all over the disk. */
  readonly spread?: number;
  readonly partitions: readonly { readonly name: string; readonly type: string; readonly start: number; readonly end: number }[];
  readonly footer?: boolean;
  readonly notes?: readonly string[];
  readonly headline?: string;
  readonly real?: RealState;
}

type Titles = Pick<PairView, 'title' | 'before' | 'after'>;

/** What the worker is told. */
export type HostOrder =
  | { readonly type: 'page'; readonly message: unknown }
  | { readonly type: 'disk'; readonly view: Titles; readonly disk: DiskSpec }
  | { readonly type: 'state'; readonly view: Titles; readonly state: PairView['state'] }
  | { readonly type: 'churn'; readonly view: Omit<ChurnView, 'words'> }
  /** From now on every ask but those for cells and rows is refused with this text. */
  | { readonly type: 'refuse'; readonly text: string }
  /** Answers `{ type: 'asked', asked: DifferenceAsk[] }`: all asks but those for cells and rows. */
  | { readonly type: 'asked' };

export type Asked = { readonly type: 'asked'; readonly asked: readonly DifferenceAsk[] };
