import { COMMANDS, ITEMS } from '../../names.ts';
import { card } from '../../words/markdown.ts';
import { describeProblem, type Problem } from '../../words/problem.ts';
import type { Voice } from '../../words/voice.ts';
import type { BranchNode, Leaf, TreeRow } from '../node.ts';

/** Something could not be listed; selecting the row does what may mend it. */
export class ProblemNode implements Leaf {
  readonly kind = 'problem';
  readonly id: string;
  readonly parent: BranchNode;
  readonly problem: Problem;
  /** What `retry` does; undefined tries the parent's page again. */
  readonly retry: (() => void) | undefined;
  readonly #voice: Voice;

  constructor(parent: BranchNode, name: string, problem: Problem, voice: Voice, retry?: () => void) {
    this.id = `${parent.id}|problem:${name}`;
    this.parent = parent;
    this.problem = problem;
    this.retry = retry;
    this.#voice = voice;
  }

  row(): TreeRow {
    const { remedy } = this.problem;
    const words = describeProblem(this.problem, this.#voice);
    const title = remedy === 'signIn' ? this.#voice.t('Sign In') : this.#voice.t('Retry');
    const id = remedy === 'signIn' ? COMMANDS.signIn : COMMANDS.retry;
    return { ...words, item: `${ITEMS.problem}.${remedy}`, isLeaf: true, command: { id, title } };
  }

  card(): string {
    return card(this.problem.reason, [], [this.problem.fullText]);
  }
}
