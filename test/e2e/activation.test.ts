import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../support/workbench/until.ts';
import { LIVE, onStage } from './support/stage.ts';

/** Files that a module of the bundle loads as soon as it is loaded itself: static imports, not `import()`. */
async function loadedWith(dist: string, file: string, found = new Set<string>()): Promise<Set<string>> {
  if (found.has(file)) return found;
  found.add(file);
  const text = await readFile(join(dist, file), 'utf8');
  for (const [, next] of text.matchAll(/(?:^|[;\n}])import\s*(?:[\w$*{}\s,]*from\s*)?["']\.\/([\w.-]+)["']/g))
    await loadedWith(dist, next!, found);
  return found;
}

describe('the start of the extension', () => {
  // All but what is loaded at the start is put aside before VS Code starts: whoever reaches for it fails.
  const on = onStage({
    settings: { 'workbench.editor.useModal': 'off' },
    beforeStart: async (dist) => {
      const needed = await loadedWith(dist, 'extension.js');
      await mkdir(`${dist}-aside`);
      for (const file of await readdir(dist)) {
        if (needed.has(file)) continue;
        await cp(join(dist, file), join(`${dist}-aside`, file));
        await rm(join(dist, file));
      }
    },
  });

  it('needs nothing of the Azure SDK', async (test) => {
    const { dist, sidebar } = on.stage;
    const files = await readdir(dist);
    const texts = await Promise.all(files.map((file) => readFile(join(dist, file), 'utf8')));
    assert.deepEqual(
      texts.filter((text) => text.includes('BlobServiceClient')),
      [],
    );
    await sidebar.accounts.waitForWelcome(/^Keep incremental backups/);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(dist, file))).size));
    const aside = await readdir(`${dist}-aside`);
    test.diagnostic(
      `loaded at the start: ${Math.round(sizes.reduce((a, b) => a + b) / 1024)} KiB in ${files.length} files; ${aside.length} files later`,
    );
    assert.ok(aside.length > 0, 'nothing was put aside');
  });

  it('takes little time', async (test) => {
    const { workbench } = on.stage;
    await workbench.runCommand('Developer: Show Running Extensions');
    const row = workbench.page.locator('.runtime-extensions-editor .extension').filter({ hasText: 'Page Blob Backup' });
    const time = await until('the time of activation', async () => /Activation: (\d+)ms/.exec((await row.allInnerTexts()).join('\n'))?.[1]);
    test.diagnostic(`activation: ${time} ms`);
    assert.ok(Number(time) < 1000, `it took ${time} ms`);
  });

  it('loads the SDK when an account is attached', async () => {
    const { dist, sidebar } = on.stage;
    await on.stage.disk('web.vhd');
    await cp(`${dist}-aside`, dist, { recursive: true });
    await sidebar.attachEmulator();
    await sidebar.accounts.row(LIVE).expand();
    await sidebar.accounts.row('web.vhd').waitForDescription('64 MiB · never backed up');
  });
});
