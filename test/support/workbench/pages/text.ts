/** A text as it is, or a pattern. */
export type Words = string | RegExp;

/** A pattern for the whole text; VS Code writes some spaces as no-break spaces. */
export function wholly(words: Words): RegExp {
  if (words instanceof RegExp) return words;
  const escaped = words.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`);
  return new RegExp(`^\\s*${escaped}\\s*$`);
}

/** A pattern for a part of a text. */
export function partly(words: Words): RegExp {
  return words instanceof RegExp
    ? words
    : new RegExp(
        wholly(words)
          .source.replace(/^\^\\s\*/, '')
          .replace(/\\s\*\$$/, ''),
      );
}

/** The text with every white space, no-break ones too, as one space. */
export function plain(text: string | null | undefined): string {
  return (text ?? '').replaceAll(/\s+/g, ' ').trim();
}
