/** What a hand does on a canvas. `x` in CSS pixels from its left edge, `width` its own. */
export interface Hand {
  /** A wheel with Ctrl, Alt or Cmd, or two fingers: below 1 is nearer. */
  readonly zoom?: (factor: number, x: number, width: number) => void;
  /** Dragged, or a wheel to the side: the view moves by so many pixels. */
  readonly pan?: (pixels: number, width: number) => void;
  /** A click that was no drag. */
  readonly pick?: (x: number, width: number) => void;
  /** Pressed or dragged to; instead of `pan` and `pick`. */
  readonly point?: (x: number, width: number) => void;
  /** `undefined` when it goes away. */
  readonly hover?: (x: number | undefined, width: number) => void;
}

/** Pixels that a hand trembles in a click. */
const TREMBLE = 3;
/** A notch of a wheel (100 pixels) is half or double. */
const PER_PIXEL = Math.log(2) / 100;
const LINE = 20;

export function listen(canvas: HTMLCanvasElement, hand: Hand): void {
  let held: { readonly from: number; last: number; isDrag: boolean } | undefined;
  const xOf = (event: MouseEvent): number => event.clientX - canvas.getBoundingClientRect().left;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const x = xOf(event);
    held = { from: x, last: x, isDrag: false };
    canvas.setPointerCapture(event.pointerId);
    hand.point?.(x, canvas.clientWidth);
  });
  canvas.addEventListener('pointermove', (event) => {
    const x = xOf(event);
    if (!held) {
      hand.hover?.(x, canvas.clientWidth);
      return;
    }
    held.isDrag ||= Math.abs(x - held.from) > TREMBLE;
    if (!held.isDrag) return;
    hand.point?.(x, canvas.clientWidth);
    hand.pan?.(held.last - x, canvas.clientWidth);
    held.last = x;
  });
  canvas.addEventListener('pointerup', (event) => {
    if (held && !held.isDrag) hand.pick?.(xOf(event), canvas.clientWidth);
    held = undefined;
  });
  canvas.addEventListener('pointercancel', () => (held = undefined));
  canvas.addEventListener('pointerleave', () => hand.hover?.(undefined, canvas.clientWidth));
  canvas.addEventListener(
    'wheel',
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      const isZoom = event.ctrlKey || event.metaKey || event.altKey;
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      // A plain wheel scrolls the page.
      if (!isZoom && Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
      event.preventDefault();
      if (isZoom) hand.zoom?.(Math.exp(event.deltaY * unit * PER_PIXEL), xOf(event), canvas.clientWidth);
      else hand.pan?.(sideways * unit, canvas.clientWidth);
    },
    { passive: false },
  );
}
