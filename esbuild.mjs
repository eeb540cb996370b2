// Bundles the programs into dist/. Options: --production (minified), --watch, --dist FOLDER (instead of dist/).
import { build, context } from 'esbuild';
import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { noticesText, shippedIn } from './scripts/notices.ts';

const { values } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    dist: { type: 'string', default: 'dist' },
  },
});
const { production: isProduction, watch: isWatching, dist } = values;

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  minify: isProduction,
  sourcemap: isProduction ? false : 'linked',
  // Licences are told in a file of their own, see below.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

// CommonJS packages inside an ES module still ask for Node's modules by require().
const REQUIRE = "import { createRequire as pbbRequire } from 'node:module';\nconst require = pbbRequire(import.meta.url);";

/** Every bundle; one whose entry is not there yet is passed over. @type {(import('esbuild').BuildOptions & { entry: string })[]} */
const bundles = [
  { entry: 'src/cli/start.ts', outfile: join(dist, 'cli.js'), format: 'esm', banner: { js: '#!/usr/bin/env node' } },
  {
    // CommonJS: an ES module that imports node:http makes Node load all that its exports could need, which takes longer than a small backup.
    entry: 'src/cli/main.ts',
    outfile: join(dist, 'cli/program.cjs'),
    format: 'cjs',
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename);" },
    define: { 'import.meta.url': 'ownUrl' },
  },
  {
    // What `import()` names becomes a file of its own: the Azure SDK is read when it is first needed, not when VS Code starts.
    entry: 'src/extension/extension.ts',
    outdir: join(dist, 'extension'),
    format: 'esm',
    splitting: true,
    // A native module that only some hosts have; @azure/identity-vscode loads where it does, and costs a line in the log elsewhere.
    external: ['vscode', 'keytar'],
    banner: { js: REQUIRE },
  },
  { entry: 'webview/restore/main.ts', outfile: join(dist, 'webview/restore.js'), format: 'iife', platform: 'browser', target: 'es2024' },
  {
    entry: 'webview/difference/main.ts',
    outfile: join(dist, 'webview/difference.js'),
    format: 'iife',
    platform: 'browser',
    target: 'es2024',
  },
];

await rm(dist, { recursive: true, force: true });
/** @type {string[]} */
const inputs = [];
for (const { entry, ...options } of bundles) {
  if (!existsSync(entry)) continue;
  const all = { ...common, ...options, entryPoints: [entry] };
  if (isWatching) {
    await (await context(all)).watch();
  } else {
    inputs.push(...Object.keys((await build(all)).metafile.inputs));
    if (options.banner?.js.startsWith('#!')) await chmod(options.outfile, 0o755);
  }
}
if (!isWatching) await writeFile(join(dist, 'ThirdPartyNotices.txt'), noticesText(shippedIn(inputs, import.meta.dirname)));
