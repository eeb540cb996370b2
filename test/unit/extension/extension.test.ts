import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ExtensionContext } from 'vscode';
import { COMMANDS } from '../../../src/extension/names.ts';
import type { RunRecord } from '../../../src/extension/runs/run.ts';
import { user } from '../../support/vscode/user.ts';
import { Uri } from '../../support/vscode/basics.ts';
import { commands } from '../../support/vscode/vscode.ts';
import { statusBarItems } from '../../support/vscode/window.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pbb-extension-'));
  user.reset();
  statusBarItems.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Activates the extension; what it returns ends it as VS Code does. */
async function activated(): Promise<() => Promise<void>> {
  await import('../../support/vscode/register.ts');
  const { activate, deactivate } = await import('../../../src/extension/extension.ts');
  const context = {
    subscriptions: [] as { dispose(): unknown }[],
    workspaceState: { get: () => undefined, update: async () => undefined },
    extensionUri: Uri.file('/extension'),
    globalState: { get: () => undefined, update: async () => undefined },
    secrets: { get: async () => undefined, store: async () => undefined, delete: async () => undefined },
    globalStorageUri: { fsPath: folder },
    extension: { id: 'page-blob-backup.page-blob-backup', packageJSON: { version: '1' } },
  };
  activate(context as unknown as ExtensionContext);
  return async () => {
    await deactivate();
    for (const each of context.subscriptions.reverse()) each.dispose();
  };
}

function leaveBehind(...runs: Partial<RunRecord>[]): void {
  mkdirSync(join(folder, 'runs'));
  for (const [i, run] of runs.entries()) {
    const spec = {
      job: 'backup',
      source: 'https://a.example/vhds/disk.vhd',
      backup: 'https://b.example/c/disk.vhd',
      full: false,
      adopt: false,
    };
    const record = { id: `run${i}`, spec, state: 'running', done: 41, total: 100, startedAt: 1, heardAt: Date.now(), ...run };
    writeFileSync(join(folder, 'runs', `run${i}.json`), JSON.stringify(record));
  }
}

describe('the extension', () => {
  it('registers its commands, says nothing, and leaves nothing behind', async () => {
    const end = await activated();
    assert.deepEqual((await commands.getCommands()).sort(), Object.values(COMMANDS).sort());
    assert.deepEqual(user.seen, []);
    assert.deepEqual(
      statusBarItems.map(({ isShown }) => isShown),
      [false, false],
    );
    await end();
    assert.deepEqual(await commands.getCommands(), []);
  });

  it('tells of one run that was interrupted, with Resume', async () => {
    leaveBehind({ owner: `${hostname()}/${2 ** 30}/x` }, { state: 'done', owner: 'x' });
    const end = await activated();
    assert.equal(user.seen.length, 1);
    assert.equal(user.seen[0]!.text, 'Backup of disk.vhd was interrupted at 41 %. Recovery points that were made before are unharmed.');
    assert.deepEqual(user.seen[0]!.choices, ['Resume', 'Show Runs']);
    assert.equal(statusBarItems[0]!.text, '$(debug-pause) Backup of disk.vhd interrupted');
    await end();
  });

  it('tells of several in one notification', async () => {
    leaveBehind({ state: 'resumable' }, { state: 'resumable' });
    const end = await activated();
    assert.deepEqual(user.take(), ['info: 2 runs were interrupted. They can be resumed.']);
    assert.equal(statusBarItems[0]!.text, '$(debug-pause) 2 runs need attention');
    await end();
  });

  it('leaves alone what another window is at', async () => {
    leaveBehind({ owner: `${hostname()}/${process.pid}/other` });
    const end = await activated();
    assert.deepEqual(user.seen, []);
    assert.equal(statusBarItems[0]!.text, '$(sync~spin) Backing up disk.vhd 41 %');
    await end();
  });
});
