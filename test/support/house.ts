/** The laws of the house that can be seen in the text of src/ and webview/: arrows, cycles, sizes, words. Works on any tree of texts. */

/** Texts of files by path from the project's root, with forward slashes. */
export type Tree = ReadonlyMap<string, string>;

export interface Import {
  readonly specifier: string;
  /** `import type` and `export type`: gone before the program runs. */
  readonly isType: boolean;
}

interface Room {
  /** Folders that this one may import, besides itself. */
  readonly folders: readonly string[];
  /** Packages and Node modules that this one may import. */
  readonly packages: readonly RegExp[];
}

const node = /^node:/;

/** extension, cli → azure, files, disk, policy → engine; extension → messages ← webview; engine → nothing. */
const house: Readonly<Record<string, Room>> = {
  'src/engine': { folders: [], packages: [] },
  'src/azure': { folders: ['src/engine'], packages: [/^@azure\//, node] },
  'src/files': { folders: ['src/engine'], packages: [node] },
  'src/disk': { folders: ['src/engine'], packages: [/^(?:gpt|mbr)$/, /^node:zlib$/] },
  'src/policy': { folders: ['src/engine'], packages: [/^yaml$/, /^croner$/] },
  'src/telemetry': { folders: [], packages: [/^@opentelemetry\//] },
  'src/cli': { folders: ['src/engine', 'src/azure', 'src/files', 'src/disk', 'src/policy', 'src/telemetry'], packages: [node] },
  'src/messages': { folders: [], packages: [] },
  'src/extension': {
    folders: ['src/engine', 'src/azure', 'src/files', 'src/disk', 'src/policy', 'src/messages'],
    packages: [/^vscode$/, node],
  },
  webview: { folders: ['src/messages'], packages: [/^@vscode\/webview-ui-toolkit$/] },
};

/** Packages that may have to go, each with the one file that imports it. */
const confined: ReadonlyMap<string, string> = new Map([['@vscode/webview-ui-toolkit', 'webview/shared/toolkit.ts']]);

const maxLines = 500;
const neverSaid = /x-ms-delete-snapshots|deleteSnapshots/i;
/** The SDK would alternate its reads with a copy of the account that lags behind. */
const staleReads = /secondaryHost/;
/** What would make the engine depend on the machine it runs on; a World is handed in instead. `new Date(milliseconds)` depends on nothing. */
const impure =
  /\b(?:Date\.now|new Date\b(?!\s*\(\s*[^)\s])|Math\.random|setTimeout|setInterval|setImmediate|performance\.now|process\.|Buffer\b)/;

/** Every broken law as `path: what`, sorted; none in a house in order. */
export function problemsOf(tree: Tree): string[] {
  const problems: string[] = [];
  for (const [path, text] of tree) {
    const room = roomOf(path);
    if (room === undefined) problems.push(`${path}: is in no folder of the house`);
    else
      for (const { specifier } of importsOf(text))
        if (!mayImport(path, room, specifier)) problems.push(`${path}: must not import ${specifier}`);
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > maxLines) problems.push(`${path}: has ${lines} lines, more than ${maxLines}`);
    if (neverSaid.test(text)) problems.push(`${path}: names the deletion of a blob with all its snapshots`);
    if (staleReads.test(text)) problems.push(`${path}: reads from a secondary endpoint, whose lists are stale`);
    const word = room === 'src/engine' ? impure.exec(withoutComments(text))?.[0] : undefined;
    if (word !== undefined) problems.push(`${path}: uses ${word}, which the engine is handed in`);
  }
  return [...problems, ...cyclesOf(tree).map((cycle) => `${cycle[0]}: imports itself by ${cycle.slice(1).join(' → ')}`)].sort();
}

/** Every import, re-export and import() of a module's text, in the order of the text. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const found = new Map<number, Import>();
  const statement = /^[ \t]*(?:import|export)\b(?<head>[^'"`;()]*?)\bfrom\s*(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/gm;
  for (const { index, groups } of code.matchAll(statement)) {
    found.set(index, { specifier: groups!['specifier']!, isType: /^\s+type\b(?!\s*(?:,|$))/.test(groups!['head']!) });
  }
  for (const { index, groups } of code.matchAll(/^[ \t]*import\s*(?<quote>['"])(?<specifier>[^'"]+)\k<quote>/gm)) {
    found.set(index, { specifier: groups!['specifier']!, isType: false });
  }
  for (const { index, groups } of code.matchAll(/\b(?:import|require)\s*\(\s*(?:(?<quote>['"`])(?<specifier>[^'"`$]+)\k<quote>)?/g)) {
    found.set(index, { specifier: groups!['specifier'] ?? '(a name made up at run time)', isType: false });
  }
  return [...found].sort(([a], [b]) => a - b).map(([, value]) => value);
}

/** Cycles of imports between files, each as the list of paths walked, first = last; imports of types alone do not count. */
export function cyclesOf(tree: Tree): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path]);
    if (at >= 0 || done.has(path)) return;
    for (const { specifier, isType } of importsOf(tree.get(path) ?? '')) {
      const target = isType ? undefined : targetOf(path, specifier);
      if (target !== undefined && tree.has(target)) walk(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of tree.keys()) walk(path, []);
  return cycles;
}

function mayImport(path: string, room: string, specifier: string): boolean {
  const target = targetOf(path, specifier);
  if (target === undefined) {
    return house[room]!.packages.some((allowed) => allowed.test(specifier)) && (confined.get(specifier) ?? path) === path;
  }
  const other = roomOf(target);
  return other !== undefined && (other === room || house[room]!.folders.includes(other));
}

function roomOf(path: string): string | undefined {
  return Object.keys(house).find((folder) => path.startsWith(`${folder}/`));
}

/** The path that a relative specifier names, undefined for a package. */
function targetOf(from: string, specifier: string): string | undefined {
  if (!/^\.\.?\//.test(specifier)) return undefined;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The text with every comment blanked out. Knows strings, templates and regular expressions, so that `'http://…'` stays. */
function withoutComments(text: string): string {
  const token =
    /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=(?:^|[=(,:[!&|?{};~+<>*%-]|\breturn|\btypeof)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|[`{}]/g;
  // Inside `…${ }…` code is code again, so braces are counted for each open template.
  const open: number[] = [];
  let code = '';
  let at = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    code += text.slice(at, match.index);
    at = token.lastIndex;
    if (found === '{' && open.length > 0) open[open.length - 1]!++;
    const closesHole = found === '}' && open.length > 0 && --open[open.length - 1]! === 0;
    if (found === '`' || closesHole) {
      if (closesHole) open.pop();
      const rest = templateEnd(text, at);
      if (rest.isHole) open.push(1);
      code += text.slice(match.index, rest.end);
      at = rest.end;
      token.lastIndex = at;
    } else {
      code += /^\/[/*]/.test(found) ? found.replaceAll(/[^\n]/g, ' ') : found;
    }
  }
  return code + text.slice(at);
}

/** Where the text of a template that goes on at `from` ends: behind its backquote or behind the `${` of a hole. */
function templateEnd(text: string, from: number): { end: number; isHole: boolean } {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '`') return { end: i + 1, isHole: false };
    else if (text[i] === '$' && text[i + 1] === '{') return { end: i + 2, isHole: true };
  }
  return { end: text.length, isHole: false };
}
