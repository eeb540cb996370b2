/** An element as it should be. Made by `h`, brought about by `render`. */
export interface Part {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly (Part | string)[];
}

/** Undefined, false and null are nothing, so that `condition && h(…)` can be said. */
export type Child = Part | string | undefined | null | false | readonly Child[];

/**
 * `key` tells siblings apart whose number changes. What starts with `on` is a listener. `style` is set property by property, since the policy of
 * the page refuses styles in markup. `ready` is called with the element whenever it has been brought up to date, when the whole page is. All the
 * rest are attributes: false and undefined take one away.
 */
export interface Attributes {
  readonly key?: string | undefined;
  readonly style?: Readonly<Record<string, string>> | undefined;
  readonly ready?: ((element: Element) => void) | undefined;
  readonly [name: `on${string}`]: ((event: never) => void) | undefined;
  readonly [name: string]: unknown;
}

type AttributeValue = string | number | boolean | undefined | null;

const SVG = 'http://www.w3.org/2000/svg';
const parts = new WeakMap<Node, Part>();
/** Where elements keep what people change; the attribute of the same name is only what it was in the beginning. */
const OWN = new Set(['value', 'checked', 'selected', 'open']);

export function h(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): Part {
  return { tag, attributes, children: flat(children) };
}

/**
 * Makes the children of `parent` what they should be, and leaves alone what is already so: an element that stays keeps its focus, what is selected
 * in it, and where it is scrolled to. Nor is the text of the field that has the focus taken away from whoever types it.
 */
export function render(parent: Element, ...children: readonly Child[]): void {
  const ready: (() => void)[] = [];
  renderChildren(parent, flat(children), ready);
  for (const call of ready) call();
}

function renderChildren(parent: Element, children: readonly (Part | string)[], ready: (() => void)[]): void {
  const old = [...parent.childNodes];
  const wanted = children.map((child) => {
    const at = old.findIndex((node) => fits(node, child));
    return at >= 0 ? old.splice(at, 1)[0]! : create(parent, child);
  });
  // Before anything is moved: what is only moved up because another one leaves is not moved at all, and keeps the focus.
  for (const node of old) node.remove();
  for (const [i, node] of wanted.entries()) {
    const child = children[i]!;
    // Before it gets its place: a custom element looks at its attributes when it is connected.
    if (typeof child !== 'string') update(node as HTMLElement | SVGElement, child, ready);
    else if (node.nodeValue !== child) node.nodeValue = child;
    if (parent.childNodes[i] !== node) parent.insertBefore(node, parent.childNodes[i] ?? null);
  }
}

function fits(node: Node, child: Part | string): boolean {
  if (typeof child === 'string') return node.nodeType === Node.TEXT_NODE;
  const part = parts.get(node);
  return part?.tag === child.tag && part.attributes.key === child.attributes.key;
}

function create(parent: Element, child: Part | string): Node {
  if (typeof child === 'string') return document.createTextNode(child);
  const isDrawing = child.tag === 'svg' || (parent.namespaceURI === SVG && parent.tagName !== 'foreignObject');
  return isDrawing ? document.createElementNS(SVG, child.tag) : document.createElement(child.tag);
}

function update(element: HTMLElement | SVGElement, part: Part, ready: (() => void)[]): void {
  const before = parts.get(element)?.attributes ?? {};
  const now = part.attributes;
  parts.set(element, part);
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (name === 'key') continue;
    if (name === 'ready') {
      if (now.ready) ready.push(() => now.ready?.(element));
    } else if (name === 'style') {
      restyle(element, before.style ?? {}, now.style ?? {});
    } else if (name.startsWith('on')) {
      if (before[name] === undefined) element.addEventListener(name.slice(2), hear);
      if (now[name] === undefined) element.removeEventListener(name.slice(2), hear);
    } else if (OWN.has(name) && name in element) {
      const owner = element as unknown as Record<string, unknown>;
      const isTypedIn = name === 'value' && element === document.activeElement;
      if (owner[name] !== now[name] && !isTypedIn) owner[name] = now[name];
    } else if (before[name] !== now[name]) {
      set(element, name, now[name] as AttributeValue);
    }
  }
  renderChildren(element, part.children, ready);
}

/** One listener for all: it calls what the element's part says now. */
function hear(this: Element, event: Event): void {
  const listener = parts.get(this)?.attributes[`on${event.type}`] as ((event: Event) => void) | undefined;
  listener?.(event);
}

function set(element: Element, name: string, value: AttributeValue): void {
  if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

function restyle(element: HTMLElement | SVGElement, before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(before)) if (!(name in now)) element.style.removeProperty(name);
  for (const [name, value] of Object.entries(now)) if (before[name] !== value) element.style.setProperty(name, value);
}

function flat(children: readonly Child[]): (Part | string)[] {
  return children.flatMap((child): (Part | string)[] => {
    if (child === undefined || child === null || child === false || child === '') return [];
    if (typeof child === 'string') return [child];
    return Array.isArray(child) ? flat(child as readonly Child[]) : [child as Part];
  });
}
