import { pointNeeds, type Foremost } from '../../../engine/jobs/points/needs.ts';
import { pointsPage } from '../../../engine/jobs/points/pointsPage.ts';
import { ITEMS } from '../../names.ts';
import { chainCard, describeChain, type ChainFacts, type ChainView } from '../../words/chain.ts';
import { crowdedPoints } from '../../words/point.ts';
import { urlKey } from '../../words/places.ts';
import { healthOf } from '../../words/standing.ts';
import { emptyRow } from '../../words/notes.ts';
import type { RowWords } from '../../words/voice.ts';
import { unfinishedOn } from '../../unfinished.ts';
import { Pages, type PageOf } from '../pages.ts';
import type { Branch, BranchNode, TreeRow } from '../node.ts';
import type { TreeContext } from '../treeContext.ts';
import { PointNode } from './pointNode.ts';
import { UnreadableNode } from './unreadableNode.ts';

/** Recovery points in one page of rows. */
export const POINTS_AT_ONCE = 200;

type Child = PointNode | UnreadableNode;

/** A chain: under its disk, under its backup blob, or in the view of all chains. Its children are the recovery points, newest first. */
export class ChainNode implements Branch {
  readonly kind = 'chain';
  readonly id: string;
  readonly parent: BranchNode;
  /** URL of the backup blob. */
  readonly backup: string;
  /** Key of that URL. */
  readonly key: string;
  readonly view: ChainView;
  readonly pages: Pages<Child, number>;
  readonly #context: TreeContext;
  #source: string | undefined;
  #foremost: Foremost = { newest: undefined, lastGood: undefined };
  #crowded: { readonly of: readonly Child[]; readonly count: number; readonly moments: ReadonlySet<string> } | undefined;

  constructor(parent: BranchNode, backup: string, view: ChainView, context: TreeContext) {
    this.key = urlKey(backup);
    this.id = view === 'fromOutside' ? `chain:${this.key}` : `${parent.id}|chain:${this.key}`;
    this.parent = parent;
    this.backup = backup;
    this.view = view;
    this.#context = context;
    this.pages = new Pages((cursor, signal) => this.#load(cursor, signal), { changed: () => context.changed(this) });
  }

  /** URL of the disk; undefined while no catalogue was read. */
  get source(): string | undefined {
    // Remembered, so that a row that is read again keeps its name meanwhile.
    this.#source = this.#context.book.sourceOf(this.backup) ?? this.#source;
    return this.#source;
  }

  /** Moments that several of its points have, as far as they are loaded. */
  get crowded(): ReadonlySet<string> {
    const { children } = this.pages;
    if (this.#crowded?.of !== children || this.#crowded.count !== children.length) {
      const points = children.flatMap((child) => (child.kind === 'point' ? child.point : []));
      this.#crowded = { of: children, count: children.length, moments: crowdedPoints(points, this.#context.voice) };
    }
    return this.#crowded.moments;
  }

  /** For *Copy URL*: that of the backup blob. */
  get url(): string {
    return this.backup;
  }

  get facts(): ChainFacts {
    return { source: this.source, backup: this.backup, knowledge: this.#context.book.of(this.backup) };
  }

  row(): TreeRow {
    const { voice } = this.#context;
    const { facts } = this;
    const item = [ITEMS.chain, healthOf(facts.knowledge, voice.now())].join('.');
    return { ...describeChain(facts, this.view, voice), item, isLeaf: false };
  }

  card(): string {
    return chainCard(this.facts, this.#context.voice);
  }

  empty(): RowWords {
    const { t } = this.#context.voice;
    return emptyRow(t('No recovery point yet.'), t('The first backup run has not been finished.'));
  }

  reset(): void {
    this.#context.book.forget(this.key);
    this.reload();
  }

  /** Lists the points again, and asks how the chain stands where that is not known. */
  reload(): void {
    void this.#context.book.ask(this.backup);
    this.pages.reset();
  }

  get chainKeys(): readonly string[] {
    return [this.key];
  }

  async #load(below: number | undefined, signal: AbortSignal): Promise<PageOf<Child, number>> {
    const { session, job } = this.#context;
    const [backup, catalogue] = await Promise.all([session.pageBlob(this.backup), session.recordStoreFor(this.backup)]);
    const page = await pointsPage({ backup, catalogue }, { below, most: POINTS_AT_ONCE }, { ...job, signal });
    if (below === undefined) {
      const newest = Math.max(...page.points.map(({ entry }) => entry.number), ...page.unreadable.map(({ number }) => number));
      this.#foremost = { newest, lastGood: undefined };
    }
    const lastGood = this.#foremost.lastGood ?? page.points.find(({ state }) => state === 'good')?.entry.number;
    const foremost = (this.#foremost = { ...this.#foremost, lastGood });
    const unfinished = await unfinishedOn(this.backup, page.points[0]?.entry.source.url, { session, job: { ...job, signal } });
    const children: Child[] = [
      ...page.points.map((point) => {
        const isNewest = below === undefined && point.entry.number === foremost.newest;
        return new PointNode(this, point, isNewest, pointNeeds(point, foremost, unfinished), this.#context);
      }),
      ...page.unreadable.map((record) => new UnreadableNode(this, record, this.#context)),
    ];
    return { children: children.sort((a, b) => b.number - a.number), next: page.next };
  }
}
