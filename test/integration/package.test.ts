import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const node = process.execPath;

const STAGED = ['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'l10n', 'media', 'schemas', 'tsconfig.json'];

/** Most bytes of the package, and of what is read when VS Code starts the extension. */
const PACKAGE_BYTES = 1280 * 1024;
const START_BYTES = 260 * 1024;

describe('npm run package', () => {
  let folder: string;
  let bundle: string;
  let vsix: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pbb-package-'));
    bundle = join(folder, 'extension');
    vsix = join(folder, 'page-blob-backup.vsix');
    // A tree of its own: other tests may be building into dist/ right now.
    await run(node, ['esbuild.mjs', '--production', '--dist', join(bundle, 'dist')], { cwd: root });
    for (const name of [...STAGED, '.vscodeignore']) await cp(join(root, name), join(bundle, name), { recursive: true });
    // What must stay out is there to be left out.
    await writeFile(join(bundle, 'dist', 'extension', 'extension.js.map'), '{}');
    await cp(import.meta.filename, join(bundle, 'test', 'package.test.ts'));
    const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const options = /vsce package (.*)$/.exec(scripts['package']!)![1]!.split(' ');
    await run(node, [vsce, 'package', ...options, '--out', vsix], { cwd: bundle });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('holds what it needs and nothing else', async () => {
    const names = await namesIn(vsix);
    const odd = names.filter(
      (name) =>
        !/^(?:\[Content_Types\]\.xml|extension\.vsixmanifest|extension\/(?:package(?:\.nls)?\.json|readme\.md|changelog\.md|LICENSE\.txt|l10n\/bundle\.l10n\.json|schemas\/page-blob-backup\.schema\.json|media\/(?:icon\.png|container\.svg|readme\/\w+\.png|walkthrough\/\w+\.svg)|dist\/ThirdPartyNotices\.txt|dist\/(?:extension|webview)\/[\w.-]+\.(?:js|css)))$/.test(
          name,
        ),
    );
    assert.deepEqual(odd, []);
    for (const needed of [
      'dist/extension/extension.js',
      'dist/ThirdPartyNotices.txt',
      'package.nls.json',
      'l10n/bundle.l10n.json',
      'media/icon.png',
      'media/container.svg',
      'media/readme/tree.png',
      'schemas/page-blob-backup.schema.json',
    ]) {
      assert.ok(names.includes(`extension/${needed}`), needed);
    }
  });

  it('names the licence of every package that it holds code of', async () => {
    const notices = await readFile(join(bundle, 'dist', 'ThirdPartyNotices.txt'), 'utf8');
    for (const name of [
      '@azure/storage-blob',
      '@azure/msal-common',
      '@vscode/webview-ui-toolkit',
      '@microsoft/fast-element',
      'yaml',
      'gpt',
    ])
      assert.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\S+ \\(`, 'm'), name);
    for (const words of ['Permission is hereby granted, free of charge', 'Apache License', 'ISC'])
      assert.ok(notices.includes(words), words);
    assert.doesNotMatch(notices, /none told|^esbuild |^typescript /m);
  });

  it('is small', async () => {
    const { size } = await stat(vsix);
    assert.ok(size < PACKAGE_BYTES, `${size} bytes`);
  });

  it('reads little before the first view or command: the SDK stays outside', async () => {
    const read = await staticImports(join(bundle, 'dist', 'extension'), 'extension.js');
    const bytes = [...read.values()].reduce((sum, text) => sum + text.length, 0);
    assert.ok(bytes < START_BYTES, `${bytes} bytes in ${read.size} files`);
    for (const [name, text] of read) assert.doesNotMatch(text, /x-ms-client-request-id|StorageSharedKeyCredential|msal/i, name);
  });
});

/** The files that importing `entry` reads at once, with their texts. */
async function staticImports(folder: string, entry: string, found = new Map<string, string>()): Promise<Map<string, string>> {
  if (found.has(entry)) return found;
  const text = await readFile(join(folder, entry), 'utf8');
  found.set(entry, text);
  for (const [, name] of text.matchAll(/(?:from|^import|;import)\s*"\.\/([\w.-]+)"/g)) await staticImports(folder, name!, found);
  return found;
}

/** Names in a zip file, from its central directory. */
async function namesIn(path: string): Promise<string[]> {
  const zip = await readFile(path);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const length = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + length);
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    return name;
  });
}
