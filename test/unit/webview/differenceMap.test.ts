import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ChangeList } from '../../../src/engine/jobs/diff/changeList.ts';
import { DifferenceRows } from '../../../src/extension/difference/rows.ts';
import {
  drawingOf,
  MAP_HEIGHT,
  type Area,
  type Block,
  type Paint,
  type Scene,
  type Surface,
} from '../../../webview/difference/map/drawing.ts';
import {
  around,
  columnsOf,
  offsetAt,
  panned,
  revealing,
  SMALLEST_VIEW,
  wholeDisk,
  zoomed,
  type MapView,
} from '../../../webview/difference/map/mapView.ts';
import { overviewOf, thumbOf, viewAt } from '../../../webview/difference/map/overview.ts';

const PAGE = 512;
const MiB = 1024 ** 2;
const TiB = 1024 ** 4;

interface Changed extends MapView {
  readonly kind: 'written' | 'cleared';
}

/** Cells as the extension makes them. */
function cellsOf(length: number, changed: readonly Changed[], view = wholeDisk(length), cells = 1000) {
  const list = new ChangeList();
  const of = (kind: string) => changed.filter((range) => range.kind === kind);
  list.add({ start: 0, end: length, written: of('written'), cleared: of('cleared'), allocated: of('written') });
  return new DifferenceRows(list, [], length).map({ type: 'map', ...view, cells });
}

const surfaces: Surface[] = [
  { width: 300, ratio: 1 },
  { width: 1000, ratio: 1 },
  { width: 1501, ratio: 1.5 },
  { width: 2000, ratio: 2 },
];

/** What is cleared is hatched where it is wide enough for that. */
const painted = (blocks: readonly Block[], paint: Paint): Block[] =>
  blocks.filter((block) => block.paint === paint || (paint === 'cleared' && block.paint === 'clearedNarrow'));
const scene = (length: number, parts: Partial<Scene> = {}): Scene => ({
  view: wholeDisk(length),
  cells: undefined,
  areas: [],
  selected: undefined,
  shorter: undefined,
  ...parts,
});

describe('the map of the disk', () => {
  for (const length of [MiB, 64 * MiB + PAGE, 8 * TiB]) {
    it(`never hides a single changed page of ${length} bytes, wherever it lies`, () => {
      const pages = length / PAGE;
      fc.assert(
        fc.property(
          fc.oneof(fc.constantFrom(0, 1, pages - 1), fc.integer({ min: 0, max: pages - 1 })),
          fc.constantFrom('written' as const, 'cleared' as const),
          fc.constantFrom(...surfaces),
          (page, kind, surface) => {
            const start = page * PAGE;
            const { blocks } = drawingOf(scene(length, { cells: cellsOf(length, [{ kind, start, end: start + PAGE }]) }), surface);
            const marks = painted(blocks, kind);
            assert.equal(marks.length, 1);
            const [{ x, y, width, height }] = marks as [Block];
            assert.ok(width >= 2 * surface.ratio - 0.5 && height >= 5 * surface.ratio - 0.5, `${width} × ${height}`);
            assert.ok(x >= 0 && x + width <= surface.width && y >= 0 && y + height <= MAP_HEIGHT * surface.ratio);
            // It is where the page is, but for the width of a mark.
            const at = (start / length) * surface.width;
            assert.ok(x <= at + 1 && x + width >= at - 1, `${x} for ${at}`);
          },
        ),
      );
    });
  }

  it('draws every change of many at every zoom, and nothing where nothing changed', () => {
    const length = 8 * TiB;
    const changed: Changed[] = Array.from({ length: 500 }, (_, i) => ({
      kind: i % 3 === 0 ? 'cleared' : 'written',
      start: i * 16_384 * MiB + i * PAGE,
      end: i * 16_384 * MiB + i * PAGE + PAGE,
    }));
    for (let view = wholeDisk(length); view.end - view.start > SMALLEST_VIEW; view = zoomed(view, length, 1 / 16, changed[137]!.start)) {
      const { blocks } = drawingOf(scene(length, { view, cells: cellsOf(length, changed, view) }), { width: 1000, ratio: 1 });
      const seen = changed.filter(({ start, end }) => start < view.end && end > view.start);
      for (const kind of ['written', 'cleared'] as const) {
        const marks = painted(blocks, kind);
        assert.equal(
          marks.length > 0,
          seen.some((range) => range.kind === kind),
        );
        for (const range of seen) {
          if (range.kind !== kind) continue;
          const { left, right } = columnsOf(view, range, 1000)!;
          assert.ok(
            marks.some(({ x, width }) => x <= right && x + width >= left),
            `${range.start} is not drawn`,
          );
        }
        for (const { x, width } of marks) {
          const [start, end] = [x - 2, x + width + 2].map((column) => view.start + (column / 1000) * (view.end - view.start));
          assert.ok(
            seen.some((range) => range.kind === kind && range.start <= end! && range.end >= start!),
            'a mark where nothing is',
          );
        }
      }
    }
  });

  it('shows more change higher, written upwards, cleared downwards', () => {
    const size = 64 * MiB;
    const written = (bytes: number): Block =>
      painted(
        drawingOf(scene(size, { cells: cellsOf(size, [{ kind: 'written', start: 0, end: bytes }], undefined, 4) }), surfaces[1]!).blocks,
        'written',
      )[0]!;
    const [page, some, all] = [PAGE, MiB, 16 * MiB].map(written) as [Block, Block, Block];
    assert.ok(page.height < some.height && some.height < all.height);
    assert.equal(page.y + page.height, all.y + all.height);
    const cleared = painted(
      drawingOf(scene(size, { cells: cellsOf(size, [{ kind: 'cleared', start: 0, end: PAGE }]) }), surfaces[1]!).blocks,
      'cleared',
    )[0]!;
    assert.ok(cleared.y >= page.y + page.height);
  });

  it('hatches what was cleared where there is room for it', () => {
    const paintsOf = (end: number, cells: number) => {
      const { blocks } = drawingOf(
        scene(64 * MiB, { cells: cellsOf(64 * MiB, [{ kind: 'cleared', start: 0, end }], undefined, cells) }),
        surfaces[1]!,
      );
      return [...new Set(painted(blocks, 'cleared').map(({ paint }) => paint))];
    };
    assert.deepEqual(paintsOf(PAGE, 64), ['cleared']);
    assert.deepEqual(paintsOf(PAGE, 1000), ['clearedNarrow']);
    // Columns that stand side by side are one.
    assert.deepEqual(paintsOf(MiB, 1000), ['cleared']);
  });

  const areas: Area[] = [
    { kind: 'partition', name: 'EFI', label: 'EFI', isTouched: false, ranges: [{ start: MiB, end: 9 * MiB }] },
    { kind: 'partition', name: 'root', label: 'root', isTouched: true, ranges: [{ start: 9 * MiB, end: 63 * MiB }] },
    {
      kind: 'rest',
      name: 'rest',
      label: 'rest',
      isTouched: true,
      ranges: [
        { start: 0, end: MiB },
        { start: 63 * MiB, end: 64 * MiB },
      ],
    },
    { kind: 'footer', name: 'footer', label: 'footer', isTouched: false, ranges: [{ start: 64 * MiB, end: 64 * MiB + PAGE }] },
  ];

  it('lights the partition that was touched, and names the footer however small it is', () => {
    const { blocks, labels } = drawingOf(scene(64 * MiB + PAGE, { areas }), { width: 1000, ratio: 1 });
    assert.deepEqual(
      labels.map(({ text, isTouched }) => [text, isTouched]),
      [
        ['EFI', false],
        ['root', true],
        ['footer', false],
      ],
    );
    const lit = painted(blocks, 'bandTouched');
    assert.equal(lit.length, 1);
    assert.equal(lit[0]!.x, Math.floor((9 * MiB * 1000) / (64 * MiB + PAGE)));
    // Lit by a line under the name too.
    assert.equal(painted(blocks, 'touched')[0]!.x, lit[0]!.x);
    const footer = labels[2]!;
    assert.ok(lit[0]!.x + lit[0]!.width <= footer.x && footer.x + footer.width <= 1000);
  });

  it('draws partitions that are smaller than a pixel, without a name', () => {
    const tiny: Area = { ...areas[0]!, isTouched: true };
    const { blocks, labels } = drawingOf(scene(8 * TiB, { areas: [tiny] }), { width: 1000, ratio: 1 });
    assert.equal(painted(blocks, 'bandTouched')[0]!.width, 1);
    assert.deepEqual(labels, []);
  });

  it('marks what only the longer image has, and what is selected', () => {
    const { blocks } = drawingOf(scene(64 * MiB, { shorter: 48 * MiB, selected: { start: 64 * MiB - PAGE, end: 64 * MiB } }), {
      width: 1000,
      ratio: 1,
    });
    assert.deepEqual(
      painted(blocks, 'beyond').map(({ x, width }) => [x, width]),
      [[750, 250]],
    );
    const selected = painted(blocks, 'selected');
    assert.ok(selected.length > 2 && selected.every(({ x }) => x >= 988));
  });

  it('shows the whole disk in the overview, each change and the window', () => {
    const length = 8 * TiB;
    const cells = cellsOf(length, [{ kind: 'written', start: 5 * TiB, end: 5 * TiB + PAGE }], undefined, 2048);
    const view = { start: TiB, end: TiB + MiB };
    const surface = { width: 800, ratio: 1 };
    const blocks = overviewOf(cells, view, length, surface);
    assert.deepEqual(
      painted(blocks, 'written').map(({ x }) => x),
      [500],
    );
    const { left, right } = thumbOf(view, length, surface);
    assert.ok(right - left >= 12 && left <= 100 && right >= 100);
    assert.deepEqual(thumbOf(wholeDisk(length), length, surface), { left: 0, right: 800 });
    const moved = viewAt(view, length, 400, 800);
    assert.equal((moved.start + moved.end) / 2, 4 * TiB);
    assert.equal(viewAt(view, length, 800, 800).end, length);
    assert.equal(viewAt(view, length, -5, 800).start, 0);
  });
});

describe('a view of the disk', () => {
  const lengths = fc.constantFrom(PAGE, 3 * PAGE, MiB, 64 * MiB + PAGE, TiB, 8 * TiB);
  const steps = fc.array(
    fc.tuple(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
    ),
    { maxLength: 30 },
  );

  it('stays inside of the disk and on whole pages, whatever is done', () => {
    fc.assert(
      fc.property(lengths, steps, (length, all) => {
        let view = wholeDisk(length);
        for (const [factor, share, by] of all) {
          const at = view.start + share * (view.end - view.start);
          view = zoomed(view, length, factor, at);
          view = panned(view, length, by * (view.end - view.start));
          assert.ok(view.start >= 0 && view.end <= length && view.end > view.start);
          assert.ok(view.start % PAGE === 0 && view.end % PAGE === 0, `${view.start} ${view.end}`);
          assert.ok(view.end - view.start >= Math.min(SMALLEST_VIEW, length));
        }
      }),
    );
  });

  it('keeps what is under the pointer there when it zooms', () => {
    const view = zoomed(wholeDisk(8 * TiB), 8 * TiB, 1 / 8, 3 * TiB);
    const share = (3 * TiB - view.start) / (view.end - view.start);
    assert.ok(Math.abs(share - 3 / 8) < 1e-6);
    assert.equal(view.end - view.start, TiB);
    assert.deepEqual(zoomed(view, 8 * TiB, 1000, 3 * TiB), wholeDisk(8 * TiB));
  });

  it('tells the byte under a column, and the column of a byte', () => {
    const view = { start: 4 * MiB, end: 12 * MiB };
    assert.equal(offsetAt(view, 0, 1000), 4 * MiB);
    assert.equal(offsetAt(view, 1000, 1000), 12 * MiB - 1);
    assert.equal(offsetAt(view, 500, 1000), 8 * MiB);
    assert.equal(columnsOf(view, { start: 0, end: 4 * MiB }, 1000), undefined);
    assert.equal(columnsOf(view, { start: 12 * MiB, end: 13 * MiB }, 1000), undefined);
    assert.deepEqual(columnsOf(view, { start: 0, end: 13 * MiB }, 1000), { left: 0, right: 1000 });
    assert.deepEqual(columnsOf(view, { start: 12 * MiB - PAGE, end: 12 * MiB }, 1000), { left: 999, right: 1000 });
  });

  it('moves to a range that is out of sight, and not to one that is seen', () => {
    const view = { start: 4 * MiB, end: 12 * MiB };
    assert.equal(revealing(view, TiB, { start: 5 * MiB, end: 6 * MiB }), view);
    const there = revealing(view, TiB, { start: 100 * MiB, end: 101 * MiB });
    assert.equal(there.end - there.start, 8 * MiB);
    assert.ok(there.start < 100 * MiB && there.end > 101 * MiB);
    const wide = around({ start: 100 * MiB, end: 108 * MiB }, TiB);
    assert.ok(wide.start < 100 * MiB && wide.end > 108 * MiB && wide.end - wide.start < 12 * MiB);
  });
});
