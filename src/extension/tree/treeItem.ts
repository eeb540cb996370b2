import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { TreeNode } from './node.ts';

/** The row for VS Code. Its tooltip is left open: VS Code asks for it when somebody points at the row. */
export function treeItemOf(node: TreeNode): TreeItem {
  const { label, description, icon, speech, item: contextValue, isLeaf, command } = node.row();
  const item = new TreeItem(label, isLeaf ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Collapsed);
  item.id = node.id;
  item.description = description;
  item.iconPath = new ThemeIcon(icon.id, icon.color === undefined ? undefined : new ThemeColor(icon.color));
  item.accessibilityInformation = { label: speech };
  if (contextValue !== undefined) item.contextValue = contextValue;
  if (command) item.command = { command: command.id, title: command.title, arguments: [node] };
  return item;
}

/** The tooltip: Markdown in which names are escaped, without commands, HTML or icons. */
export function tooltipOf(node: TreeNode): MarkdownString | undefined {
  const text = node.card();
  return text === '' ? undefined : new MarkdownString(text);
}
