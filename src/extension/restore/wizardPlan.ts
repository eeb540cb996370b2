import { sizeText } from '../../engine/sizeText.ts';
import type { DiskPicture } from '../../messages/restore.ts';
import type { RestoreSpec } from '../runs/run.ts';
import { percentText } from '../words/amounts.ts';
import { failureOf } from '../words/failure.ts';
import type { Voice } from '../words/voice.ts';
import { chosenPoint, specOf } from './inputs.ts';
import type { Shares } from './picture.ts';
import type { Board } from './wizardParts.ts';

/** Makes the plan that a wizard's review is of. One that nobody waits for any more is stopped. */
export class WizardPlan {
  readonly #board: Board;
  #plan: { readonly of: string; readonly stop: AbortController } | undefined;

  constructor(board: Board) {
    this.#board = board;
  }

  look(): void {
    const { review, run } = this.#board.state;
    const wanted = run === undefined && review?.state === 'planning' ? review.of : undefined;
    if (this.#plan?.of === wanted) return;
    this.#plan?.stop.abort();
    this.#plan = undefined;
    const spec = specOf(this.#board.state);
    if (wanted === undefined || !spec) return;
    const stop = new AbortController();
    this.#plan = { of: wanted, stop };
    void this.#makePlan(wanted, spec, stop.signal);
  }

  async #makePlan(of: string, spec: RestoreSpec, signal: AbortSignal): Promise<void> {
    const { session, voice, log, readSettings } = this.#board.parts;
    const job = { ...this.#board.parts.job, signal };
    const { points, backup } = this.#board.state;
    try {
      // The engine's restores are read with the first plan, not when VS Code starts.
      const [{ planRestore }, { drawPoint }] = await Promise.all([import('./plan.ts'), import('./picture.ts')]);
      const { shown } = await planRestore(spec, { session, settings: readSettings() }, job);
      const shares = await drawPoint(chosenPoint(this.#board.state)!, points.list, backup, session, job);
      if (!signal.aborted) this.#board.dispatch({ type: 'planned', of, plan: shown, picture: pictureOf(shares, voice) });
    } catch (error) {
      if (signal.aborted) return;
      log.error('The plan of a restore', error);
      this.#board.dispatch({ type: 'planFailed', of, trouble: failureOf(error, voice).text });
    }
  }

  dispose(): void {
    this.#plan?.stop.abort();
  }
}

function pictureOf(shares: Shares, voice: Voice): DiskPicture {
  const { t } = voice;
  const part = (cells: readonly number[]): string | undefined => {
    const sum = cells.reduce((all, share) => all + share, 0);
    return sum === 0 ? undefined : percentText(sum, cells.length, voice);
  };
  const holds = t('Of {0} the point holds {1}.', sizeText(shares.length), part(shares.written) ?? t('nothing'));
  const differing = shares.differs && part(shares.differs);
  const differs =
    shares.differs === undefined
      ? t('How much differs from the disk today is not known.')
      : differing === undefined
        ? t('Nothing differs from what the disk holds today.')
        : t('About {0} of the disk may differ from what it holds today.', differing);
  return { ...shares, speech: `${holds} ${differs}` };
}
