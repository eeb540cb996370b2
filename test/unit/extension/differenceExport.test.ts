import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { ListedChange } from '../../../src/engine/jobs/diff/changeList.ts';
import { csvText, jsonText, type ExportRow } from '../../../src/extension/difference/export/rangesText.ts';
import { summaryText } from '../../../src/extension/difference/export/summaryText.ts';
import { writeText } from '../../../src/extension/difference/export/writeText.ts';
import type { ReadyState } from '../../../src/messages/difference.ts';
import { SOURCE } from '../../support/chain/memoryChain.ts';
import { DifferenceRig } from '../../support/extension/differenceRig.ts';
import { englishVoice } from '../../support/tree/voice.ts';
import { user } from '../../support/vscode/user.ts';

const folder = mkdtempSync(join(tmpdir(), 'difference-export-'));
after(() => rmSync(folder, { recursive: true }));

const facts = { before: null, after: 'https://a.example/c/b', by: 'touched', lengthBefore: 1, lengthAfter: 2 } as const;

function row(index: number, area: string, really?: number): ExportRow {
  const change: ListedChange = { index, start: index * 1024, end: index * 1024 + PAGE, kind: index % 2 === 0 ? 'written' : 'cleared' };
  return { change, area, really };
}

describe('ranges as text', () => {
  it('are JSON, whatever the number of blocks', () => {
    const blocks = [[], [row(0, 'root "x"'), row(1, '', 1)], [row(2, 'data\n')]];
    const text = [...jsonText(facts, blocks)].join('');
    assert.deepEqual(JSON.parse(text), {
      ...facts,
      ranges: [
        { start: 0, end: 512, kind: 'written', area: 'root "x"' },
        { start: 1024, end: 1536, kind: 'cleared', area: '', reallyDifferentPages: 1 },
        { start: 2048, end: 2560, kind: 'written', area: 'data\n' },
      ],
    });
    assert.deepEqual(JSON.parse([...jsonText(facts, [])].join('')), { ...facts, ranges: [] });
  });

  it('are CSV, in which a name from the disk is neither a formula nor a column', () => {
    const text = [...csvText([[row(0, 'root'), row(1, '=HYPERLINK("x"),y', 0)]])].join('');
    assert.equal(
      text,
      'start,end,length,kind,area,reallyDifferentPages\r\n0,512,512,written,"root",\r\n1024,1536,512,cleared,"\'=HYPERLINK(""x""),y",0\r\n',
    );
  });
});

describe('a file', () => {
  it('holds a million ranges, written piece by piece, under its name only once it is whole', async () => {
    const path = join(folder, 'million.csv');
    let ahead = 0;
    function* blocks(): Generator<ExportRow[]> {
      for (let i = 0; i < 1000; i++) {
        assert.equal(existsSync(path), false);
        ahead++;
        yield Array.from({ length: 1000 }, (_, k) => row(i * 1000 + k, 'root'));
      }
    }
    await writeText(path, csvText(blocks()), new AbortController().signal);
    assert.equal(ahead, 1000);
    const lines = readFileSync(path, 'utf8').split('\r\n');
    assert.equal(lines.length, 1_000_002);
    assert.equal(lines[1_000_000], '1023998976,1023999488,512,cleared,"root",');
    assert.equal(existsSync(`${path}.part`), false);
  });

  it('is not there after it was stopped, and what was there before stays', async () => {
    const path = join(folder, 'stopped.csv');
    await writeText(path, ['old'], new AbortController().signal);
    const stop = new AbortController();
    function* pieces(): Generator<string> {
      for (;;) yield 'new';
    }
    setImmediate(() => stop.abort());
    await assert.rejects(writeText(path, pieces(), stop.signal), { name: 'AbortError' });
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.equal(existsSync(`${path}.part`), false);
  });
});

describe('the summary', () => {
  it('is Markdown in which no name is markup', () => {
    const state = {
      headline: '2 KiB written',
      written: 2048,
      cleared: 0,
      ranges: 3,
      notes: ['There is *no* footer.'],
      areas: [
        { kind: 'partition', name: '[x](http://evil) | <b>', type: 'Linux', ranges: [{ start: 0, end: 4096 }], written: 2048, cleared: 0 },
      ],
      real: { text: '' },
    } as unknown as ReadyState;
    const text = summaryText(
      { title: 'disk.vhd', before: 'a', after: 'b', state, link: 'page-blob-difference:/x' },
      englishVoice(() => 0),
    );
    assert.doesNotMatch(text, /\[x\]\(|<b>|[^\\]\*no/);
    assert.equal(text.split('\n').filter((line) => /^\| .* \| 4 KiB \| 2 KiB \| 0 bytes \|$/.test(line)).length, 1);
    assert.match(text, /^### disk\\\.vhd\n/);
  });
});

describe('Export', () => {
  let rig: DifferenceRig;
  afterEach(() => rig.close());

  async function opened() {
    rig = await DifferenceRig.open();
    const { chain } = rig.commands;
    const before = await chain.service.pageBlob(SOURCE).createSnapshot({});
    chain.write(1, 1);
    chain.write(4, 1);
    const page = await rig.show({
      kind: 'pair',
      pair: { before: { blob: SOURCE, snapshot: before }, after: { blob: SOURCE, snapshot: undefined } },
    });
    await page.until('ready');
    return { page, before };
  }

  it('asks for the file, and writes what passes the filter, with what is known of it', async () => {
    const { page, before } = await opened();
    await page.ask({ type: 'real', row: 1 }, 'real');
    const path = join(folder, 'out.json');
    user.answers(/Export Ranges \| disk\.vhd-changes\.json/, path);
    await page.ask({ type: 'export', format: 'json', filter: { kind: 'written' } }, 'done');
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
      before: `${SOURCE}?snapshot=${before}`,
      after: SOURCE,
      by: 'touched',
      lengthBefore: 16 * PAGE,
      lengthAfter: 16 * PAGE,
      ranges: [
        { start: PAGE, end: 2 * PAGE, kind: 'written', area: 'disk' },
        { start: 4 * PAGE, end: 5 * PAGE, kind: 'written', area: 'disk', reallyDifferentPages: 1 },
      ],
    });
    user.answers(/Export Ranges/, join(folder, 'none.csv'));
    await page.ask({ type: 'export', format: 'csv', filter: { kind: 'cleared' } }, 'done');
    assert.equal(readFileSync(join(folder, 'none.csv'), 'utf8').split('\r\n').length, 2);
  });

  it('does nothing when the user turns away, and says why a file cannot be written', async () => {
    const { page } = await opened();
    await page.ask({ type: 'export', format: 'csv', filter: {} }, 'done');
    user.answers(/Export Ranges/, join(folder, 'no', 'such', 'folder', 'x.csv'));
    await assert.rejects(page.ask({ type: 'export', format: 'csv', filter: {} }, 'done'), /could not be written\. Choose another place\./);
  });

  it('opens the summary as a document of its own', async () => {
    const { page } = await opened();
    await page.ask({ type: 'export', format: 'markdown', filter: {} }, 'done');
    const [, language, content] = user.executed.find(([id]) => id === 'openTextDocument') as [string, string, string];
    assert.equal(language, 'markdown');
    assert.match(content, /Written: \*\*1 KiB\*\*/);
    assert.match(content, /\n\[Open this difference in VS Code\]\(<page-blob-difference:\/[\w%.-]+\?[\w%.-]+>\)\n$/);
  });
});
