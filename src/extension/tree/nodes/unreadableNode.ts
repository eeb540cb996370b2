import type { UnreadableRecord } from '../../../engine/chain/catalogue.ts';
import { describeUnreadable, unreadableCard } from '../../words/point.ts';
import type { Leaf, TreeRow } from '../node.ts';
import type { TreeContext } from '../treeContext.ts';
import type { ChainNode } from './chainNode.ts';

/** A recovery point whose record cannot be read: it is there to be seen, and no command takes it. */
export class UnreadableNode implements Leaf {
  readonly kind = 'unreadable';
  readonly id: string;
  readonly parent: ChainNode;
  readonly record: UnreadableRecord;
  readonly #context: TreeContext;

  constructor(parent: ChainNode, record: UnreadableRecord, context: TreeContext) {
    this.id = `${parent.id}|point:${record.number}`;
    this.parent = parent;
    this.record = record;
    this.#context = context;
  }

  get number(): number {
    return this.record.number;
  }

  row(): TreeRow {
    return { ...describeUnreadable(this.number, this.#context.voice), isLeaf: true };
  }

  card(): string {
    return unreadableCard(this.record, this.#context.voice);
  }
}
