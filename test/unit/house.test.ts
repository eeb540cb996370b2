import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, it } from 'node:test';
import { cyclesOf, importsOf, problemsOf } from '../support/house.ts';

const root = join(import.meta.dirname, '..', '..');

function readTree(...folders: string[]): Map<string, string> {
  const tree = new Map<string, string>();
  for (const folder of folders) {
    let entries: ReturnType<typeof list> = [];
    try {
      entries = list(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && /\.(?:[cm]?[jt]sx?)$/.test(entry.name)) {
        tree.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'));
      }
    }
  }
  return tree;
}

function list(folder: string) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
}

describe('the house', () => {
  it('is in order', () => {
    const tree = readTree('src', 'webview');
    assert.ok(tree.size > 5, 'nothing was read');
    assert.deepEqual(problemsOf(tree), []);
  });

  const samples: [what: string, path: string, text: string, problem: RegExp | undefined][] = [
    ['engine importing itself', 'src/engine/a.ts', "import { b } from './ranges/b.ts';", undefined],
    ['engine importing azure', 'src/engine/a.ts', "import { b } from '../azure/b.ts';", /must not import/],
    ['engine importing a type of azure', 'src/engine/a.ts', "import type { B } from '../azure/b.ts';", /must not import/],
    ['engine importing a Node module', 'src/engine/a.ts', "import { join } from 'node:path';", /must not import node:path/],
    ['engine importing a package', 'src/engine/a.ts', "import x from 'left-pad';", /must not import left-pad/],
    ['engine importing vscode', 'src/engine/jobs/a.ts', "import * as vscode from 'vscode';", /must not import vscode/],
    ['engine re-exporting the SDK', 'src/engine/a.ts', "export { BlobClient } from '@azure/storage-blob';", /must not import @azure/],
    ['engine importing for effect', 'src/engine/a.ts', "import '../files/a.ts';", /must not import/],
    ['engine importing later', 'src/engine/a.ts', "const x = await import('node:fs');", /must not import node:fs/],
    ['engine importing what nobody can see', 'src/engine/a.ts', 'const x = await import(name);', /made up at run time/],
    ['engine naming a type by import()', 'src/engine/a.ts', "let x: import('../azure/b.ts').B;", /must not import/],
    ['engine importing over several lines', 'src/engine/a.ts', "import {\n  a,\n  b,\n} from\n  '../cli/b.ts';", /must not import/],
    ['engine speaking of an import', 'src/engine/a.ts', "// import { b } from '../azure/b.ts';\n/*\nimport 'vscode'\n*/", undefined],
    [
      'azure importing engine and SDK',
      'src/azure/a.ts',
      "import a from '../engine/a.ts';\nimport b from '@azure/storage-blob';",
      undefined,
    ],
    ['azure importing files', 'src/azure/a.ts', "import a from '../files/a.ts';", /must not import/],
    ['files importing the SDK', 'src/files/a.ts', "import a from '@azure/storage-blob';", /must not import/],
    ['files importing Node', 'src/files/a.ts', "import { open } from 'node:fs/promises';", undefined],
    ['disk importing all it may', 'src/disk/a.ts', "import GPT from 'gpt';\nimport '../engine/a.ts';\nimport 'node:zlib';", undefined],
    ['disk importing files', 'src/disk/a.ts', "import '../files/a.ts';", /must not import/],
    ['disk importing what reads a machine', 'src/disk/a.ts', "import { open } from 'node:fs/promises';", /must not import/],
    ['engine importing disk', 'src/engine/a.ts', "import '../disk/a.ts';", /must not import/],
    [
      'policy importing engine and its packages',
      'src/policy/a.ts',
      "import '../engine/a.ts';\nimport 'yaml';\nimport { Cron } from 'croner';",
      undefined,
    ],
    ['policy importing azure', 'src/policy/a.ts', "import a from '../azure/a.ts';", /must not import/],
    ['policy importing Node', 'src/policy/a.ts', "import { readFile } from 'node:fs/promises';", /must not import node:fs/],
    ['telemetry importing its library', 'src/telemetry/a.ts', "import { trace } from '@opentelemetry/api';", undefined],
    ['telemetry importing policy', 'src/telemetry/a.ts', "import type { A } from '../policy/a.ts';", /must not import/],
    [
      'cli importing the library of telemetry',
      'src/cli/a.ts',
      "import { trace } from '@opentelemetry/api';",
      /must not import @opentelemetry/,
    ],
    ['engine importing policy', 'src/engine/a.ts', "import type { A } from '../policy/a.ts';", /must not import/],
    ['cli importing the SDK past azure', 'src/cli/a.ts', "import a from '@azure/identity';", /must not import/],
    ['cli importing all it may', 'src/cli/a.ts', "import '../azure/a.ts';\nimport '../files/a.ts';\nimport '../engine/a.ts';", undefined],
    ['cli importing vscode', 'src/cli/a.ts', "import type { Uri } from 'vscode';", /must not import vscode/],
    ['azure importing cli', 'src/azure/a.ts', "import a from '../cli/a.ts';", /must not import/],
    ['extension importing vscode', 'src/extension/a.ts', "import * as vscode from 'vscode';", undefined],
    ['extension importing the SDK past azure', 'src/extension/a.ts', "import a from '@azure/identity';", /must not import/],
    ['webview importing messages', 'webview/restore/a.ts', "import type { A } from '../../src/messages/a.ts';", undefined],
    ['webview importing engine', 'webview/restore/a.ts', "import type { A } from '../../src/engine/a.ts';", /must not import/],
    ['the file of the toolkit importing it', 'webview/shared/toolkit.ts', "import { a } from '@vscode/webview-ui-toolkit';", undefined],
    ['a page importing the toolkit', 'webview/restore/a.ts', "import { a } from '@vscode/webview-ui-toolkit';", /must not import @vscode/],
    ['webview importing another package', 'webview/shared/toolkit.ts', "import a from 'left-pad';", /must not import left-pad/],
    ['messages importing engine', 'src/messages/a.ts', "import type { A } from '../engine/a.ts';", /must not import/],
    ['src importing tests', 'src/cli/a.ts', "import a from '../../test/support/a.ts';", /must not import/],
    ['a folder nobody planned', 'src/utils/a.ts', '', /in no folder of the house/],
    ['500 lines', 'src/engine/a.ts', 'const a = 1;\n'.repeat(500), undefined],
    ['501 lines', 'src/engine/a.ts', 'const a = 1;\n'.repeat(501), /has 501 lines/],
    ['deletion with all snapshots, SDK', 'src/azure/a.ts', "await blob.delete({ deleteSnapshots: 'include' });", /all its snapshots/],
    ['deletion with all snapshots, header', 'src/azure/a.ts', "headers['X-MS-Delete-Snapshots'] = 'only';", /all its snapshots/],
    ['reads of a secondary', 'src/azure/a.ts', "retryOptions: { secondaryHost: 'a-secondary' }", /lists are stale/],
    ['clock in the engine', 'src/engine/a.ts', 'const t = Date.now();', /uses Date\.now/],
    ['date in the engine', 'src/engine/a.ts', 'const t = new Date( );', /uses new Date/],
    ['a time made of a number in the engine', 'src/engine/a.ts', 'const t = new Date(world.now());', undefined],
    ['dice in the engine', 'src/engine/a.ts', 'const t = Math.random();', /uses Math\.random/],
    ['timer in the engine', 'src/engine/a.ts', 'setTimeout(() => {}, 1);', /uses setTimeout/],
    ['process in the engine', 'src/engine/a.ts', 'const e = process.env;', /uses process\./],
    ['Buffer in the engine', 'src/engine/a.ts', 'const b = Buffer.alloc(1);', /uses Buffer/],
    ['Buffer in a template of the engine', 'src/engine/a.ts', 'const b = `a ${x ? `http://${Buffer.from(x)}` : 1}`;', /uses Buffer/],
    ['words in a comment of the engine', 'src/engine/a.ts', '/** No Buffer, no process. */\n// new Date', undefined],
    ['clock in the command line', 'src/cli/a.ts', 'const t = Date.now();', undefined],
    ['an ArrayBuffer in the engine', 'src/engine/a.ts', 'const b = new ArrayBuffer(1);', undefined],
  ];
  for (const [what, path, text, problem] of samples) {
    it(`${problem ? 'refuses' : 'allows'} ${what}`, () => {
      const problems = problemsOf(new Map([[path, text]]));
      if (problem === undefined) assert.deepEqual(problems, []);
      else assert.match(problems.join('\n'), problem);
    });
  }

  it('refuses a cycle between files, but not one of types alone', () => {
    const cycle = (first: string): Map<string, string> =>
      new Map([
        ['src/engine/a.ts', `${first} { B } from './b.ts';`],
        ['src/engine/b.ts', "export { c } from './deep/c.ts';"],
        ['src/engine/deep/c.ts', "import { a } from '../a.ts';"],
      ]);
    assert.deepEqual(cyclesOf(cycle('import')), [['src/engine/a.ts', 'src/engine/b.ts', 'src/engine/deep/c.ts', 'src/engine/a.ts']]);
    assert.match(problemsOf(cycle('import')).join('\n'), /imports itself/);
    assert.deepEqual(problemsOf(cycle('import type')), []);
  });

  it('reads every way of importing', () => {
    const text = `
      import a from "one";
      import type { B } from 'two';
      import { type C, d } from 'three';
      import * as e from 'four'; // from 'not this'
      export type { F } from 'five';
      export * from 'six';
      import 'seven';
      const url = 'http://example.com'; const g = await import('eight');
      const quote = /['"\`]/; import('nine');
      import type from 'ten';
    `;
    const types = new Set(['two', 'five']);
    const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
    assert.deepEqual(
      importsOf(text),
      names.map((specifier) => ({ specifier, isType: types.has(specifier) })),
    );
  });
});

describe('the lock file', () => {
  interface Locked {
    resolved?: string;
    integrity?: string;
    optional?: boolean;
    optionalDependencies?: Record<string, string>;
  }
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };

  it('knows each package that is needed at run time: another one is a decision', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    const azure = ['arm-resources-subscriptions', 'arm-storage', 'identity', 'identity-vscode', 'storage-blob'].map(
      (name) => `@azure/${name}`,
    );
    const telemetry = ['api', 'exporter-metrics-otlp-http', 'exporter-trace-otlp-http', 'resources', 'sdk-metrics', 'sdk-trace-base'].map(
      (name) => `@opentelemetry/${name}`,
    );
    assert.deepEqual(Object.keys(dependencies).sort(), [
      ...azure,
      ...telemetry,
      '@vscode/webview-ui-toolkit',
      'croner',
      'gpt',
      'mbr',
      'yaml',
    ]);
    for (const name of Object.keys(dependencies)) assert.ok(packages[`node_modules/${name}`]?.integrity, name);
  });

  it('names no registry host', () => {
    assert.deepEqual(
      Object.keys(packages).filter((path) => packages[path]!.resolved !== undefined),
      [],
    );
  });

  it('holds a checksum of every package that all systems need', () => {
    const without = Object.keys(packages).filter((path) => path !== '' && packages[path]!.integrity === undefined);
    assert.deepEqual(
      without.filter((path) => !packages[path]!.optional),
      [],
    );
  });

  it('holds the packages for every system, or npm ci refuses it on some', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
      ),
    );
    assert.deepEqual(missing, []);
  });
});
