import { l10n, ViewColumn } from 'vscode';
import { notices } from '../notices.ts';
import { BackupError, isBackupError } from '../../engine/errors.ts';
import type { ListedChange } from '../../engine/jobs/diff/changeList.ts';
import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { DifferenceAnswer, DifferenceAsk, ImageText, PairView, ReadyState } from '../../messages/difference.ts';
import { Emitter } from '../accounts/emitter.ts';
import { failureOf } from '../words/failure.ts';
import { placeOf } from '../words/places.ts';
import { windowAt } from './bytes/byteWindow.ts';
import { showBytes } from './bytes/showBytes.ts';
import { exportRanges, showSummary } from './export/exportDifference.ts';
import { ASK_FROM, gather, type Gathered, type GatherProgress, type MuchToRead } from './gather.ts';
import { pointNaming, pointText } from './namedPoint.ts';
import { DONE, type PageModel } from './page.ts';
import { pageWords } from './pageWords.ts';
import { RealCheck } from './realCheck.ts';
import { applyRemedy } from './remedies.ts';
import { DifferenceRows } from './rows.ts';
import { urlOf, type ImageRef, type Pair } from './subject.ts';
import type { DifferenceTools } from './tools.ts';
import { headlineOf, imageText, notesOf, progressText, remediesOf, troubleText } from './words.ts';

interface Ready {
  readonly kind: 'ready';
  readonly gathered: Gathered;
  readonly rows: DifferenceRows;
  readonly real: RealCheck;
}

type State =
  | { readonly kind: 'gathering'; readonly progress: GatherProgress }
  | { readonly kind: 'question'; readonly much: MuchToRead }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | Ready;

const LOOKING: GatherProgress = { phase: 'looking', done: 0, total: 0, windows: 0, ranges: 0 };
/** Views are not sent more often than that while something is under way. */
const TELL_EVERY_MS = 100;

/** One gathering of a difference, whatever the number of pages that show it. */
export class Comparison implements PageModel {
  readonly #pair: Pair;
  readonly #tools: DifferenceTools;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  /** Ends with the comparison. */
  readonly #life = new AbortController();
  #state: State = { kind: 'stopped' };
  #gathering: AbortController | undefined;
  /** Recovery points that the images are, by URL. */
  readonly #points = new Map<string, RecoveryPoint>();
  #version = 0;
  #toldAt = -Infinity;

  constructor(pair: Pair, tools: DifferenceTools) {
    this.#pair = pair;
    this.#tools = tools;
    this.#start(false);
  }

  dispose(): void {
    this.#life.abort();
    this.#changed.dispose();
  }

  view(): PairView {
    const { voice } = this.#tools;
    const pair = this.#shownPair;
    return {
      kind: 'pair',
      words: pageWords(voice),
      title: placeOf(pair.after.blob).name,
      before: this.#imageText(pair.before, pair),
      after: this.#imageText(pair.after, pair),
      locale: voice.locale,
      state: this.#stateView(),
    };
  }

  async answer(ask: DifferenceAsk, signal: AbortSignal): Promise<DifferenceAnswer> {
    switch (ask.type) {
      case 'start':
        this.#start(this.#state.kind === 'question');
        return DONE;
      case 'stop':
        this.#stop();
        return DONE;
      case 'remedy':
        await applyRemedy(ask.id);
        return DONE;
      case 'older':
      case 'comparePoint':
        return DONE;
      default:
        return this.#answerReady(ask, this.#ready(), signal);
    }
  }

  async #answerReady(
    ask: Exclude<DifferenceAsk, { type: 'start' | 'stop' | 'remedy' | 'older' | 'comparePoint' }>,
    { gathered, rows, real }: Ready,
    signal: AbortSignal,
  ): Promise<DifferenceAnswer> {
    const { voice } = this.#tools;
    switch (ask.type) {
      case 'map':
        return rows.map(ask);
      case 'rows':
        return rows.rows(ask, real.really);
      case 'find':
        return rows.find(ask);
      case 'bytes':
        await showBytes(windowAt(gathered.pair, this.#change(ask.row, rows), ask.offset, gathered.length), voice, ViewColumn.Beside);
        return DONE;
      case 'real': {
        const answer = await real.one(this.#change(ask.row, rows), this.#job(signal));
        this.#rowsChanged();
        return answer;
      }
      case 'realAll':
        if (await this.#isAgreed(2 * real.left)) void this.#checkAll(real);
        return DONE;
      case 'stopReal':
        real.stop();
        return DONE;
      case 'export':
        await this.#export(ask, gathered, rows, real);
        return DONE;
    }
  }

  #start(isAgreed: boolean): void {
    if (this.#gathering || this.#state.kind === 'ready') return;
    const gathering = (this.#gathering = new AbortController());
    this.#show({ kind: 'gathering', progress: LOOKING });
    void this.#gather(isAgreed, gathering).finally(() => (this.#gathering = undefined));
  }

  async #gather(isAgreed: boolean, { signal }: AbortController): Promise<void> {
    const tools = { ...this.#tools, job: this.#job(signal) };
    let ended: State;
    try {
      const found = await gather(this.#pair, isAgreed, tools, (progress) => this.#tell({ kind: 'gathering', progress }));
      ended = found.kind === 'muchToRead' ? { kind: 'question', much: found } : this.#readyWith(found);
    } catch (error) {
      const isStopped = isBackupError(error, 'cancelled');
      if (!isStopped) this.#tools.log.error(failureOf(error, this.#tools.voice).text, error);
      ended = isStopped ? { kind: 'stopped' } : { kind: 'failed', error };
    }
    // Before the state is told: whoever hears of it may start again.
    this.#gathering = undefined;
    this.#show(ended);
    if (ended.kind === 'ready') await this.#findPoints(ended.gathered.pair);
  }

  /** Names the recovery points among the images. Where a catalogue cannot be read the page says nothing of them. */
  async #findPoints({ before, after }: Pair): Promise<void> {
    for (const ref of [before, after]) {
      try {
        const point = ref && (await pointNaming(ref, { ...this.#tools, job: this.#job() }));
        if (point) this.#points.set(urlOf(ref), point);
      } catch (error) {
        if (this.#life.signal.aborted) return;
        this.#tools.log.error('Looking for the recovery point that an image is', error);
      }
    }
    if (this.#points.size > 0) this.#show(this.#state);
  }

  #imageText(ref: ImageRef | undefined, pair: Pair): ImageText {
    const { voice } = this.#tools;
    const point = ref && this.#points.get(urlOf(ref));
    return { ...imageText(ref, pair, voice), ...(point && { point: pointText(point, voice) }) };
  }

  #readyWith(gathered: Gathered): Ready {
    const areas = gathered.areas.map(({ area }) => area);
    const rows = new DifferenceRows(gathered.changes, areas, gathered.length);
    return { kind: 'ready', gathered, rows, real: new RealCheck(gathered, this.#tools.voice) };
  }

  #stop(): void {
    if (this.#state.kind === 'question') this.#show({ kind: 'stopped' });
    this.#gathering?.abort();
  }

  async #isAgreed(bytes: number): Promise<boolean> {
    if (bytes < (this.#tools.askFrom ?? ASK_FROM)) return true;
    const yes = l10n.t('Read Them');
    const text = l10n.t('Read {0} to see what really differs?', sizeText(bytes));
    const detail = l10n.t('Nothing is changed, but it takes its time, and the traffic may cost.');
    return (await notices.showWarningMessage(text, { modal: true, detail }, yes)) === yes;
  }

  async #checkAll(real: RealCheck): Promise<void> {
    await real.all(this.#job(), () => this.#tell());
    this.#rowsChanged();
  }

  async #export(ask: Extract<DifferenceAsk, { type: 'export' }>, gathered: Gathered, rows: DifferenceRows, real: RealCheck): Promise<void> {
    const view = this.view();
    if (ask.format !== 'markdown') return exportRanges({ ...ask, format: ask.format }, gathered, rows, real.really, this.#tools);
    if (view.state.kind === 'ready') await showSummary(view, view.state, gathered.pair, this.#tools.voice);
  }

  #ready(): Ready {
    if (this.#state.kind === 'ready') return this.#state;
    throw new BackupError('badInput', this.#tools.voice.t('The changes are not there yet.'));
  }

  #change(id: number, rows: DifferenceRows): ListedChange {
    const change = rows.at(id);
    if (change) return change;
    throw new BackupError('badInput', this.#tools.voice.t('There is no such range.'));
  }

  #job(...signals: AbortSignal[]): DifferenceTools['job'] {
    return { ...this.#tools.job, signal: AbortSignal.any([this.#life.signal, ...signals]) };
  }

  get #shownPair(): Pair {
    const state = this.#state;
    if (state.kind === 'ready') return state.gathered.pair;
    return state.kind === 'question' ? state.much.pair : this.#pair;
  }

  #stateView(): PairView['state'] {
    const { voice } = this.#tools;
    const { t } = voice;
    const state = this.#state;
    switch (state.kind) {
      case 'gathering': {
        const { done, total, windows, ranges } = state.progress;
        return { kind: 'gathering', text: progressText(state.progress, voice), done, total, windows, ranges };
      }
      case 'question': {
        const { bytes, reason } = state.much;
        const text = t('Compare by reading up to {0}?', sizeText(bytes));
        return {
          kind: 'question',
          text,
          detail: `${reason} ${t('Nothing is changed, but it takes its time, and the traffic may cost.')}`,
          bytes,
        };
      }
      case 'stopped':
        return { kind: 'stopped', text: t('The comparison was stopped. Nothing was changed.') };
      case 'failed': {
        return { kind: 'failed', text: troubleText(state.error, voice), canRetry: true, remedies: remediesOf(state.error, voice) };
      }
      case 'ready':
        return this.#readyView(state);
    }
  }

  #readyView({ gathered, real }: Ready): ReadyState {
    const { plan, length, changes, areas } = gathered;
    const { by, lengthBefore, lengthAfter } = plan;
    const { voice } = this.#tools;
    return {
      kind: 'ready',
      headline: headlineOf(gathered, voice),
      by,
      lengthBefore,
      lengthAfter,
      length,
      ...changes.totals,
      notes: notesOf(gathered, voice),
      areas: areas.map(({ area: { kind, name, partition, ranges }, written, cleared }) => ({
        kind,
        name,
        type: partition?.type ?? '',
        ranges,
        written,
        cleared,
      })),
      real: real.state,
      version: this.#version,
    };
  }

  #rowsChanged(): void {
    this.#version++;
    this.#show(this.#state);
  }

  #show(state: State): void {
    this.#state = state;
    this.#toldAt = -Infinity;
    this.#changed.fire();
  }

  /** On the way: not more often than anybody can read. */
  #tell(state: State = this.#state): void {
    this.#state = state;
    const now = this.#tools.voice.now();
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#changed.fire();
  }
}
