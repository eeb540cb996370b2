import type { Need } from '../../../engine/jobs/points/needs.ts';
import type { RecoveryPoint } from '../../../engine/jobs/points/points.ts';
import { ITEMS } from '../../names.ts';
import { describePoint, pointCard } from '../../words/point.ts';
import type { Leaf, TreeRow } from '../node.ts';
import type { TreeContext } from '../treeContext.ts';
import type { ChainNode } from './chainNode.ts';

/** A recovery point: a snapshot of the backup blob that the catalogue names. */
export class PointNode implements Leaf {
  readonly kind = 'point';
  readonly id: string;
  readonly parent: ChainNode;
  readonly point: RecoveryPoint;
  /** URL of the backup snapshot. */
  readonly url: string;
  /** URL of the backup blob. */
  readonly backup: string;
  /** URL of the disk it is a point of. */
  readonly source: string;
  readonly isNewest: boolean;
  /** What it was needed for when it was listed. */
  readonly needs: readonly Need[];
  readonly #context: TreeContext;

  constructor(parent: ChainNode, point: RecoveryPoint, isNewest: boolean, needs: readonly Need[], context: TreeContext) {
    const { number, backup, source } = point.entry;
    this.id = `${parent.id}|point:${number}`;
    this.parent = parent;
    this.point = point;
    // The address by which the blob was opened, which may be another name of the recorded one.
    this.backup = parent.backup;
    this.url = `${parent.backup}?snapshot=${backup.snapshot}`;
    this.source = source.url;
    this.isNewest = isNewest;
    this.needs = needs;
    this.#context = context;
  }

  get number(): number {
    return this.point.entry.number;
  }

  row(): TreeRow {
    const facets = [ITEMS.point, this.point.state, ...(this.isNewest ? ['newest'] : []), ...(this.point.isHeld ? ['held'] : [])];
    return { ...describePoint(this.point, this.#context.voice, this.parent.crowded, this.needs), item: facets.join('.'), isLeaf: true };
  }

  card(): string {
    return pointCard(this.point, this.#context.voice, this.needs);
  }
}
