import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';

let parser: Promise<Parser> | undefined;

/** A Bicep file as the grammar of tree-sitter reads it. It knows the language's syntax, not the types of resources. */
export async function parseBicep(text: string): Promise<Node> {
  parser ??= Parser.init().then(async () => {
    const grammar = createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm');
    return new Parser().setLanguage(await Language.load(grammar));
  });
  return (await parser).parse(text)!.rootNode;
}

export interface BicepResource {
  /** `Microsoft.App/jobs@2024-03-01` */
  readonly type: string;
  /** Its body as JSON; what is computed stands there as `{ $expression: text }`. */
  readonly body: unknown;
}

/** The resources of a file; one in a loop once. */
export async function bicepResources(text: string): Promise<BicepResource[]> {
  return (await parseBicep(text)).descendantsOfType('resource_declaration').map((resource) => {
    const [, , type, , value] = resource.children;
    const body = value!.type === 'for_statement' ? value!.childForFieldName('body')! : value!;
    return { type: unescaped(type!.text.slice(1, -1)), body: jsonOf(body) };
  });
}

function jsonOf(node: Node): unknown {
  const children = node.namedChildren.filter(({ type }) => type !== 'comment');
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        children.map(({ namedChildren: [key, value] }) => [
          key!.type === 'string' ? unescaped(key!.text.slice(1, -1)) : key!.text,
          jsonOf(value!),
        ]),
      );
    case 'array':
      return children.map(jsonOf);
    case 'string':
      return node.descendantsOfType('interpolation').length > 0 ? { $expression: node.text } : unescaped(node.text.slice(1, -1));
    case 'number':
      return Number(node.text);
    case 'boolean':
      return node.text === 'true';
    default:
      return { $expression: node.text };
  }
}

/** The text that a string literal stands for. @throws where it is none, or has an interpolation */
export async function readBicepString(literal: string): Promise<string> {
  const root = await parseBicep(`var x = ${literal}\n`);
  const [node] = root.descendantsOfType('string');
  if (root.hasError || node?.text !== literal || root.descendantsOfType('interpolation').length > 0)
    throw new Error(`No plain string: ${literal}`);
  return unescaped(literal.slice(1, -1));
}

function unescaped(text: string): string {
  return text.replaceAll(/\\u\{([0-9a-f]+)\}|\\(.)/gi, (_, code: string | undefined, sign: string) =>
    code === undefined ? ({ n: '\n', r: '\r', t: '\t' }[sign] ?? sign) : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}
