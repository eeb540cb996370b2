import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { noticesText, shippedIn } from '../../scripts/notices.ts';

const root = join(import.meta.dirname, '..', '..');
interface Package {
  readonly license?: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
const read = (...path: string[]): Package => JSON.parse(readFileSync(join(root, ...path, 'package.json'), 'utf8')) as Package;
const ours = read();

describe('dependencies', () => {
  it('are pinned to one version each; types alone, which never run, follow the version of Node', () => {
    const all = { ...ours.dependencies, ...ours.devDependencies, ...ours.optionalDependencies };
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(
      loose.map(([name]) => name),
      ['@types/node'],
    );
  });

  it('are listed in docs/SECURITY.md, each with its licence and what it is for', () => {
    const table = readFileSync(join(root, 'docs', 'SECURITY.md'), 'utf8').split('## Dependencies')[1] ?? '';
    const rows = new Map(
      Array.from(table.matchAll(/^\|\s*`([^`]+)`\s*\|\s*([^|]*?)\s*\|\s*([^|]+?)\s*\|$/gm), ([, name, licence, why]) => [
        name!,
        { licence, why },
      ]),
    );
    assert.deepEqual(
      [...rows.keys()].sort(),
      Object.keys({ ...ours.dependencies, ...ours.devDependencies, ...ours.optionalDependencies }).sort(),
    );
    for (const [name, { licence, why }] of rows) {
      assert.ok(why && why.length > 10, name);
      // A package for one system is not there on others.
      if (!(name in ours.optionalDependencies)) assert.equal(licence, read('node_modules', name).license, name);
    }
  });
});

describe('notices of what is shipped', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pbb-notices-'));
    const packages: Record<string, object> = {
      a: { license: 'MIT' },
      '@x/b': { license: 'MIT', homepage: 'https://b.example' },
      'a/node_modules/deep': { licenses: [{ type: 'ISC' }] },
      copyleft: { license: 'GPL-3.0-only' },
      silent: {},
    };
    for (const [path, fields] of Object.entries(packages)) {
      const place = join(folder, 'node_modules', path);
      await mkdir(place, { recursive: true });
      await writeFile(
        join(place, 'package.json'),
        JSON.stringify({ name: path.split('/node_modules/').at(-1), version: '1.2.3', ...fields }),
      );
    }
    for (const name of ['a', '@x/b']) await writeFile(join(folder, 'node_modules', name, 'LICENSE.md'), 'The text of both.\r\n');
  });
  after(() => rm(folder, { recursive: true }));

  it('name every package with files in a bundle, and a text that several share once', () => {
    const shipped = shippedIn(
      [
        'src/cli/main.ts',
        'node_modules/a/index.js',
        'node_modules/a/other.js',
        'node_modules/@x/b/x.js',
        'node_modules/a/node_modules/deep/x.js',
      ],
      folder,
    );
    assert.deepEqual(
      shipped.map(({ name, licence }) => `${name} ${licence}`),
      ['@x/b MIT', 'a MIT', 'deep ISC'],
    );
    const text = noticesText(shipped);
    assert.match(text, /@x\/b 1\.2\.3 \(MIT\)\n {2}https:\/\/b\.example\na 1\.2\.3 \(MIT\)\n\nThe text of both\./);
    assert.equal(text.split('The text of both.').length, 2);
    assert.match(text, /deep 1\.2\.3 \(ISC\)/);
  });

  it('are not made where a licence asks for more, or is not told', () => {
    assert.throws(() => shippedIn(['node_modules/copyleft/x.js'], folder), /copyleft \(GPL-3\.0-only\)/);
    assert.throws(() => shippedIn(['node_modules/silent/x.js'], folder), /silent \(none told\)/);
  });

  it('are asked for by the build, of all that it bundles', async () => {
    const text = await readFile(join(root, 'esbuild.mjs'), 'utf8');
    assert.match(text, /noticesText\(shippedIn\(inputs, import\.meta\.dirname\)\)/);
  });
});
