/** Finds the texts in the extension's source: those that go through `l10n.t`, and those that should. */

/** A string of the source, with what it stands in. */
export interface SourceString {
  readonly text: string;
  readonly line: number;
  /** Names of the calls around it, the nearest first: `l10n.t`, `log.info`. */
  readonly calls: readonly string[];
  /** Is it the first argument of the nearest call? */
  readonly isFirst: boolean;
  /** Name of the property that it is the value of. */
  readonly property: string | undefined;
  /** `a ${b} c` has holes, and cannot be translated. */
  readonly hasHoles: boolean;
}

const TRANSLATES = /(?:^|[.#])t$/;
/** What is said in these is for the log or for programmers, or is a name and no text. */
const NOT_FOR_PEOPLE =
  /^(?:.*\.)?(?:log|debug|info|warn|error|line|repeat|windows|constantWindows|ask|RegExp|import|register\w*|executeCommand|Symbol|get|has)$|^(?:Error|TypeError)$/;

/** Texts that are translated, each once, in order. */
export function translatable(source: string): string[] {
  return [...new Set(stringsIn(source).flatMap(({ text, calls, isFirst }) => (isFirst && TRANSLATES.test(calls[0] ?? '') ? text : [])))];
}

/** Texts for people that nobody translates: `line: text`. */
export function untranslated(source: string, isLogText: (string: SourceString) => boolean = () => false): string[] {
  return stringsIn(source)
    .filter((string) => isProse(string.text) && !string.calls.some((call) => NOT_FOR_PEOPLE.test(call)) && !isLogText(string))
    .filter(({ calls, isFirst, hasHoles }) => !TRANSLATES.test(calls[0] ?? '') || (isFirst && hasHoles))
    .map(({ line, text }) => `${line}: ${text}`);
}

/** Two words with a space between them, or a word that begins as a sentence does and ends as one. */
function isProse(text: string): boolean {
  return /[A-Za-z]{2,}[,.:]? (?:[a-z]+\b|\{\d\}|\0)/.test(text) || /^[A-Z][a-z]+[.…!?]$/.test(text);
}

/** Every string and template outside of comments. */
export function stringsIn(source: string): SourceString[] {
  const found: SourceString[] = [];
  const calls: { readonly name: string; isFirst: boolean }[] = [];
  const token =
    /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=(?:^|[=(,:[!&|?{};]|return)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|[`(){},]/g;
  const read = (from: number, end: string): number => {
    let depth = 0;
    token.lastIndex = from;
    for (let match = token.exec(source); match; match = token.exec(source)) {
      const [part] = match;
      const at = match.index;
      if (part === end && depth === 0) return at + 1;
      if (part === '{') depth++;
      else if (part === '}') depth--;
      else if (part === '(')
        calls.push({ name: /([\w$.#]+)$/.exec(source.slice(Math.max(0, at - 80), at).replace(/<[^<>]*>$/, ''))?.[1] ?? '', isFirst: true });
      else if (part === ')') calls.pop();
      else if (part === ',') {
        const call = calls.at(-1);
        if (call && depth === 0) call.isFirst = false;
      } else if (part === '`') token.lastIndex = template(at);
      else if (part.startsWith("'") || part.startsWith('"')) add(at, unescaped(part.slice(1, -1)), false);
    }
    return source.length;
  };
  const template = (start: number): number => {
    let text = '';
    let at = start + 1;
    let hasHoles = false;
    const spot = { calls: [...calls], first: calls.at(-1)?.isFirst ?? false };
    while (at < source.length && source[at] !== '`') {
      if (source[at] === '\\') text += source[++at] ?? '';
      else if (source.startsWith('${', at)) {
        hasHoles = true;
        text += '\0';
        at = read(at + 2, '}') - 1;
      } else text += source[at];
      at++;
    }
    calls.splice(0, calls.length, ...spot.calls);
    add(start, text, hasHoles, spot.first);
    return at + 1;
  };
  const add = (at: number, text: string, hasHoles: boolean, isFirst = calls.at(-1)?.isFirst ?? false): void => {
    const before = source.slice(Math.max(0, at - 200), at);
    if (/(?:from|import)\s*$/.test(before)) return;
    const property = /(\w+)\s*:\s*$/.exec(before)?.[1];
    const line = source.slice(0, at).split('\n').length;
    found.push({ text, line, calls: calls.map(({ name }) => name).reverse(), isFirst, property, hasHoles });
  };
  read(0, '\0');
  return found;
}

function unescaped(text: string): string {
  return text.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1');
}
