// Plain JavaScript, so that nothing has to be built before the harness can be tried.
import * as vscode from 'vscode';

const FRUITS = { Apples: ['Boskoop', 'Elstar'], Pears: Array.from({ length: 60 }, (_, i) => `Pear ${i + 1}`) };

class Fruits {
  changed = new vscode.EventEmitter();
  onDidChangeTreeData = this.changed.event;
  refreshed = 0;

  getChildren(name) {
    return name === undefined ? Object.keys(FRUITS) : FRUITS[name];
  }

  getTreeItem(name) {
    const kinds = FRUITS[name];
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(name, kinds ? Collapsed : None);
    item.id = name;
    item.description = kinds ? `${kinds.length} kinds` : `ripe · seen ${this.refreshed} times`;
    item.tooltip = new vscode.MarkdownString(`**${name}** from the garden`);
    item.iconPath = new vscode.ThemeIcon(kinds ? 'folder' : 'pass', kinds ? undefined : new vscode.ThemeColor('charts.green'));
    item.contextValue = kinds ? 'kind' : 'fruit';
    item.accessibilityInformation = { label: `${name}, ${item.description}` };
    return item;
  }
}

export function activate(context) {
  const fruits = new Fruits();
  const log = vscode.window.createOutputChannel('Sample Log', { log: true });
  const plain = vscode.window.createOutputChannel('Sample Plain');
  const status = vscode.window.createStatusBarItem('state', vscode.StatusBarAlignment.Left);
  status.name = 'Sample State';
  status.text = '$(pass) Sample idle';
  status.show();
  log.info(`activated by process ${process.pid}`);
  // After a reload the settings as they were may come first, out of the browser's store, and those of the file a moment later.
  const greet = () => log.info(`greeting: ${vscode.workspace.getConfiguration('sample').get('greeting')}`);
  greet();
  context.subscriptions.push(vscode.workspace.onDidChangeConfiguration(greet));
  plain.appendLine('plain words');

  const commands = {
    choose: async () => {
      const picked = await vscode.window.showQuickPick(
        [
          { label: 'Apples', description: 'round', detail: 'From the tree at the gate' },
          { label: 'Pears', description: 'long' },
        ],
        { title: 'Choose a Fruit', placeHolder: 'Which one?' },
      );
      if (!picked) return log.warn('nothing chosen');
      const count = await vscode.window.showInputBox({
        title: 'How Many?',
        prompt: 'A number',
        validateInput: (text) => (/^\d+$/.test(text) ? undefined : 'That is no number.'),
      });
      log.info(`chosen: ${count} ${picked.label}`);
      const answer = await vscode.window.showInformationMessage(`${count} ${picked.label} chosen.`, 'Again', 'Enough');
      log.info(`answer: ${answer}`);
    },
    work: async (name) => {
      status.text = '$(sync~spin) Sample works';
      const how = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: `Working on ${name ?? 'all'}`, cancellable: true },
        (progress, token) =>
          new Promise((done) => {
            let percent = 0;
            const timer = setInterval(() => {
              percent += 5;
              progress.report({ increment: 5, message: `${percent} %` });
              if (percent === 100) finish('done');
            }, 200);
            const finish = (how) => {
              clearInterval(timer);
              done(how);
            };
            token.onCancellationRequested(() => finish('cancelled'));
          }),
      );
      status.text = '$(pass) Sample idle';
      void vscode.window.showWarningMessage(`Work ${how}.`);
    },
    drop: async (name) => {
      const answer = await vscode.window.showWarningMessage(
        `Drop ${name}?`,
        { modal: true, detail: 'It cannot be picked up again.' },
        'Drop',
      );
      log.info(`drop ${name}: ${answer}`);
    },
    refresh: () => {
      fruits.refreshed++;
      fruits.changed.fire();
    },
    page: () => {
      const panel = vscode.window.createWebviewPanel('sample.page', 'Sample Page', vscode.ViewColumn.One, { enableScripts: true });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not the browser's postMessage
      panel.webview.onDidReceiveMessage((text) => panel.webview.postMessage(`host heard: ${text}`));
      panel.webview.html = `<!DOCTYPE html><html lang="en"><head><title>Sample Page</title>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-abc'; style-src 'unsafe-inline'">
        <style>body { background: var(--vscode-editor-background); }</style></head>
        <body><main><h1>Sample page</h1><button>Say hello</button><p role="status"></p></main><script nonce="abc">
          const api = acquireVsCodeApi();
          document.querySelector('button').onclick = () => api.postMessage('hello');
          window.onmessage = ({ data }) => { document.querySelector('p').textContent = data; };
        </script></body></html>`;
    },
    copy: () => vscode.env.clipboard.writeText('a word from the extension'),
    secret: async () => {
      const count = Number((await context.secrets.get('count')) ?? 0) + 1;
      await context.secrets.store('count', String(count));
      void vscode.window.showInformationMessage(`Secret count: ${count}`);
    },
  };
  for (const [name, run] of Object.entries(commands)) context.subscriptions.push(vscode.commands.registerCommand(`sample.${name}`, run));
  const empty = { getChildren: () => [], getTreeItem: () => new vscode.TreeItem('') };
  context.subscriptions.push(
    log,
    plain,
    status,
    vscode.window.createTreeView('sample.fruits', { treeDataProvider: fruits, showCollapseAll: true, canSelectMany: true }),
    vscode.window.createTreeView('sample.empty', { treeDataProvider: empty }),
  );
}
