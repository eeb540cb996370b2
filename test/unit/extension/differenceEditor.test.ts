import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { PairView, RowFilter } from '../../../src/messages/difference.ts';
import { BACKUP, CATALOGUE, SOURCE } from '../../support/chain/memoryChain.ts';
import { mbrOf } from '../../support/disks/mbr.ts';
import { DifferenceRig, type DifferencePage, type RigOptions } from '../../support/extension/differenceRig.ts';
import { user } from '../../support/vscode/user.ts';
import { Uri } from '../../support/vscode/vscode.ts';

let rig: DifferenceRig;
afterEach(() => rig.close());

const ALL: RowFilter = {};
const UP = { by: 'offset', descending: false } as const;

function take(url = SOURCE): Promise<string> {
  return rig.commands.chain.service.pageBlob(url).createSnapshot({});
}

function showPair(before: string | undefined, after: string | undefined, blob = SOURCE): Promise<DifferencePage> {
  return rig.show({ kind: 'pair', pair: { before: { blob, snapshot: before }, after: { blob, snapshot: after } } });
}

/** Two snapshots: pages 0 to 3 hold something before; then page 1 is written anew with the same bytes, 2 with others, 3 cleared, and 8, 9 written. */
async function twoSnapshots(options: RigOptions = {}): Promise<[string, string]> {
  rig = await DifferenceRig.open(options);
  const { chain } = rig.commands;
  chain.write(0, 1, 4);
  const before = await take();
  chain.write(1, 1);
  chain.write(2, 7);
  chain.clear(3);
  chain.write(8, 9, 2);
  return [before, await take()];
}

async function ready(page: DifferencePage) {
  await page.until('ready');
  return page.state('ready');
}

describe('the difference of two snapshots', () => {
  it('is gathered and told: headline, totals, areas', async () => {
    const [before, after] = await twoSnapshots();
    const page = await showPair(before, after);
    const state = await ready(page);
    assert.equal(state.headline, '2 KiB written · 512 bytes cleared · 31 % of 8 KiB · 3 ranges');
    assert.deepEqual([state.by, state.written, state.cleared, state.ranges, state.length], ['touched', 4 * PAGE, PAGE, 3, 16 * PAGE]);
    assert.deepEqual(
      state.areas.map(({ kind, written, cleared }) => [kind, written, cleared]),
      [['rest', 4 * PAGE, PAGE]],
    );
    assert.ok(
      state.notes.some((note) => note.includes('no partition table')),
      state.notes.join('\n'),
    );
    assert.ok(state.notes.some((note) => note.includes('no VHD footer')));
    const { title, before: from, after: to, words, kind } = page.view as PairView;
    assert.deepEqual([kind, title, from.label, to.label], ['pair', 'disk.vhd', '1 Jan 00:00:00', '1 Jan 00:00:00']);
    assert.ok(from.detail.startsWith('disks / vhds/disk.vhd · '));
    assert.deepEqual(
      Object.entries(words).filter(([, text]) => text === ''),
      [],
    );
    assert.equal(page.states[0], 'gathering');
  });

  it('names the recovery points among the images, with what was proven of them and when', async () => {
    rig = await DifferenceRig.open();
    const { chain } = rig.commands;
    for (const page of [1, 2]) {
      chain.write(page, page);
      await chain.backup();
      chain.world.jump(3_600_000);
    }
    const [first, second] = (await chain.entries()).map(({ backup }) => backup.snapshot);
    await chain.service.recordStore(CATALOGUE).create('000001.proof-failed-x.json', '{}');
    const page = await showPair(first, second, BACKUP);
    await ready(page);
    const pointsOf = () => {
      const { before, after } = page.view as PairView;
      return [before.point?.text, after.point?.text];
    };
    for (let i = 0; i < 3000 && pointsOf()[1] === undefined; i++) await new Promise((resolve) => void setImmediate(resolve));
    assert.deepEqual(pointsOf(), ['Recovery point 1 · found wrong', 'Recovery point 2 · proven 1 h ago: all changed pages']);
    assert.match((page.view as PairView).after.point!.detail, /^1 Jan 2026 \d\d:\d\d:\d\d UTC$/);
    const other = await showPair(await take(), undefined);
    await ready(other);
    assert.equal((other.view as PairView).before.point, undefined, 'a snapshot of the disk is no recovery point');
  });

  it('answers what the page asks: map, rows, find', async () => {
    const [before, after] = await twoSnapshots();
    const page = await showPair(before, after);
    await ready(page);
    const map = await page.ask({ type: 'map', start: 0, end: 16 * PAGE, cells: 16 }, 'map');
    assert.deepEqual(
      [...map.edges],
      Array.from({ length: 17 }, (_, i) => i * PAGE),
    );
    assert.deepEqual([...map.written], [0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...map.cleared].indexOf(1), 3);
    assert.deepEqual([...map.allocated].slice(0, 5), [1, 1, 1, 0, 0]);

    const rows = await page.ask({ type: 'rows', filter: ALL, sort: { by: 'length', descending: true }, from: 1, count: 5 }, 'rows');
    assert.deepEqual(
      [rows.from, rows.total, rows.bytes, [...rows.ids], [...rows.starts], [...rows.ends]],
      [1, 3, 5 * PAGE, [2, 1], [8 * PAGE, 3 * PAGE], [10 * PAGE, 4 * PAGE]],
    );
    assert.deepEqual(
      [[...rows.kinds], [...rows.areas], [...rows.really]],
      [
        [0, 1],
        [0, 0],
        [-1, -1],
      ],
    );
    const cleared = await page.ask({ type: 'rows', filter: { kind: 'cleared' }, sort: UP, from: 0, count: 5 }, 'rows');
    assert.deepEqual([cleared.total, [...cleared.ids]], [1, [1]]);

    const find = (which: 'next' | 'previous' | 'nearest', pages: number, filter = ALL) =>
      page.ask({ type: 'find', which, offset: pages * PAGE, filter, sort: UP }, 'found');
    const pages = async (...args: Parameters<typeof find>) => {
      const { at, start } = await find(...args);
      return at === undefined ? undefined : [at, start / PAGE];
    };
    assert.deepEqual(await pages('next', 1), [1, 3]);
    assert.deepEqual(await pages('next', 8), undefined);
    assert.deepEqual(await pages('previous', 3), [0, 1]);
    assert.deepEqual(await pages('previous', 1), undefined);
    assert.deepEqual(await pages('nearest', 2), [0, 1]);
    assert.deepEqual(await pages('nearest', 7), [2, 8]);
    assert.deepEqual(await pages('nearest', 4), [1, 3]);
    assert.deepEqual(await pages('nearest', 4, { kind: 'written' }), [0, 1]);
    assert.deepEqual(await pages('nearest', 15), [2, 8]);
    assert.deepEqual(await pages('next', 0, { atLeast: 3 * PAGE }), undefined);
  });

  it('tells what really differs, of one range and of all, once', async () => {
    const [before, after] = await twoSnapshots();
    const page = await showPair(before, after);
    const { version } = await ready(page);
    assert.deepEqual(await page.ask({ type: 'real', row: 0 }, 'real'), { type: 'real', changed: 1, pages: 2 });
    assert.notEqual(page.state('ready').version, version);
    assert.equal(page.state('ready').real.kind, 'none');
    await page.ask({ type: 'realAll' }, 'done');
    for (let i = 0; i < 500 && page.state('ready').real.kind !== 'done'; i++) await rig.commands.settle();
    const { real } = page.state('ready');
    assert.deepEqual([real.kind, real.done, real.total, real.changed], ['done', 5 * PAGE, 5 * PAGE, 4 * PAGE]);
    assert.equal(real.text, '2 KiB of 2.5 KiB that were looked at really differ.');
    const rows = await page.ask({ type: 'rows', filter: ALL, sort: UP, from: 0, count: 3 }, 'rows');
    assert.deepEqual([...rows.really], [1, 1, 2]);
    await assert.rejects(page.ask({ type: 'real', row: 3 }, 'real'), /There is no such range/);
  });

  it('opens the bytes of a range beside itself, with two addresses that hold no secret', async () => {
    const [before, after] = await twoSnapshots();
    const page = await showPair(before, after);
    await ready(page);
    await page.ask({ type: 'bytes', row: 2, offset: 9 * PAGE }, 'done');
    const [[, left, right, title, options]] = user.executed.filter(([id]) => id === 'vscode.diff') as [unknown[]];
    assert.match(String(title), /^disk\.vhd 0000_0000_1000: 1 Jan 00:00:00 ↔ 1 Jan 00:00:00$/);
    assert.deepEqual(options, { viewColumn: -2, preview: true });
    assert.match((left as Uri).query, /side=before&start=4096&end=5632&length=8192$/);
    assert.match((right as Uri).query, /side=after/);
  });

  it('is shared by split views and gathered once', async () => {
    const [before, after] = await twoSnapshots();
    const page = await showPair(before, after);
    await ready(page);
    const calls = rig.commands.chain.service.calls.length;
    const other = rig.split();
    assert.equal(other.states.join(), 'ready');
    assert.equal(rig.commands.chain.service.calls.length, calls);
    page.panel.dispose();
    await other.ask({ type: 'real', row: 0 }, 'real');
    assert.equal(other.state('ready').version, 1);
    assert.equal(page.state('ready').version, 0, 'a page that is closed hears nothing any more');
  });

  it('swaps two that are the wrong way round, and says so', async () => {
    const [before, after] = await twoSnapshots();
    for (const [first, second] of [
      [after, before],
      [undefined, before],
    ]) {
      const page = await showPair(first, second);
      const state = await ready(page);
      assert.equal(state.ranges, 3);
      assert.ok(state.notes[0]!.includes('the wrong way round'), state.notes[0]);
    }
  });
});

describe('partitions', () => {
  /** A boot record, partitions of pages 2 to 5 and 8 to 11; changes in both, before, between and behind them. */
  async function partitioned(first: Uint8Array): Promise<DifferencePage> {
    rig = await DifferenceRig.open();
    const { chain } = rig.commands;
    chain.service.foreign.write(SOURCE, 0, first, 'holder');
    const before = await take();
    for (const [page, count] of [
      [1, 2],
      [4, 1],
      [6, 1],
      [9, 3],
      [14, 1],
    ] as const)
      chain.write(page, 1, count);
    return showPair(before, undefined);
  }

  const table = mbrOf([
    { type: 0x83, first: 2, count: 4 },
    { type: 0x07, first: 8, count: 4 },
  ]);

  it('are named, add up, and filter the rows; what is in none of them lies in pieces', async () => {
    const page = await partitioned(table);
    const { areas } = await ready(page);
    assert.deepEqual(
      areas.map(({ kind, written, ranges }) => [kind, written / PAGE, ranges.map(({ start, end }) => [start / PAGE, end / PAGE])]),
      [
        ['partition', 2, [[2, 6]]],
        ['partition', 3, [[8, 12]]],
        [
          'rest',
          3,
          [
            [0, 2],
            [6, 8],
            [12, 16],
          ],
        ],
      ],
    );
    assert.match(areas[0]!.type, /Linux/);
    const rowsIn = async (area: number | undefined, sort = UP as { by: 'offset' | 'length'; descending: boolean }) => {
      const { total, bytes, ids, starts } = await page.ask({ type: 'rows', filter: { area }, sort, from: 0, count: 9 }, 'rows');
      return [total, bytes / PAGE, [...ids], [...starts].map((start) => start / PAGE)];
    };
    assert.deepEqual(await rowsIn(0), [2, 3, [0, 1], [1, 4]]);
    assert.deepEqual(await rowsIn(1), [1, 3, [3], [9]]);
    assert.deepEqual(await rowsIn(2), [3, 4, [0, 2, 4], [1, 6, 14]]);
    assert.deepEqual(await rowsIn(2, { by: 'length', descending: true }), [3, 4, [0, 2, 4], [1, 6, 14]]);
    assert.deepEqual(await rowsIn(9), [0, 0, [], []]);
    assert.deepEqual(await rowsIn(undefined), [5, 8, [0, 1, 2, 3, 4], [1, 4, 6, 9, 14]]);
    const found = await page.ask({ type: 'find', which: 'next', offset: 7 * PAGE, filter: { area: 2 }, sort: UP }, 'found');
    assert.deepEqual([found.at, found.id, found.start / PAGE], [2, 4, 14]);
    const path = join(tmpdir(), `difference-${process.pid}.csv`);
    user.answers(/Export Ranges/, path);
    await page.ask({ type: 'export', format: 'csv', filter: { area: 2 } }, 'done');
    const lines = readFileSync(path, 'utf8').trim().split('\r\n').slice(1);
    rmSync(path);
    assert.deepEqual(
      lines.map((line) => Number(line.split(',')[0]) / PAGE),
      [1, 6, 14],
    );
  });

  it('of a damaged table are told to be so', async () => {
    const state = await ready(await partitioned(mbrOf([{ type: 0xee, first: 1, count: 15 }])));
    assert.ok(
      state.notes.some((note) => note.startsWith('The partition table is damaged')),
      state.notes.join('\n'),
    );
    assert.deepEqual(
      state.areas.map(({ kind, name }) => [kind, name]),
      [['rest', 'disk']],
    );
  });
});

describe('what can be wrong with a pair has a plain state', () => {
  it('nothing changed, an image with itself, equal images in two accounts', async () => {
    rig = await DifferenceRig.open();
    const { chain } = rig.commands;
    chain.write(0, 1, 4);
    await chain.backup();
    const before = await take();
    const after = await take();
    const headlines: string[] = [];
    const [entry] = await chain.entries();
    const pages = [
      await showPair(before, after),
      await showPair(after, after),
      await rig.show({
        kind: 'pair',
        pair: { before: { blob: BACKUP, snapshot: entry!.backup.snapshot }, after: { blob: SOURCE, snapshot: after } },
      }),
    ];
    for (const page of pages) headlines.push((await ready(page)).headline);
    assert.deepEqual(headlines, [
      'Nothing changed: no page was written or cleared between the two.',
      'The two are equal, byte for byte.',
      'The two are equal, byte for byte.',
    ]);
    assert.equal(pages[1]!.state('ready').notes[0], 'Both are the same image.');
    assert.equal(pages[2]!.state('ready').by, 'content');
    assert.equal(pages[2]!.state('ready').real.kind, 'notNeeded');
    assert.match((pages[2]!.view as PairView).before.label, / in backups$/);
  });

  it('different sizes', async () => {
    rig = await DifferenceRig.open();
    const before = await take();
    await rig.commands.chain.service.pageBlob(SOURCE).resize(32 * PAGE);
    rig.commands.chain.write(20, 1);
    const state = await ready(await showPair(before, undefined));
    assert.deepEqual([state.lengthBefore, state.lengthAfter, state.length], [16 * PAGE, 32 * PAGE, 32 * PAGE]);
    assert.ok(state.notes.includes('The disk has grown from 8 KiB to 16 KiB.'));
    await rig.commands.chain.service.pageBlob(SOURCE).resize(4 * PAGE);
    const shrunk = await ready(await showPair(before, undefined));
    assert.ok(shrunk.notes.includes('The disk has shrunk from 8 KiB to 2 KiB; what lay behind that is gone.'));
    assert.equal(shrunk.length, 16 * PAGE);
  });

  it('an empty disk beside the oldest snapshot: all that it holds', async () => {
    const [before] = await twoSnapshots();
    const page = await rig.show({ kind: 'pair', pair: { before: undefined, after: { blob: SOURCE, snapshot: before } } });
    const state = await ready(page);
    assert.deepEqual([state.written, state.cleared, state.ranges], [4 * PAGE, 0, 1]);
    assert.equal(state.headline, '2 KiB written · 25 % of 8 KiB · 1 range');
    assert.equal((page.view as PairView).before.label, 'empty disk');
    assert.deepEqual(await page.ask({ type: 'real', row: 0 }, 'real'), { type: 'real', changed: 4, pages: 4 });
  });

  it('a snapshot that is gone, before and while it is open', async () => {
    const [before, after] = await twoSnapshots();
    const open = await showPair(before, after);
    await ready(open);
    await rig.commands.chain.service.pageBlob(SOURCE).deleteSnapshot(before);
    await assert.rejects(open.ask({ type: 'real', row: 0 }, 'real'), /snapshot/);
    assert.equal(open.state('ready').ranges, 3, 'what is known stays');
    await open.ask({ type: 'realAll' }, 'done');
    for (let i = 0; i < 500 && open.state('ready').real.kind !== 'stopped'; i++) await rig.commands.settle();
    assert.match(
      open.state('ready').real.text,
      /^One of the two snapshots is gone: .* any more\.$/,
      'and nothing of what was not looked at',
    );
    const page = await showPair(before, after);
    await page.until('failed');
    assert.equal(page.state('failed').text, 'One of the two snapshots is gone: it was deleted, so the two cannot be compared any more.');
    assert.equal(page.state('failed').canRetry, true);
  });

  it('no access, which can be mended and tried again', async () => {
    const [before, after] = await twoSnapshots();
    const { service } = rig.commands.chain;
    let isRefused = true;
    const error = new BackupError('signInNeeded', 'Nobody is signed in.');
    service.interceptor = () => (isRefused ? { kind: 'throw', error } : undefined);
    const page = await showPair(before, after);
    await page.until('failed');
    assert.deepEqual(
      page.state('failed').remedies.map(({ id }) => id),
      ['signIn', 'attach'],
    );
    await page.ask({ type: 'remedy', id: 'signIn' }, 'done');
    assert.ok(rig.commands.asked.includes('signIn'));
    isRefused = false;
    await page.ask({ type: 'start' }, 'done');
    await page.until('ready');
    await page.ask({ type: 'start' }, 'done');
    assert.deepEqual(page.states.slice(-2), ['gathering', 'ready'], 'what is ready is not gathered again');
  });

  it('a service that ignores differences, and one that refuses them: both are read', async () => {
    for (const difference of ['ignored', 'refused'] as const) {
      const [before, after] = await twoSnapshots({ switches: { difference } });
      const page = await showPair(before, after);
      const state = await ready(page);
      assert.deepEqual([state.by, state.written, state.cleared], ['content', 3 * PAGE, PAGE], difference);
      const rows = await page.ask({ type: 'rows', filter: ALL, sort: UP, from: 0, count: 9 }, 'rows');
      assert.deepEqual([...rows.really], [1, 1, 2]);
      rig.close();
    }
    rig = await DifferenceRig.open();
  });

  it('addresses that name nothing, and hosts to which no sign-in is shown', async () => {
    rig = await DifferenceRig.open();
    await assert.rejects(rig.editor.openCustomDocument(Uri.parse('page-blob-difference:/x?before=1') as never), /no two images/);
    const evil = { blob: 'https://evil.example/vhds/disk.vhd', snapshot: '2026-01-01T00:00:00.0000000Z' };
    const page = await rig.show({ kind: 'pair', pair: { before: evil, after: { ...evil, snapshot: undefined } } });
    await page.until('failed');
    assert.match(
      page.state('failed').text,
      /is in the storage account evil, which is not among your accounts\. Attach the account first\./,
    );
  });
});

describe('a comparison', () => {
  it('asks before it reads much, and reads nothing without the answer', async () => {
    rig = await DifferenceRig.open({ askFrom: 5 * PAGE });
    const { chain } = rig.commands;
    chain.write(0, 1, 4);
    await chain.backup();
    const [entry] = await chain.entries();
    chain.write(4, 2);
    const point = { blob: BACKUP, snapshot: entry!.backup.snapshot };
    const page = await rig.show({ kind: 'pair', pair: { before: point, after: { blob: SOURCE, snapshot: undefined } } });
    await page.until('question');
    const { text, bytes, detail } = page.state('question');
    assert.deepEqual([text, bytes], ['Compare by reading up to 4.5 KiB?', 9 * PAGE]);
    assert.match(detail, /^The two are not images of one blob/);
    const reads = () => chain.service.traffic(({ operation }) => operation === 'read').calls;
    const before = reads();
    await page.ask({ type: 'stop' }, 'done');
    await page.until('stopped');
    assert.equal(reads(), before);
    await page.ask({ type: 'start' }, 'done');
    await page.until('question');
    await page.ask({ type: 'start' }, 'done');
    await page.until('ready');
    assert.ok(reads() > before);
    assert.deepEqual(page.states.slice(-4), ['gathering', 'question', 'gathering', 'ready']);
    assert.equal(page.state('ready').written, PAGE);
  });

  it('asks before it checks what really differs of much, too', async () => {
    const [before, after] = await twoSnapshots({ askFrom: 10 * PAGE });
    const page = await showPair(before, after);
    await ready(page);
    await page.ask({ type: 'realAll' }, 'done');
    assert.deepEqual(user.take(), ['warning!: Read 5 KiB to see what really differs?']);
    assert.equal(page.state('ready').real.kind, 'none');
    user.answers(/really differs/, 'Read Them');
    await page.ask({ type: 'realAll' }, 'done');
    for (let i = 0; i < 500 && page.state('ready').real.kind !== 'done'; i++) await rig.commands.settle();
    assert.equal(page.state('ready').real.changed, 4 * PAGE);
  });

  it('is stopped on the way, and when its last page is closed', async () => {
    const [before, after] = await twoSnapshots({ switches: { windowSize: 1 } });
    const page = await showPair(before, after);
    await page.ask({ type: 'stop' }, 'done');
    await page.until('stopped');
    await page.ask({ type: 'start' }, 'done');
    await page.until('ready');
    assert.deepEqual(page.states, ['gathering', 'stopped', 'gathering', 'ready']);
    const { calls } = rig.commands.chain.service;
    const from = calls.length;
    await (await showPair(before, after)).until('ready');
    const whole = calls.length - from;
    await showPair(before, after);
    rig.close();
    await rig.commands.settle();
    assert.ok(calls.length - from < 2 * whole, `${calls.length - from} calls, ${whole} for a whole one`);
  });

  it('does not answer what it does not know yet', async () => {
    rig = await DifferenceRig.open();
    const page = await showPair('2026-01-01T00:00:00.0000000Z', undefined);
    await page.until('failed');
    await assert.rejects(page.ask({ type: 'realAll' }, 'done'), /not there yet/);
  });
});
