import { pointsPage } from '../../../engine/jobs/points/pointsPage.ts';
import type { RecoveryPoint } from '../../../engine/jobs/points/points.ts';
import { isBackupError } from '../../../engine/errors.ts';
import type { ChurnView, DifferenceAnswer, DifferenceAsk } from '../../../messages/difference.ts';
import { Emitter } from '../../accounts/emitter.ts';
import { pointsText } from '../../words/amounts.ts';
import { failureOf } from '../../words/failure.ts';
import { placeOf } from '../../words/places.ts';
import { requireKnownPlace } from '../knownPlace.ts';
import { DONE, type PageModel } from '../page.ts';
import { pageWords } from '../pageWords.ts';
import { comparePointWithPrevious } from '../previous.ts';
import { applyRemedy } from '../remedies.ts';
import type { DifferenceTools } from '../tools.ts';
import { remediesOf } from '../words.ts';
import { churnPoints } from './churnPoints.ts';

/** Points that are read at once. */
const AT_ONCE = 200;

/** How much each recovery point of a chain changed, as the catalogue tells it. */
export class Churn implements PageModel {
  readonly #backup: string;
  readonly #tools: DifferenceTools;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #life = new AbortController();
  /** Newest first. */
  #points: readonly RecoveryPoint[] = [];
  /** `below` of the page of older points; undefined where there are none. */
  #older: number | undefined;
  #isLoading = false;
  #isRead = false;
  #failure: unknown;

  /** @param backup URL of the backup blob */
  constructor(backup: string, tools: DifferenceTools) {
    this.#backup = backup;
    this.#tools = tools;
    void this.#load();
  }

  dispose(): void {
    this.#life.abort();
    this.#changed.dispose();
  }

  view(): ChurnView {
    const { voice } = this.#tools;
    const { account, path, name } = placeOf(this.#backup);
    const source = this.#points[0]?.entry.source.url;
    const title = source === undefined ? name : placeOf(source).name;
    const common = { kind: 'churn', words: pageWords(voice), title, detail: `${account} / ${path}`, locale: voice.locale } as const;
    return { ...common, state: this.#stateView() };
  }

  async answer(ask: DifferenceAsk, signal: AbortSignal): Promise<DifferenceAnswer> {
    if (ask.type === 'remedy') await applyRemedy(ask.id);
    if (ask.type === 'start' && !this.#isRead) void this.#load();
    if (ask.type === 'older' && this.#older !== undefined) void this.#load();
    if (ask.type === 'comparePoint') {
      const job = { ...this.#tools.job, signal: AbortSignal.any([signal, this.#life.signal]) };
      await comparePointWithPrevious({ backup: this.#backup, number: ask.number }, { ...this.#tools, job });
    }
    return DONE;
  }

  /** The newest points, or those before the ones that are there. */
  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#failure = undefined;
    this.#changed.fire();
    const { session, job, voice, log } = this.#tools;
    const { signal } = this.#life;
    try {
      await requireKnownPlace(this.#backup, this.#tools, signal);
      const [backup, catalogue] = await Promise.all([session.pageBlob(this.#backup), session.recordStoreFor(this.#backup)]);
      const page = await pointsPage({ backup, catalogue }, { below: this.#older, most: AT_ONCE }, { ...job, signal });
      this.#points = [...this.#points, ...page.points];
      this.#older = page.next;
      this.#isRead = true;
    } catch (error) {
      if (!isBackupError(error, 'cancelled')) log.error(failureOf(error, voice).text, error);
      this.#failure = error;
    }
    this.#isLoading = false;
    this.#changed.fire();
  }

  #stateView(): ChurnView['state'] {
    const { voice } = this.#tools;
    const { t } = voice;
    if (this.#failure !== undefined && !this.#isRead) {
      const { text } = failureOf(this.#failure, voice);
      return { kind: 'failed', text, canRetry: true, remedies: remediesOf(this.#failure, voice) };
    }
    if (!this.#isRead) return { kind: 'loading', text: t('Reading the catalogue') };
    const hasOlder = this.#older !== undefined;
    const { points, usual } = churnPoints(this.#points.toReversed(), hasOlder, voice);
    const outstanding = points.filter(({ note }) => note !== '').length;
    const headline = [
      ...(points.length === 0 ? [t('No recovery point yet.')] : [pointsText(points.length, voice)]),
      ...(outstanding > 0 ? [outstanding === 1 ? t('1 stands out') : t('{0} stand out', outstanding)] : []),
      ...(this.#failure === undefined ? [] : [failureOf(this.#failure, voice).text]),
    ].join(' · ');
    return { kind: 'ready', headline, points, usual, hasOlder, isLoadingOlder: this.#isLoading };
  }
}
