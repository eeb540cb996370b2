import type { Paint } from './drawing.ts';

/** What is drawn with what, as the theme has it now. */
export interface Colours {
  readonly paints: Readonly<Record<Paint, string>>;
  readonly text: string;
  readonly textTouched: string;
  /** Of the names on the map. */
  readonly font: string;
}

const PAINTS: readonly Paint[] = [
  'written',
  'cleared',
  'clearedNarrow',
  'allocated',
  'band',
  'bandTouched',
  'touched',
  'edge',
  'axis',
  'selected',
  'beyond',
  'background',
];

/** The colours are properties `--map-…` in difference.css, made of the theme's own. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--map-${name}`).trim();
  return {
    paints: Object.fromEntries(PAINTS.map((paint) => [paint, colour(paint)])) as Record<Paint, string>,
    text: colour('text'),
    textTouched: colour('text-touched'),
    font: `${style.fontSize} ${style.fontFamily}`,
  };
}

/** Calls when the theme changes: VS Code then writes other colours to the document's element and classes to its body. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
}
