import type { Row } from './row.ts';

const WIDTH = 900;
const LABEL = 420;
const LINE = 22;

/** Bars of seconds, as SVG that reads in the light and in the dark: whole copies and what follows a change, beside AzCopy. */
export function picture(rows: readonly Row[]): string {
  const shown = rows.filter(({ group, who }) => group === 'dense' || (group === 'incremental' && !who.startsWith('SDK')));
  const most = Math.max(1, ...shown.map(({ measured }) => measured.seconds));
  const bars = shown.map(({ what, who, measured }, i) => {
    const y = 10 + i * LINE;
    const width = Math.max(1, ((WIDTH - LABEL - 70) * measured.seconds) / most);
    const colour = who.startsWith('AzCopy') ? '#8a8a8a' : who.startsWith('SDK') ? '#b08900' : '#2f7fd1';
    return `  <text x="${LABEL - 8}" y="${y + 12}" text-anchor="end">${escape(short(what))} · ${escape(who)}</text>
  <rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${LINE - 6}" fill="${colour}"/>
  <text x="${(LABEL + width + 6).toFixed(1)}" y="${y + 12}">${measured.seconds.toFixed(2)} s</text>`;
  });
  const height = 20 + shown.length * LINE;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11" fill="#7a7a7a">
${bars.join('\n')}
</svg>
`;
}

function short(what: string): string {
  return what
    .replace('full copy of 1 GiB, ', 'full, ')
    .replace(/ of 1 GiB changed, (\w+):.*/, ', $1')
    .replace('any change of 1 GiB', 'any change');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
