import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pageWords } from '../../../src/extension/difference/pageWords.ts';
import { churnShape, TALLEST_BAR } from '../../../webview/difference/churn/churnShape.ts';
import { factsAt, mapText, sumOf, viewText } from '../../../webview/difference/map/facts.ts';
import type { Area } from '../../../webview/difference/map/drawing.ts';
import { rowWords } from '../../../webview/difference/rowWords.ts';
import { changeText, offsetText, voiceOf } from '../../../webview/difference/voice.ts';
import type { ReadyState } from '../../../src/messages/difference.ts';

const MiB = 1024 ** 2;
const words = pageWords({ t: (text) => text, now: () => 0, locale: 'en' });
const voice = voiceOf(words, 'en');

describe('what the difference page says', () => {
  it('writes offsets with as many digits for every byte of a disk', () => {
    assert.equal(offsetText(0, MiB), '0x0000_0000');
    assert.equal(offsetText(0x10_0000, 64 * MiB), '0x0010_0000');
    assert.equal(offsetText(0x10_0000, 8 * 1024 ** 4), '0x0000_0010_0000');
    assert.equal(offsetText(8 * 1024 ** 4 - 512, 8 * 1024 ** 4), '0x07FF_FFFF_FE00');
  });

  it('writes numbers as the reader does', () => {
    assert.deepEqual([0, 1, 512, 1024, 1536, 1024 ** 2 - 1].map(voice.size), [
      '0 bytes',
      '1 byte',
      '512 bytes',
      '1 KiB',
      '1.5 KiB',
      '1 MiB',
    ]);
    assert.equal(voiceOf(words, 'de').size(1536), '1,5 KiB');
    assert.equal(voiceOf(words, 'de').count(4812), '4.812');
    assert.equal(voiceOf(words, 'xx-unknown').count(4812), '4,812');
    assert.deepEqual([0, 0.00001, 0.5, 0.99999, 1].map(voice.percent), ['0 %', '< 0.1 %', '50 %', '99.9 %', '100 %']);
  });

  it('says what changed', () => {
    assert.equal(changeText(65_536, 4096, voice), '64 KiB written · 4 KiB cleared');
    assert.equal(changeText(0, 512, voice), '512 bytes cleared');
    assert.equal(changeText(0, 0, voice), 'nothing changed');
  });

  const cells = {
    edges: Float64Array.of(0, MiB, 2 * MiB, 3 * MiB),
    written: Float32Array.of(0, 1 / 2048, 0),
    cleared: Float32Array.of(0, 0, 1),
    allocated: Float32Array.of(0, 1, 0.5),
  };
  const areas: Area[] = [
    { kind: 'partition', name: 'EFI', label: 'EFI', isTouched: false, ranges: [{ start: 0, end: MiB }] },
    { kind: 'partition', name: 'root', label: 'root (Linux) · 1 MiB cleared', isTouched: true, ranges: [{ start: MiB, end: 3 * MiB }] },
  ];

  it('tells what lies under the pointer', () => {
    assert.deepEqual(factsAt(cells, areas, 10, 3 * MiB, voice), ['0x0000_0000 – 0x0010_0000 · 1 MiB', 'EFI', 'nothing changed', 'empty']);
    assert.deepEqual(factsAt(cells, areas, MiB, 3 * MiB, voice).slice(1), ['root', '512 bytes written', 'allocated']);
    assert.deepEqual(factsAt(cells, areas, 3 * MiB - 1, 3 * MiB, voice).slice(1), ['root', '1 MiB cleared', '512 KiB allocated']);
    assert.deepEqual(sumOf(cells, { start: 0, end: 3 * MiB }), { written: 512, cleared: MiB, allocated: 1.5 * MiB });
  });

  it('puts the map into words', () => {
    assert.equal(mapText(areas, 2, 3 * MiB, voice), 'Map of the disk, 3 MiB. 2 ranges: root (Linux) · 1 MiB cleared');
    assert.equal(mapText([areas[0]!], 0, 3 * MiB, voice), 'Map of the disk, 3 MiB. nothing changed');
    assert.equal(
      viewText({ start: MiB, end: 3 * MiB }, cells, areas, 3 * MiB, voice),
      '2 MiB in view: 0x0010_0000 – 0x0030_0000. root. 512 bytes written · 1 MiB cleared',
    );
  });

  it('tells of a row whether it really differs, and whether anybody has looked', () => {
    const state = { length: MiB, areas: [], real: { kind: 'none' } } as unknown as ReadyState;
    const row = { id: 0, start: 0, end: 4096, kind: 'written', area: -1, really: undefined } as const;
    const { real, area, kind } = rowWords(state, voice);
    assert.deepEqual(
      [real(row), real({ ...row, really: 0 }), real({ ...row, really: 3 })],
      ['', 'no, the bytes are equal', 'yes, 3 of 8 pages'],
    );
    assert.deepEqual([area(row), kind(row)], ['–', '▲ written']);
  });
});

describe('the chart of the points', () => {
  it('shows each in proportion, and whatever changed at all', () => {
    const point = { number: 1, time: 0, label: '', type: '', trouble: '', note: '', canCompare: true };
    const { bars, usual } = churnShape({
      points: [
        { ...point, written: 0, cleared: 0 },
        { ...point, written: 512, cleared: 0 },
        { ...point, written: 750 * MiB, cleared: 250 * MiB },
      ],
      usual: 500 * MiB,
    });
    assert.deepEqual(
      bars.map(({ written, cleared }) => [written, cleared]),
      [
        [0, 0],
        [3, 0],
        [TALLEST_BAR * 0.75, TALLEST_BAR * 0.25],
      ],
    );
    assert.equal(usual, TALLEST_BAR / 2);
    const widths = [3, 20, 1000].map((count) =>
      churnShape({ points: Array.from({ length: count }, () => ({ ...point, written: 1, cleared: 0 })), usual: 1 }),
    );
    assert.deepEqual(
      widths.map(({ slot, width }) => [slot, width]),
      [
        [56, 168],
        [40, 800],
        [22, 22_000],
      ],
    );
  });
});
