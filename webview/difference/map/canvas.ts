import { coloursOf } from './colours.ts';
import type { Drawing, Surface } from './drawing.ts';
import { paint } from './paint.ts';

/** A canvas as sharp as the screen, as wide as there is room, drawn at most once a frame. */
export class Canvas {
  readonly element: HTMLCanvasElement;
  readonly #height: number;
  readonly #draw: (surface: Surface) => Drawing;
  #isDue = false;

  /** @param height CSS pixels */
  constructor(height: number, draw: (surface: Surface) => Drawing) {
    this.element = document.createElement('canvas');
    this.#height = height;
    this.#draw = draw;
    // A change of zoom or screen changes the number of pixels, of the window the width.
    const observer = new ResizeObserver(() => this.redraw());
    try {
      observer.observe(this.element, { box: 'device-pixel-content-box' });
    } catch {
      observer.observe(this.element);
    }
  }

  get surface(): Surface {
    const ratio = globalThis.devicePixelRatio;
    return { width: Math.max(1, Math.round(this.element.clientWidth * ratio)), ratio };
  }

  redraw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { element } = this;
    const { surface } = this;
    const height = Math.round(this.#height * surface.ratio);
    if (element.clientWidth === 0) return;
    if (element.width !== surface.width || element.height !== height) {
      element.width = surface.width;
      element.height = height;
    }
    const context = element.getContext('2d');
    if (context) paint(context, this.#draw(surface), surface, coloursOf(element));
  }
}
