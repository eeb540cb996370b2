import type { KeptRestore, RestoreAnswer, RestoreAsk, RestoreView } from '../../src/messages/restore.ts';
import { connect } from '../shared/connect.ts';
import { render } from '../shared/dom.ts';
import { Pending } from '../shared/pending.ts';
import { useToolkit } from '../shared/toolkit.ts';
import { opened } from './opened.ts';
import { page } from './page.ts';
import type { Scene } from './scene.ts';
import './restore.css';

interface Kept {
  readonly restore: KeptRestore;
  /** Pixels from the top. */
  readonly scroll: number;
}

useToolkit();
const main = document.createElement('main');
document.body.append(main);

const pending = new Pending();
let view: RestoreView | undefined;
let said: Scene['said'];

const connection = connect<{ view: RestoreView; ask: RestoreAsk; answer: RestoreAnswer; kept: Kept }>((next) => {
  const before = view;
  view = next;
  draw();
  keep();
  if (before === undefined) window.scrollTo(0, scrolled);
  const part = opened(before, next);
  if (part === undefined) return;
  const heading = headingOf(part);
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: part === 'target' ? 'nearest' : 'start' });
});
// A page that was hidden is loaded anew, and comes back to where it was.
const scrolled = connection.getKept()?.scroll ?? 0;
document.addEventListener('scrollend', keep);

async function ask(by: string, what: RestoreAsk): Promise<void> {
  said = undefined;
  try {
    const { said: text } = await connection.ask(what);
    if (text !== undefined) said = { by, text, isBad: false };
  } catch (error) {
    said = { by, text: (error as Error).message, isBad: true };
  }
}

function draw(): void {
  if (view === undefined) return;
  const scene: Scene = {
    view,
    pending,
    said,
    ask: (by, what) => void ask(by, what).then(draw),
    choose(by, value, what) {
      const answered = pending.say(by, value);
      draw();
      void ask(by, what).then(answered).then(draw);
    },
  };
  const here = partOf(document.activeElement);
  document.title = `${view.words.title} ${view.disk}`;
  render(main, ...page(scene));
  // The button that was pressed may be gone: whoever has no mouse goes on where it was.
  if (here !== undefined && document.activeElement === document.body) (headingOf(here) ?? headingOf('points'))?.focus();
}

function keep(): void {
  if (view !== undefined) connection.keep({ restore: view.kept, scroll: window.scrollY });
}

function headingOf(part: string): HTMLElement | null {
  return document.getElementById(part);
}

/** The part of the page that an element lies in. */
function partOf(element: Element | null): string | undefined {
  return element?.closest('section')?.getAttribute('aria-labelledby') ?? undefined;
}
