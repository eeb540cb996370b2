/** A JSON schema, as far as ours goes. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Something that may be written at a place of the file. */
export interface Offer {
  readonly kind: 'key' | 'value';
  readonly text: string;
  readonly description: string | undefined;
}

/** Where the cursor is: the keys above it, and the key whose value is being written. */
interface Place {
  readonly path: readonly string[];
  readonly valueOf: string | undefined;
  /** Keys that the mapping has already. */
  readonly written: readonly string[];
}

const LINE = /^(?<indent>\s*(?:- +)*)(?:(?<key>[A-Za-z]\w*)\s*:)?(?<rest>.*)$/;

/** What the schema knows for the place of the cursor: keys that are not there yet, or values. @param character from 0 */
export function offersAt(schema: Schema, lines: readonly string[], line: number, character: number): Offer[] {
  const { path, valueOf, written } = placeAt(lines, line, character);
  const nodes = path.reduce((found, key) => found.flatMap((node) => childrenOf(schema, node, key)), expand(schema, schema));
  if (valueOf !== undefined) {
    const values = nodes
      .flatMap((node) => childrenOf(schema, node, valueOf))
      .flatMap(({ enum: all = [], const: only }) => all.concat(only ?? []));
    return [...new Set(values.map(String))].map((text) => ({ kind: 'value', text, description: undefined }));
  }
  const keys = new Map<string, Offer>();
  for (const { properties = {} } of nodes) {
    for (const [text, child] of Object.entries(properties)) {
      const description = child.description ?? expand(schema, child).find((each) => each.description)?.description;
      if (!written.includes(text)) keys.set(text, { kind: 'key', text, description });
    }
  }
  return [...keys.values()];
}

function placeAt(lines: readonly string[], line: number, character: number): Place {
  const before = (lines[line] ?? '').slice(0, character);
  const own = LINE.exec(before)?.groups;
  const isValue = own?.['key'] !== undefined;
  let depth = (own?.['indent'] ?? '').length;
  const mine = depth;
  const path: string[] = [];
  const written: string[] = [];
  for (let at = line - 1; at >= 0; at--) {
    const { indent = '', key } = LINE.exec(lines[at]!)?.groups ?? {};
    if (key === undefined) continue;
    const isSibling = indent.length === mine && depth === mine;
    if (isSibling) written.push(key);
    const isParent = indent.length < depth;
    if (isParent) path.unshift(key);
    // What stands above the first key of an item is a key of the list, or another item of it.
    if (isParent || isSibling) depth = indent.includes('-') ? listDepth(indent) : isParent ? indent.length : depth;
    if (depth === 0 && mine > 0) break;
  }
  return { path, valueOf: isValue ? own['key'] : undefined, written };
}

/** The key of a list stands before its dashes or in their column. */
function listDepth(indent: string): number {
  return indent.indexOf('-') + 1;
}

/** What may stand below a key; lists are looked through. */
function childrenOf(root: Schema, node: Schema, key: string): Schema[] {
  const child = node.properties?.[key];
  return child ? expand(root, child) : [];
}

/** A schema as its alternatives, with references followed and the items of lists. */
function expand(root: Schema, schema: Schema): Schema[] {
  const name = schema.$ref?.split('/').at(-1);
  const target = name === undefined ? undefined : root.definitions?.[name];
  const nested = [...(target ? [target] : []), ...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return [schema, ...nested.flatMap((each) => expand(root, each))];
}
