import { isBackupError } from '../../engine/errors.ts';
import { pointsPage } from '../../engine/jobs/points/pointsPage.ts';
import type { StorageAccount } from '../accounts/account.ts';
import { containersIn } from '../accounts/containersIn.ts';
import { describeAccount } from '../words/account.ts';
import { failureOf } from '../words/failure.ts';
import type { Voice } from '../words/voice.ts';
import { chosenAccount, chosenPoint } from './inputs.ts';
import type { AccountChoice } from './state.ts';
import type { Board } from './wizardParts.ts';

const POINTS_AT_ONCE = 200;

/** What a wizard lists: recovery points, accounts, and the containers of the chosen one. */
export class WizardLists {
  readonly #board: Board;
  #containersOf: string | undefined;

  constructor(board: Board) {
    this.#board = board;
  }

  async accounts(): Promise<void> {
    try {
      this.#containersOf = undefined;
      const { accounts } = await this.#board.parts.directory.list(this.#board.signal);
      this.#board.dispatch({ type: 'accountsListed', accounts: accounts.flatMap((account) => choiceOf(account, this.#board.parts.voice)) });
    } catch (error) {
      this.#board.parts.log.warn(`Listing accounts for a restore: ${String(error)}`);
    }
  }

  /** The next page of points, and more until the chosen one is among them. */
  async points({ afresh = false } = {}): Promise<void> {
    const { session, job, voice, log } = this.#board.parts;
    if (this.#board.signal.aborted) return;
    this.#board.dispatch({ type: 'pointsAsked', afresh });
    try {
      const { backup: url, point } = this.#board.state;
      const [backup, catalogue] = await Promise.all([session.pageBlob(url), session.recordStoreFor(url)]);
      const isFirst = this.#board.state.points.list.length === 0;
      do {
        const below = this.#board.state.points.next;
        if (!isFirst && below === undefined) break;
        const page = await pointsPage({ backup, catalogue }, { below, most: POINTS_AT_ONCE }, { ...job, signal: this.#board.signal });
        this.#board.dispatch({ type: 'pointsListed', ...page });
      } while (point !== undefined && !chosenPoint(this.#board.state) && this.#board.state.points.next !== undefined);
      if (this.#board.state.points.state === 'loading') {
        this.#board.dispatch({ type: 'pointsListed', points: [], unreadable: [], next: this.#board.state.points.next });
      }
      if (this.#board.state.points.list.length === 0) {
        const trouble =
          this.#board.state.points.unreadable.length === 0
            ? voice.t('There is no recovery point in this blob.')
            : voice.t('No record of a recovery point can be read here. Nothing was changed.');
        this.#board.dispatch({ type: 'pointsFailed', trouble });
      }
    } catch (error) {
      if (isBackupError(error, 'cancelled')) return;
      log.error('Listing the recovery points for a restore', error);
      this.#board.dispatch({ type: 'pointsFailed', trouble: failureOf(error, voice).text });
    }
  }

  /** Names to suggest; where they cannot be listed they can still be typed. */
  containers(): void {
    const account = chosenAccount(this.#board.state);
    if (!account || this.#containersOf === account.id) return;
    this.#containersOf = account.id;
    const { session, job, log } = this.#board.parts;
    const scope = account.container === undefined ? undefined : { container: account.container };
    containersIn({ endpoint: account.endpoint, scope }, session, { ...job, signal: this.#board.signal }).then(
      (names) => this.#board.dispatch({ type: 'containersListed', of: account.id, names }),
      (error: unknown) => log.debug(`Listing containers for a restore: ${String(error)}`),
    );
  }
}

function choiceOf(account: StorageAccount, voice: Voice): AccountChoice[] {
  const { id, endpoint, premium, location, scope } = account;
  if (scope?.blob !== undefined) return [];
  const { label, description } = describeAccount(account, undefined, voice);
  return [{ id, endpoint, name: label, description, premium, location, container: scope?.container }];
}
