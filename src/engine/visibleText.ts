/** What a terminal or a log would obey instead of showing: control characters with DEL and C1, line separators, marks that turn the order of text about. */
const OBEYED = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** One line in which everything is seen: names come from a storage account, and whoever may write there chooses them. `\x1b` for an escape character. */
export function visibleText(text: string): string {
  return text.replace(OBEYED, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** The same for a text of several lines, such as a stack. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}
