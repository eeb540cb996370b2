/** Text as it is, whatever marks it holds. CommonMark lets every ASCII punctuation mark be escaped; links and HTML die of it too. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** One fact of a card: a name and its value, both plain text. */
export type Fact = readonly [name: string, value: string];

/** A tooltip: a title, facts below one another, and sentences. Facts without value are left out. */
export function card(title: string, facts: readonly (Fact | undefined)[], sentences: readonly (string | undefined)[] = []): string {
  const lines = facts.flatMap((fact) => (fact && fact[1] !== '' ? [`${escapeMarkdown(fact[0])}: **${escapeMarkdown(fact[1])}**`] : []));
  const parts = [`### ${escapeMarkdown(title)}`, lines.join('  \n'), ...sentences.map((sentence) => escapeMarkdown(sentence ?? ''))];
  return parts.filter((part) => part !== '').join('\n\n');
}
