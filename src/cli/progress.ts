import type { Phase, RunEvent } from '../engine/events.ts';
import type { People } from './people.ts';
import { barText, labelled, percentOf, standingText } from './progressText.ts';
import { Rate } from '../engine/rate.ts';
import { sizeText } from '../engine/sizeText.ts';
import { amountText, durationText } from './words.ts';

/** Where lines stay: at least so long between two of them, and so much progress or time between two of one phase. */
const QUIET_MS = 600;
const STEP_PERCENT = 10;
const STEP_MS = 10_000;
/** On a terminal. */
const REDRAW_MS = 100;
const RETRY_QUIET_MS = 5000;

const LABELS: Readonly<Record<Phase, string>> = {
  waiting: 'waiting',
  preparing: 'preparing',
  listing: 'listing',
  comparing: 'comparing',
  copying: 'copying',
  proving: 'proof',
  committing: 'recording',
  cleaning: 'tidying',
};

/** Shows people how a run gets on: a line drawn again on a terminal, a few plain lines elsewhere. */
export class Progress {
  readonly #people: People;
  readonly #now: () => number;
  readonly #isVerbose: boolean;
  #phase: Phase | undefined;
  #rate = new Rate();
  #done = 0;
  #lastLine = -Infinity;
  #lastDrawn = -Infinity;
  #lastRetry = -Infinity;
  #told = { at: 0, percent: 0 };

  constructor(people: People, now: () => number, isVerbose: boolean) {
    this.#people = people;
    this.#now = now;
    this.#isVerbose = isVerbose;
  }

  /** Takes in one event of a run. */
  hear(event: RunEvent): void {
    switch (event.type) {
      case 'phase':
        this.#begin(event.phase, event.text);
        break;
      case 'progress':
        this.#advance(event.phase, event.done, event.total);
        break;
      case 'snapshot':
        this.#stay(labelled('snapshot', `${event.snapshot}${event.resumed ? ' (taken by the run that this one goes on from)' : ''}`));
        break;
      case 'changes': {
        const since = event.since === undefined ? '' : ` (since ${event.since})`;
        const sizes = `${sizeText(event.written)} written, ${sizeText(event.cleared)} cleared`;
        this.#stay(labelled('changes', `${sizes} in ${amountText(event.ranges, 'range')}${since}`));
        break;
      }
      case 'note':
        this.#stay(labelled('note', event.text));
        break;
      case 'warning':
        this.#people.line(labelled('warning', event.text), 'warning');
        this.#lastLine = this.#now();
        break;
      case 'retry':
        this.#retry(event.attempt, event.waitMs, event.reason);
        break;
      case 'result':
        this.#people.erase();
        break;
    }
  }

  #begin(phase: Phase, text: string): void {
    const at = this.#now();
    this.#phase = phase;
    this.#rate = new Rate();
    this.#rate.add(at, 0);
    this.#done = 0;
    this.#told = { at, percent: 0 };
    this.#lastDrawn = -Infinity;
    const line = labelled(LABELS[phase], text);
    if (this.#people.isLive) this.#people.draw(line);
    else if (this.#mayTell(at)) this.#stay(line);
  }

  #advance(phase: Phase, done: number, total: number): void {
    if (phase !== this.#phase) this.#begin(phase, '');
    const at = this.#now();
    // Calls under way may tell a smaller number late.
    this.#done = Math.max(this.#done, done);
    this.#rate.add(at, this.#done);
    const standing = standingText({ done: this.#done, total, bytesPerSecond: this.#rate.bytesPerSecond });
    if (this.#people.isLive) {
      if (at - this.#lastDrawn < REDRAW_MS && this.#done < total) return;
      this.#lastDrawn = at;
      this.#people.draw(labelled(LABELS[phase], total > 0 ? `${barText(this.#done, total, this.#people.columns)} ${standing}` : standing));
      return;
    }
    const percent = total > 0 ? percentOf(this.#done, total) : 0;
    const isDue = percent - this.#told.percent >= STEP_PERCENT || at - this.#told.at >= STEP_MS;
    if (!isDue || !this.#mayTell(at)) return;
    this.#told = { at, percent };
    this.#stay(labelled(LABELS[phase], standing));
  }

  /** Short first waits are everyday and told with --verbose only. */
  #retry(attempt: number, waitMs: number, reason: string): void {
    const at = this.#now();
    if (!this.#isVerbose && (attempt < 2 || at - this.#lastRetry < RETRY_QUIET_MS)) return;
    this.#lastRetry = at;
    this.#stay(labelled('waiting', `${durationText(Math.max(1, waitMs / 1000))} before try ${attempt + 1}: ${reason}`));
  }

  #mayTell(at: number): boolean {
    return at - this.#lastLine >= QUIET_MS;
  }

  #stay(line: string): void {
    this.#people.line(line);
    this.#lastLine = this.#now();
  }
}
