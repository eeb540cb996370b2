import { EventEmitter, MarkdownString, ThemeColor, ThemeIcon, TreeItem, type TreeDataProvider } from 'vscode';
import { ITEMS } from '../names.ts';
import { describeRun, runCard } from '../words/run.ts';
import type { Voice } from '../words/voice.ts';
import type { RunRecord, RunRegistry } from './run.ts';

/** Rows are written again no more often than this. */
const REDRAW_MS = 250;

/** The list of runs. Elements are ids, so that a row stays itself while its record changes. */
export class RunsTree implements TreeDataProvider<string> {
  readonly #runs: Pick<RunRegistry, 'all'>;
  readonly #voice: Voice;
  readonly #changed = new EventEmitter<string | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #order = '';
  #waiting: NodeJS.Timeout | undefined;
  readonly #dirty = new Set<string>();

  constructor(runs: Pick<RunRegistry, 'all'>, voice: Voice) {
    this.#runs = runs;
    this.#voice = voice;
  }

  /** Redraws the row, or everything where rows came, went or moved. */
  update(record: RunRecord | undefined): void {
    if (record && this.#order === this.#orderNow()) this.#dirty.add(record.id);
    else this.#order = '';
    this.#waiting ??= setTimeout(() => this.#redraw(), REDRAW_MS);
  }

  getChildren(element?: string): string[] {
    if (element !== undefined) return [];
    this.#order = this.#orderNow();
    return this.#runs.all().map(({ id }) => id);
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(id: string): TreeItem {
    const record = this.#runs.all().find((each) => each.id === id);
    if (!record) return new TreeItem('');
    const words = describeRun(record, this.#voice);
    const item = new TreeItem(words.label);
    item.id = id;
    item.description = words.description;
    item.tooltip = new MarkdownString(runCard(record, this.#voice));
    item.iconPath = new ThemeIcon(words.icon.id, words.icon.color === undefined ? undefined : new ThemeColor(words.icon.color));
    item.contextValue = `${ITEMS.run}.${record.state}`;
    item.accessibilityInformation = { label: words.speech };
    return item;
  }

  dispose(): void {
    clearTimeout(this.#waiting);
    this.#changed.dispose();
  }

  #redraw(): void {
    this.#waiting = undefined;
    if (this.#order === '') this.#changed.fire(undefined);
    else for (const id of this.#dirty) this.#changed.fire(id);
    this.#dirty.clear();
  }

  #orderNow(): string {
    return this.#runs
      .all()
      .map(({ id, state }) => `${id} ${state}`)
      .join();
  }
}
