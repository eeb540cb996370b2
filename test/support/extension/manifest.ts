import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';

export interface MenuItem {
  readonly command: string;
  readonly when: string;
  readonly group?: string;
}

/** package.json, as far as tests look at it. */
export interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string; readonly icon?: string }[];
    readonly customEditors: readonly {
      readonly viewType: string;
      readonly displayName: string;
      readonly priority: string;
      readonly selector: readonly { readonly filenamePattern: string }[];
    }[];
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly name: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when?: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly svg: string; readonly altText: string } }[];
    }[];
  };
}

/** package.json with the texts of package.nls.json in place. */
export function readManifest({ localised = true } = {}): Manifest {
  const nls = JSON.parse(readFileSync(join(ROOT, 'package.nls.json'), 'utf8')) as Record<string, string>;
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  return JSON.parse(text, (_, value: unknown) => {
    const key = localised && typeof value === 'string' ? /^%(.+)%$/.exec(value)?.[1] : undefined;
    return key === undefined ? value : (nls[key] ?? value);
  }) as Manifest;
}

/** Every string in a value; with `property`, only those in properties of that name. */
export function strings(value: unknown, property?: RegExp, name = ''): string[] {
  if (typeof value === 'string') return property === undefined || property.test(name) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => strings(each, property, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => strings(each, property, key));
}
