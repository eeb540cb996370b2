import { isAlias, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { holdsSecret, withoutPasted } from '../../engine/redact.ts';

/** What is wrong with a policy file, and where. Lines and columns count from 1; the end is the first column that is not in it. */
export interface PolicyProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const SECRET = 'Here stands what looks like a SAS, a key or a password. A policy holds no secrets: they belong into the environment.';

/** A policy file while it is read: its nodes, and the problems found in it so far. */
export class PolicyText {
  readonly root: Node | null;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #length: number;
  readonly #problems: PolicyProblem[] = [];

  constructor(text: string) {
    this.#length = text.length;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
    for (const { message, pos } of this.#document.errors) this.#add(message, pos[0], pos[1]);
    this.root = this.#document.contents;
    visit(this.#document, {
      Scalar: (_key, node) => (typeof node.value === 'string' && holdsSecret(node.value) ? this.complain(node, SECRET) : undefined),
    });
  }

  get problems(): readonly PolicyProblem[] {
    return this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  /** The node that an alias stands for. */
  resolved(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }

  /** @param node where it is wrong; the whole file when there is none */
  complain(node: Node | null | undefined, message: string): undefined {
    const [start, end] = node?.range ?? [0, Math.min(1, this.#length)];
    this.#add(message, start, end);
  }

  #add(said: string, start: number, end: number): void {
    // Messages repeat what is written there, those of the parser too.
    const message = withoutPasted(said);
    const from = this.#lines.linePos(start);
    const to = this.#lines.linePos(Math.max(start, end));
    const isThere = this.#problems.some((each) => each.line === from.line && each.column === from.col && each.message === message);
    if (!isThere) this.#problems.push({ message, line: from.line, column: from.col, endLine: to.line, endColumn: to.col });
  }
}
