import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { marked } from 'marked';
import { card, escapeMarkdown } from '../../../src/extension/words/markdown.ts';
import { TreeRig } from '../../support/tree/treeRig.ts';
import { hostileText, RUNS } from '../../support/hostile.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { CommandRig } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';
import type { TreeNode } from '../../../src/extension/tree/node.ts';

await import('../../support/vscode/register.ts');
const { linkless, notices } = await import('../../../src/extension/notices.ts');

/** What VS Code makes a link of in notifications, prompts and messages of input boxes (its `linkedText.ts`). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** The tags of a card of ours. */
const OURS = new Set(['h3', 'p', 'strong', 'br', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code']);

function tagsOf(markdown: string): string[] {
  return [...marked.parse(markdown, { async: false, gfm: true }).matchAll(/<\/?([a-z][a-z\d]*)([^>]*)>/gi)].map(
    ([, tag, rest]) => `${tag}${rest?.trim() === '/' ? '' : (rest ?? '')}`,
  );
}

describe('names from a storage account in a tooltip', () => {
  it('are text: no link, no picture, no markup', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        for (const tag of tagsOf(
          card(
            one,
            [
              ['Name', other],
              [one, one],
            ],
            [other],
          ),
        ))
          assert.ok(OURS.has(tag), tag);
        assert.ok(
          tagsOf(`x ${escapeMarkdown(one)}`).every((tag) => tag === 'p'),
          one,
        );
      }),
      RUNS,
    );
  });

  it('are, where nothing escapes them, something else: the test above would see it', () => {
    assert.ok(tagsOf('[x](command:y) <b>').some((tag) => !OURS.has(tag)));
    assert.ok(tagsOf('www.evil.example').some((tag) => !OURS.has(tag)));
  });
});

describe('names from a storage account in the tree', () => {
  it('become rows whose tooltips are text and whose commands are ours', async () => {
    const names = fc.sample(hostileText, { seed: RUNS.seed, numRuns: 40 }).map((text) => text.toWellFormed().replaceAll('/', '_'));
    const rig = new TreeRig();
    const { service } = rig.chain;
    for (const name of new Set(names)) {
      const mark = name.replace(/[^\x20-\x7e]/g, '?');
      const url = `https://disks.example/vhds/${encodeURIComponent(name)}`;
      service.foreign.createBlob(url, 512);
      await service.client('foreign').pageBlob(url).createSnapshot({ pbb_backup: mark, pbb_run: mark, x: mark });
    }
    await rig.open();
    let rows = 0;
    const walk = async (node: TreeNode | undefined, depth: number): Promise<void> => {
      for (const row of await rig.rows(node)) {
        rows++;
        for (const tag of tagsOf(row.card())) assert.ok(OURS.has(tag), row.card());
        const { command, label } = rig.provider.getTreeItem(row);
        assert.equal(typeof label, 'string');
        if (command) assert.match(command.command, /^pageBlobBackup\./);
        if (depth < 4) await walk(row, depth + 1);
      }
    };
    await walk(undefined, 0);
    assert.ok(rows > new Set(names).size, `${rows} rows`);
  });
});

describe('names from a storage account in a notification', () => {
  let rig: CommandRig | undefined;
  afterEach(() => rig?.close());

  it('make no link', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        assert.doesNotMatch(linkless(text), LINK);
        user.reset();
        for (const show of [notices.showErrorMessage, notices.showInformationMessage, notices.showWarningMessage]) void show(text, 'Ok');
        assert.equal(user.seen.length, 3);
        for (const { text: shown } of user.seen) assert.doesNotMatch(shown, LINK);
      }),
      RUNS,
    );
  });

  it('make none where a command fails for them', async () => {
    rig = await CommandRig.open();
    const url = `https://disks.example/vhds/${encodeURIComponent('[Open](command:evil)')}`;
    await rig.run(COMMANDS.takeSnapshot, { kind: 'blob', url, backup: undefined, source: url });
    assert.ok(user.seen.length > 0);
    for (const { text } of user.seen) assert.doesNotMatch(text, LINK);
  });
});

describe('the code of the extension', () => {
  it('shows notifications in one place only, and trusts no markdown', async () => {
    const folder = new URL('../../../src/extension/', import.meta.url);
    for (const path of (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(new URL(path.replaceAll('\\', '/'), folder), 'utf8');
      assert.ok(path === 'notices.ts' || !/window\s*\.\s*(?:show(?:Information|Warning|Error)Message|withProgress)\b/.test(text), path);
      assert.ok(!/(?<!workspace\.)\bisTrusted|supportHtml|supportThemeIcons|enableCommandUris/.test(text), path);
    }
  });

  it('puts no markup into a page but by elements', async () => {
    const folder = new URL('../../../webview/', import.meta.url);
    for (const path of (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(new URL(path.replaceAll('\\', '/'), folder), 'utf8');
      assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|srcdoc/, path);
    }
  });
});
