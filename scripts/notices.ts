import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that ask for no more than to be named. */
const PERMISSIVE = /^(?:MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense)$/;

/** A package of which something is in a bundle. */
export interface Shipped {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** As the package ships it; undefined where it ships none. */
  readonly text: string | undefined;
  readonly home: string | undefined;
}

/** What package.json files have said over the years. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type: string };
  readonly licenses?: readonly { readonly type: string }[];
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
}

/**
 * The packages whose files are in bundles, by name.
 * @param inputs the files that esbuild's metafiles name, from `root`
 * @throws for a licence that is not permissive, or is not told
 */
export function shippedIn(inputs: readonly string[], root: string): Shipped[] {
  const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const shipped = [...folders].map((folder) => shippedFrom(join(root, folder)));
  const refused = shipped.filter(({ licence }) => !PERMISSIVE.test(licence));
  if (refused.length > 0) {
    const which = refused.map(({ name, licence }) => `${name} (${licence})`).join(', ');
    throw new Error(`These packages may not be shipped under their licences: ${which}`);
  }
  const unique = new Map(shipped.map((each) => [`${each.name}@${each.version}`, each]));
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function shippedFrom(folder: string): Shipped {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license, licenses, homepage, repository } = manifest;
  const told = license ?? licenses?.[0] ?? 'none told';
  const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(entry));
  return {
    name,
    version,
    licence: (typeof told === 'string' ? told : told.type).replace(/^\((.+)\)$/, '$1'),
    text: file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim(),
    home: homepage ?? (typeof repository === 'object' ? repository.url : repository),
  };
}

/** The notice that goes with the bundles: every package with its licence; a text that several have stands once. */
export function noticesText(shipped: readonly Shipped[]): string {
  const byText = new Map<string, Shipped[]>();
  for (const each of shipped) {
    const key = each.text ?? `${each.licence} (${each.home ?? each.name})`;
    byText.set(key, [...(byText.get(key) ?? []), each]);
  }
  const sections = [...byText].map(([text, of]) => {
    const names = of.map(({ name, version, licence, home }) => `${name} ${version} (${licence})${home === undefined ? '' : `\n  ${home}`}`);
    return `${names.join('\n')}\n\n${text}`;
  });
  const head = 'Page Blob Backup contains code of these packages, under these licences.';
  return `${[head, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
