import type { ListedChange } from '../../engine/jobs/diff/changeList.ts';
import { realChange } from '../../engine/jobs/diff/realChange.ts';
import { isBackupError } from '../../engine/errors.ts';
import { lengthOf, PAGE } from '../../engine/ranges/pageRange.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { JobOptions } from '../../engine/tools.ts';
import type { RealAnswer, RealState } from '../../messages/difference.ts';
import type { Voice } from '../words/voice.ts';
import type { Gathered } from './gather.ts';
import { troubleText } from './words.ts';

/** How much of what was touched really differs: of one range, or of all, as far as somebody has asked. */
export class RealCheck {
  /** Pages that differ of each change; -1 where nobody has looked. */
  readonly really: Int32Array;
  readonly #gathered: Gathered;
  readonly #voice: Voice;
  #running: AbortController | undefined;
  #kind: RealState['kind'];
  #trouble = '';
  #known = 0;
  #changed = 0;
  /** Bytes that the check under way has compared of ranges that are not whole yet. */
  #ahead = 0;

  constructor(gathered: Gathered, voice: Voice) {
    this.#gathered = gathered;
    this.#voice = voice;
    const isRead = gathered.plan.by === 'content';
    this.#kind = isRead ? 'notNeeded' : 'none';
    const { count, starts, ends } = gathered.changes.changes;
    this.really = new Int32Array(count).fill(-1);
    if (isRead) for (let i = 0; i < count; i++) this.really[i] = (ends[i]! - starts[i]!) / PAGE;
  }

  get state(): RealState {
    const { t } = this.#voice;
    const total = this.#total;
    const done = Math.min(total, this.#known + this.#ahead);
    const changed = this.#changed;
    const found = this.#known === 0 ? '' : t('{0} of {1} that were looked at really differ.', sizeText(changed), sizeText(this.#known));
    const texts = {
      none: '',
      notNeeded: t('Both images were read: all of it differs.'),
      running: t('Compared {0} of {1}', sizeText(done), sizeText(total)),
      stopped: [this.#trouble, found].filter(Boolean).join(' '),
      done: found,
    };
    return { kind: this.#kind, done, total, changed, text: texts[this.#kind] };
  }

  /** Bytes that a check of all has yet to read of each image. */
  get left(): number {
    return this.#total - this.#known;
  }

  /** One range, whether or not all are being checked. @throws what reading throws */
  async one(change: ListedChange, job: JobOptions): Promise<RealAnswer> {
    const pages = lengthOf(change) / PAGE;
    if (this.really[change.index] === -1) await this.#check([change], job);
    return { type: 'real', changed: this.really[change.index]!, pages };
  }

  /** All that nobody has looked at. Ends without a throw: its state says how. */
  async all(job: JobOptions, changed: () => void): Promise<void> {
    if (this.#running || this.#kind === 'notNeeded' || this.#kind === 'done') return;
    const running = (this.#running = new AbortController());
    const signal = AbortSignal.any([running.signal, ...(job.signal ? [job.signal] : [])]);
    this.#kind = 'running';
    this.#trouble = '';
    changed();
    try {
      await this.#check(this.#unknown(), { ...job, signal }, (bytes) => {
        this.#ahead += bytes;
        changed();
      });
      this.#kind = 'done';
    } catch (error) {
      this.#kind = 'stopped';
      this.#trouble = isBackupError(error, 'cancelled') ? '' : troubleText(error, this.#voice);
    } finally {
      this.#running = undefined;
      this.#ahead = 0;
    }
  }

  stop(): void {
    this.#running?.abort();
  }

  get #total(): number {
    const { written, cleared } = this.#gathered.changes.totals;
    return written + cleared;
  }

  async #check(ranges: Iterable<ListedChange>, job: JobOptions, onCompared?: (bytes: number) => void): Promise<void> {
    const { plan, before, after } = this.#gathered;
    const options = { ...job, ...(onCompared && { onCompared }) };
    for await (const { range, differing } of realChange(plan, { before, after }, ranges, options)) {
      if (onCompared) this.#ahead -= lengthOf(range);
      if (this.really[range.index] !== -1) continue;
      this.really[range.index] = differing;
      this.#known += lengthOf(range);
      this.#changed += differing * PAGE;
    }
  }

  *#unknown(): Generator<ListedChange> {
    for (let i = 0; i < this.really.length; i++) if (this.really[i] === -1) yield this.#gathered.changes.at(i)!;
  }
}
