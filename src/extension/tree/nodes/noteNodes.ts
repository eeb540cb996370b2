import { COMMANDS, ITEMS } from '../../names.ts';
import { emptyRow, loadingRow, loadMoreRow } from '../../words/notes.ts';
import type { RowWords, Voice } from '../../words/voice.ts';
import type { BranchNode, Leaf, TreeRow } from '../node.ts';

/** Something is under way. */
export class LoadingNode implements Leaf {
  readonly kind = 'loading';
  readonly id: string;
  readonly parent: BranchNode;
  readonly #voice: Voice;

  readonly #about: string | undefined;

  /** @param about what is loaded, where it is not the parent's rows */
  constructor(parent: BranchNode, voice: Voice, about?: string) {
    this.id = `${parent.id}|loading${about === undefined ? '' : ':about'}`;
    this.parent = parent;
    this.#about = about;
    this.#voice = voice;
  }

  row(): TreeRow {
    return { ...loadingRow(this.#about, this.#voice), isLeaf: true };
  }

  card(): string {
    return '';
  }
}

/** There is nothing, and why. */
export class EmptyNode implements Leaf {
  readonly kind = 'empty';
  readonly id: string;
  readonly parent: BranchNode;
  readonly #words: RowWords;

  constructor(parent: BranchNode, words: RowWords) {
    this.id = `${parent.id}|empty`;
    this.parent = parent;
    this.#words = emptyRow(words.label, words.description);
  }

  row(): TreeRow {
    return { ...this.#words, isLeaf: true };
  }

  card(): string {
    return '';
  }
}

/** There is more; selecting the row loads it. */
export class LoadMoreNode implements Leaf {
  readonly kind = 'loadMore';
  readonly id: string;
  readonly parent: BranchNode;
  readonly #voice: Voice;
  readonly #shown: number;

  constructor(parent: BranchNode, shown: number, voice: Voice) {
    this.id = `${parent.id}|more`;
    this.parent = parent;
    this.#shown = shown;
    this.#voice = voice;
  }

  row(): TreeRow {
    const words = loadMoreRow(this.#shown, this.#voice);
    return { ...words, item: ITEMS.loadMore, isLeaf: true, command: { id: COMMANDS.loadMore, title: words.label } };
  }

  card(): string {
    return '';
  }
}
