import type { Colours } from './colours.ts';
import type { Drawing, Label, Paint, Surface } from './drawing.ts';

/** Paints that are hatched, so that they are told apart without colour. */
const HATCHED = new Set<Paint>(['cleared', 'beyond']);

/** Puts a drawing on a canvas of that size. */
export function paint(context: CanvasRenderingContext2D, { blocks, labels }: Drawing, surface: Surface, colours: Colours): void {
  const { canvas } = context;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const styles = new Map<Paint, string | CanvasPattern>();
  let last: Paint | undefined;
  for (const { paint, x, y, width, height } of blocks) {
    if (paint !== last) {
      const style = styles.get(paint) ?? styleOf(context, paint, colours, surface);
      styles.set(paint, style);
      context.fillStyle = style;
      last = paint;
    }
    context.fillRect(x, y, width, height);
  }
  for (const label of labels) write(context, label, surface, colours);
}

function styleOf(context: CanvasRenderingContext2D, paint: Paint, { paints }: Colours, { ratio }: Surface): string | CanvasPattern {
  const colour = paints[paint];
  return (HATCHED.has(paint) ? hatching(context, colour, Math.max(4, Math.round(4 * ratio))) : null) ?? colour;
}

/** Lines across; a column of one pixel still meets one in every `size` pixels of its height. */
function hatching(context: CanvasRenderingContext2D, colour: string, size: number): CanvasPattern | null {
  const tile = new OffscreenCanvas(size, size);
  const inTile = tile.getContext('2d')!;
  inTile.fillStyle = colour;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) if ((x + y) % size < size / 2) inTile.fillRect(x, y, 1, 1);
  }
  return context.createPattern(tile, 'repeat');
}

function write(
  context: CanvasRenderingContext2D,
  { text, isTouched, x, y, width }: Label,
  { ratio }: Surface,
  { font, text: plain, textTouched }: Colours,
): void {
  context.save();
  context.font = font.replace(/^[\d.]+(?=px)/, (pixels) => String(Number(pixels) * ratio));
  if (isTouched) context.font = `600 ${context.font}`;
  context.fillStyle = isTouched ? textTouched : plain;
  context.textBaseline = 'middle';
  context.fillText(fitting(context, text, width), x, y);
  context.restore();
}

/** As much of the text as there is room for. */
function fitting(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const all = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${all.slice(0, middle).join('')}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low < 2 ? '' : `${all.slice(0, low).join('')}…`;
}
