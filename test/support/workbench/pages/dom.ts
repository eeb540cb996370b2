/** As much of the browser's elements as functions that run in the page use here; the types of the whole DOM are not for a project in Node. */
export interface DomElement {
  readonly textContent: string | null;
  readonly className: string;
  readonly outerHTML: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): DomElement | null;
  querySelectorAll(selector: string): Iterable<DomElement>;
}
