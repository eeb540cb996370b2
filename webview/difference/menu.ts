import { h, type Part } from '../shared/dom.ts';

export interface Choice {
  readonly text: string;
  readonly press: () => void;
}

/** A button that opens a list of things to do: the keys are those of every menu. */
export function menu(text: string, choices: readonly Choice[]): Part {
  const item = ({ text, press }: Choice) =>
    h(
      'button',
      {
        key: text,
        type: 'button',
        role: 'menuitem',
        tabindex: '-1',
        onclick: (event: Event) => {
          close(event.currentTarget as Element, true);
          press();
        },
      },
      text,
    );
  return h(
    'div',
    { key: `menu ${text}`, class: 'menu', onkeydown: key, onfocusout: leave },
    h(
      'button',
      { class: 'plain', type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: toggle },
      text,
      h('span', { 'aria-hidden': 'true' }, ' ▾'),
    ),
    h('div', { class: 'choices', role: 'menu', 'aria-label': text }, ...choices.map(item)),
  );
}

function parts(inside: Element): { readonly button: HTMLElement; readonly items: readonly HTMLElement[] } {
  const root = inside.closest('.menu')!;
  return { button: root.querySelector('button')!, items: [...root.querySelectorAll<HTMLElement>('[role=menuitem]')] };
}

function isOpen(inside: Element): boolean {
  return parts(inside).button.getAttribute('aria-expanded') === 'true';
}

/** Whether it is open is kept in the element alone: what is drawn anew does not touch it. */
function open(inside: Element, at: number): void {
  const { button, items } = parts(inside);
  button.setAttribute('aria-expanded', 'true');
  items.at(at)?.focus();
}

function close(inside: Element, focus: boolean): void {
  const { button } = parts(inside);
  button.setAttribute('aria-expanded', 'false');
  if (focus) button.focus();
}

function toggle(event: Event): void {
  const inside = event.currentTarget as Element;
  if (isOpen(inside)) close(inside, true);
  else open(inside, 0);
}

function key(event: KeyboardEvent): void {
  const inside = event.currentTarget as Element;
  const { items } = parts(inside);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const moves: Record<string, () => void> = {
    ArrowDown: () => open(inside, isOpen(inside) ? (at + 1) % items.length : 0),
    ArrowUp: () => open(inside, isOpen(inside) ? (at - 1 + items.length) % items.length : -1),
    ...(isOpen(inside) && { Home: () => open(inside, 0), End: () => open(inside, -1), Escape: () => close(inside, true) }),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  event.stopPropagation();
  move();
}

function leave(event: FocusEvent): void {
  const inside = event.currentTarget as Element;
  if (!inside.contains(event.relatedTarget as Node | null)) close(inside, false);
}
