import { EventEmitter, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, type TreeDataProvider } from 'vscode';
import { ITEMS } from '../names.ts';
import { countText } from '../words/amounts.ts';
import { placeOf } from '../words/places.ts';
import type { Voice } from '../words/voice.ts';
import type { Fleet } from './fleet.ts';
import { groupsOf, partsOf, ROWS_AT_ONCE, type FleetGroup, type GroupKind } from './fleetGroups.ts';
import { rowKey, type FleetRow } from './fleetRow.ts';
import { describeFleetRow, fleetCard, type RowStanding } from './fleetWords.ts';

/** What the tree stands on; the fleet is there once somebody looks. */
export interface FleetSource {
  readonly fleet: Fleet | undefined;
  readonly faults: readonly string[];
  standing(row: FleetRow): RowStanding;
}

/** A row of the view. A chain has what commands ask for of a chain. */
export type FleetNode =
  | { readonly kind: 'fleetGroup'; readonly id: string; readonly group: FleetGroup }
  | { readonly kind: 'fleetPart'; readonly id: string; readonly rows: readonly FleetRow[] }
  | { readonly kind: 'fleetNote'; readonly id: string; readonly text: string; readonly icon: string }
  | {
      readonly kind: 'chain';
      readonly id: string;
      readonly key: string;
      readonly url: string;
      readonly backup: string;
      readonly source: string;
    };

/** Rows are drawn again no more often than this, however fast answers come. */
const REDRAW_MS = 300;

/** The chains of all policies, trouble first. Long groups come in parts, so that ten thousand rows are never drawn at once. */
export class FleetTree implements TreeDataProvider<FleetNode> {
  readonly #source: FleetSource;
  readonly #voice: Voice;
  readonly #changed = new EventEmitter<FleetNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #waiting: NodeJS.Timeout | undefined;

  constructor(source: FleetSource, voice: Voice) {
    this.#source = source;
    this.#voice = voice;
  }

  redraw(): void {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#changed.fire(undefined);
    }, REDRAW_MS);
  }

  getChildren(node?: FleetNode): FleetNode[] {
    if (!node) return this.#roots();
    if (node.kind === 'fleetPart') return node.rows.map(chainNode);
    if (node.kind !== 'fleetGroup') return [];
    const { rows, kind } = node.group;
    if (rows.length <= ROWS_AT_ONCE) return rows.map(chainNode);
    return partsOf(rows).map((part, at) => ({ kind: 'fleetPart', id: `part:${kind}:${at}`, rows: part }));
  }

  getTreeItem(node: FleetNode): TreeItem {
    const item = this.#itemOf(node);
    item.id = node.id;
    return item;
  }

  resolveTreeItem(item: TreeItem, node: FleetNode): TreeItem {
    const row = node.kind === 'chain' ? this.#source.fleet?.get(node.key) : undefined;
    if (row) item.tooltip = new MarkdownString(fleetCard(row, this.#source.standing(row), this.#voice));
    return item;
  }

  dispose(): void {
    clearTimeout(this.#waiting);
    this.#changed.dispose();
  }

  #roots(): FleetNode[] {
    const { fleet, faults } = this.#source;
    const { t } = this.#voice;
    if (!fleet) return [];
    const notes = faults.map((text): FleetNode => ({ kind: 'fleetNote', id: `fault:${text}`, text, icon: 'warning' }));
    const empty = fleet.empty.map((what): FleetNode => {
      const text = t('No page blob matches {0}.', what);
      return { kind: 'fleetNote', id: `empty:${what}`, text, icon: 'info' };
    });
    const groups = groupsOf(fleet.rows(), (row) => this.#source.standing(row).standing);
    return [...notes, ...groups.map((group): FleetNode => ({ kind: 'fleetGroup', id: `group:${group.kind}`, group })), ...empty];
  }

  #itemOf(node: FleetNode): TreeItem {
    switch (node.kind) {
      case 'fleetGroup': {
        const { kind, rows } = node.group;
        const isOpen = kind !== 'good' || rows.length <= ROWS_AT_ONCE;
        const item = new TreeItem(
          groupText(kind, this.#voice),
          isOpen ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed,
        );
        item.description = countText(rows.length, this.#voice);
        return item;
      }
      case 'fleetPart': {
        const [first, last] = [node.rows[0]!, node.rows.at(-1)!].map(({ chain }) => placeOf(chain.source).name);
        const item = new TreeItem(`${first} … ${last}`, TreeItemCollapsibleState.Collapsed);
        item.description = countText(node.rows.length, this.#voice);
        return item;
      }
      case 'fleetNote': {
        const item = new TreeItem(node.text);
        item.iconPath = new ThemeIcon(node.icon);
        return item;
      }
      case 'chain':
        return this.#chainItem(node.key);
    }
  }

  #chainItem(key: string): TreeItem {
    const row = this.#source.fleet?.get(key);
    if (!row) return new TreeItem('');
    const about = this.#source.standing(row);
    const { label, description, icon, speech } = describeFleetRow(row, about, this.#voice);
    const item = new TreeItem(label);
    item.description = description;
    item.iconPath = new ThemeIcon(icon.id, icon.color === undefined ? undefined : new ThemeColor(icon.color));
    item.contextValue = [ITEMS.fleet, about.standing, ...(about.snoozedUntil === undefined ? [] : ['snoozed'])].join('.');
    item.accessibilityInformation = { label: speech };
    return item;
  }
}

function chainNode(row: FleetRow): FleetNode {
  const { backup, source } = row.chain;
  const key = rowKey(row);
  return { kind: 'chain', id: `chain:${key}`, key, url: backup, backup, source };
}

function groupText(kind: GroupKind, { t }: Voice): string {
  switch (kind) {
    case 'attention':
      return t('Needs Attention');
    case 'active':
      return t('Due');
    case 'unknown':
      return t('Not Looked At Yet');
    case 'good':
      return t('Backed Up');
  }
}
