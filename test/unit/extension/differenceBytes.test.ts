import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { MAX_LENGTH, PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { neighbour, WINDOW, windowAt, windowIn, windowQuery } from '../../../src/extension/difference/bytes/byteWindow.ts';
import { differingPages, hexText, offsetText } from '../../../src/extension/difference/bytes/hexText.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { SOURCE } from '../../support/chain/memoryChain.ts';
import { DifferenceRig } from '../../support/extension/differenceRig.ts';
import { providers } from '../../support/vscode/providers.ts';
import { user } from '../../support/vscode/user.ts';
import { CancellationTokenSource, Uri } from '../../support/vscode/vscode.ts';

const pair = { before: { blob: SOURCE, snapshot: 'one' }, after: { blob: SOURCE, snapshot: undefined } };

describe('bytes as text', () => {
  it('stand in lines of offset, hexadecimal, ASCII', () => {
    const bytes = new Uint8Array(20).map((_, i) => [0, 0x20, 0x41, 0x7e, 0x7f, 0xff][i % 6]!);
    assert.equal(
      hexText(bytes, 0x10_0000),
      [
        '0000_0010_0000  00 20 41 7e 7f ff 00 20  41 7e 7f ff 00 20 41 7e  |. A~... A~... A~|',
        '0000_0010_0010  7f ff 00 20                                       |... |',
      ].join('\n'),
    );
    assert.equal(offsetText(MAX_LENGTH).length, offsetText(0).length);
  });

  it('are counted in pages where they differ, a missing end as zeros', () => {
    const a = new Uint8Array(3 * PAGE);
    const b = new Uint8Array(2 * PAGE);
    assert.equal(differingPages(a, b, PAGE), 0);
    a[PAGE] = 1;
    a[3 * PAGE - 1] = 1;
    assert.equal(differingPages(a, b, PAGE), 2);
    assert.equal(differingPages(b, a, PAGE), 2);
  });
});

describe('windows of bytes', () => {
  const length = 8 * WINDOW;
  const at = (start: number, end: number, offset: number) => {
    const { start: from, end: to } = windowAt(pair, { start, end }, offset, length);
    return [from, to];
  };

  it('show a short range with a page around it, and a part of a long one', () => {
    assert.deepEqual(at(8 * PAGE, 10 * PAGE, 8 * PAGE), [7 * PAGE, 11 * PAGE]);
    assert.deepEqual(at(0, PAGE, 0), [0, 2 * PAGE]);
    assert.deepEqual(at(length - PAGE, length, length - 1), [length - 2 * PAGE, length]);
    assert.deepEqual(at(0, length, 3 * WINDOW + 7), [3 * WINDOW - PAGE, 4 * WINDOW - PAGE]);
    assert.deepEqual(at(PAGE, 2 * PAGE, length), [0, 3 * PAGE], 'an offset beside the range');
  });

  it('follow one another without a gap to both ends of the disk, none longer than allowed', () => {
    let window = windowAt(pair, { start: WINDOW + PAGE, end: WINDOW + 2 * PAGE }, WINDOW + PAGE, length);
    for (let next = neighbour(window, 'next'); next; next = neighbour(window, 'next')) {
      assert.equal(next.start, window.end);
      assert.ok(next.end - next.start <= WINDOW);
      window = next;
    }
    assert.equal(window.end, length);
    for (let previous = neighbour(window, 'previous'); previous; previous = neighbour(window, 'previous')) {
      assert.equal(previous.end, window.start);
      window = previous;
    }
    assert.equal(window.start, 0);
  });

  it('are named by an address, and never longer than allowed, whoever wrote it', () => {
    const window = { pair, start: 0, end: WINDOW, length };
    assert.deepEqual(windowIn(windowQuery(window, 'before')), { window, side: 'before' });
    const query = (change: Record<string, string>) => {
      const fields = new URLSearchParams(windowQuery(window, 'before'));
      for (const [name, value] of Object.entries(change)) fields.set(name, value);
      return windowIn(fields.toString());
    };
    const changes: [name: string, value: string][] = [
      ['end', String(WINDOW + PAGE)],
      ['start', '1'],
      ['start', '-512'],
      ['end', '0'],
      ['end', 'NaN'],
      ['length', '512'],
      ['side', 'x'],
    ];
    for (const [name, value] of changes) assert.equal(query({ [name]: value }), undefined, `${name}=${value}`);
    assert.equal(windowIn(''), undefined);
  });
});

describe('documents of bytes', () => {
  let rig: DifferenceRig;
  afterEach(() => rig.close());

  type Provider = { provideTextDocumentContent(uri: Uri, token: CancellationTokenSource['token']): Promise<string> };
  const contentOf = (uri: Uri, source = new CancellationTokenSource()): Promise<string> =>
    (providers.get('text:page-blob-bytes') as Provider).provideTextDocumentContent(uri, source.token);
  const reads = () => rig.commands.chain.service.traffic(({ operation }) => operation === 'read').calls;

  async function opened(): Promise<{ before: Uri; after: Uri; snapshot: string }> {
    rig = await DifferenceRig.open();
    const { chain } = rig.commands;
    chain.write(0, 0x41, 4);
    const snapshot = await chain.service.pageBlob(SOURCE).createSnapshot({});
    chain.write(1, 0x42);
    chain.write(3, 0x41);
    const page = await rig.show({
      kind: 'pair',
      pair: { before: { blob: SOURCE, snapshot }, after: { blob: SOURCE, snapshot: undefined } },
    });
    await page.until('ready');
    await page.ask({ type: 'bytes', row: 0, offset: PAGE }, 'done');
    const [, before, after] = user.executed.find(([id]) => id === 'vscode.diff') as [string, Uri, Uri];
    return { before, after, snapshot };
  }

  it('show both sides under the same first line, read once', async () => {
    const { before, after } = await opened();
    const from = reads();
    const [left, right] = await Promise.all([contentOf(before), contentOf(after)]);
    assert.equal(reads() - from, 2);
    const [first, ...lines] = left.split('\n');
    assert.equal(first, 'Of the bytes from 0000_0000_0000 to 0000_0000_0600, 1 of 3 pages differ.');
    assert.equal(right.split('\n')[0], first);
    // Lines that are the same on both sides and stand once keep VS Code's diff from comparing more than a page with a page.
    const titles = ['Page 0000_0000_0000 is the same in both', 'Page 0000_0000_0200 differs', 'Page 0000_0000_0400 is the same in both'];
    for (const side of [left, right]) {
      assert.deepEqual(
        side.split('\n').filter((line) => line.startsWith('Page ')),
        titles,
      );
    }
    assert.equal(lines.length, 3 * (PAGE / 16 + 2) + 1);
    const changed = lines.filter((line, i) => line !== right.split('\n')[i + 1]);
    assert.equal(changed.length, PAGE / 16);
    assert.ok(changed.every((line) => line.endsWith('|AAAAAAAAAAAAAAAA|')));
    assert.match(right, /\|BBBBBBBBBBBBBBBB\|/);
  });

  it('say so where pages were touched and all bytes are equal, and go on to both sides', async () => {
    const { after } = await opened();
    await rig.commands.run(COMMANDS.nextBytes, after);
    const [, next] = user.executed.findLast(([id]) => id === 'vscode.diff') as [string, Uri];
    assert.match(
      await contentOf(next),
      /^The bytes from 0000_0000_0600 to 0000_0000_2000 are the same in both, also where pages were written again\.\n/,
    );
    await rig.commands.run(COMMANDS.nextBytes, next);
    assert.deepEqual(user.executed.at(-1), ['setStatusBarMessage', 'The disk ends here']);
    await rig.commands.run(COMMANDS.previousBytes, next);
    const [, again, , title] = user.executed.findLast(([id]) => id === 'vscode.diff') as [string, Uri, Uri, string];
    assert.match(title, /^disk\.vhd 0000_0000_0000: /);
    await rig.commands.run(COMMANDS.previousBytes, again);
    assert.deepEqual(user.executed.at(-1), ['setStatusBarMessage', 'The disk begins here']);
    await rig.commands.run(COMMANDS.nextBytes);
  });

  it('tell in plain words what went wrong, and read again the next time', async () => {
    const { before, after, snapshot } = await opened();
    await rig.commands.chain.service.pageBlob(SOURCE).deleteSnapshot(snapshot);
    assert.match(await contentOf(before), /snapshot/);
    const calls = rig.commands.chain.service.calls.length;
    assert.match(await contentOf(after), /snapshot/);
    assert.ok(rig.commands.chain.service.calls.length > calls);
    assert.equal(await contentOf(Uri.parse('page-blob-bytes:/x?a') as never), 'This address names no bytes of a disk.');
  });

  it('keep no more than a few windows', async () => {
    const { after } = await opened();
    const window = windowIn(after.query)!.window;
    const uriOf = (i: number) =>
      Uri.from({ scheme: 'page-blob-bytes', path: '/x', query: windowQuery({ ...window, start: i * PAGE, end: (i + 1) * PAGE }, 'after') });
    for (let i = 0; i < 9; i++) await contentOf(uriOf(i));
    const from = reads();
    await contentOf(uriOf(8));
    assert.equal(reads(), from, 'the newest is kept');
    await contentOf(uriOf(0));
    assert.equal(reads(), from + 2, 'the oldest is not');
  });

  it('are given up with the editor, and the other side then reads for itself', async () => {
    const { before, after } = await opened();
    const source = new CancellationTokenSource();
    const left = contentOf(before, source);
    source.cancel();
    const right = contentOf(after);
    assert.equal(await left, 'Stopped before the end.');
    assert.match(await right, /^Of the bytes/);
  });
});
