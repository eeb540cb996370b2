import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  agoText,
  amountText,
  badgeText,
  durationText,
  numberText,
  proofText,
  quoted,
  tableLines,
  verdictText,
} from '../../../src/cli/words.ts';
import { badgeOf } from '../../../src/engine/proof/evidence.ts';
import type { Proof } from '../../../src/engine/proof/proof.ts';
import { sizeText } from '../../../src/engine/sizeText.ts';
import { proofOf } from '../../support/chain/proofs.ts';

describe('words', () => {
  it('quotes a URL for a shell, whatever is in it', () => {
    assert.equal(
      quoted("https://a.blob.core.windows.net/$root/my%20disk(1)'s&b.vhd"),
      "'https://a.blob.core.windows.net/$root/my%20disk(1)%27s&b.vhd'",
    );
  });

  it('gives sizes in binary units with one decimal', () => {
    const sizes: Record<number, string> = {
      0: '0 bytes',
      1: '1 byte',
      512: '512 bytes',
      1024: '1 KiB',
      1536: '1.5 KiB',
      1048575: '1 MiB',
      325058560: '310 MiB',
      1288490189: '1.2 GiB',
      1099511627776: '1 TiB',
      8796093022208: '8 TiB',
    };
    for (const [bytes, text] of Object.entries(sizes)) assert.equal(sizeText(Number(bytes)), text);
  });

  it('gives times, amounts and numbers', () => {
    assert.deepEqual([0.04, 0.44, 7, 9.96, 21.4, 60, 125, 3600, 3900].map(durationText), [
      '0 s',
      '0.4 s',
      '7 s',
      '10 s',
      '21 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '1 h 5 min',
    ]);
    assert.deepEqual([amountText(1, 'range'), amountText(4812, 'range')], ['1 range', '4,812 ranges']);
    assert.equal(numberText(17), '000017');
  });

  it('puts columns side by side', () => {
    assert.deepEqual(
      tableLines(
        [
          ['a', '10', 'x'],
          ['bcd', '5', ''],
        ],
        [1],
      ),
      ['a    10  x', 'bcd   5'],
    );
  });
});

describe('what is said of a proof', () => {
  const now = Date.UTC(2026, 10, 21, 16);
  const badge = (of: Proof): string => badgeText(badgeOf({ proof: of, by: 'backup', on: '2026-11-21T14:00:00.000Z', run: 'r' }), now);

  it('tells how long ago', () => {
    const ages = [0, 5 * 60_000, 3 * 3600_000, 50 * 3600_000, 8 * 24 * 3600_000, -3600_000];
    assert.deepEqual(
      ages.map((age) => agoText(new Date(now - age).toISOString(), now)),
      ['just now', '5 min ago', '3 h ago', '2 d ago', 'on 2026-11-13', 'on 2026-11-21'],
    );
    assert.deepEqual([agoText('no time', now), agoText(undefined, now)], ['', '']);
  });

  it('is never more than what was read', () => {
    const ranges = proofOf('ranges', 1024, 0);
    assert.equal(badge(ranges), 'not read back');
    assert.match(verdictText(ranges, 'changed page'), /no content was read back/);
    const sample = proofOf('sample', 1024 * 1000, 1024 * 80, 4096, 512);
    assert.equal(badge(sample), 'proven 2 h ago: 8 % of the changed pages, 12 % of the rest');
    assert.match(proofText(sample, 'changed pages'), /80 KiB of 1000 KiB of the changed pages, 512 bytes of 4 KiB of the rest/);
    assert.match(verdictText(sample, 'changed page'), /^A sample/);
    const changed = proofOf('changed', 1024, 1024, 4096, 0);
    assert.equal(badge(changed), 'proven 2 h ago: all changed pages');
    assert.equal(proofText(changed, 'changed pages'), 'changed pages read back: 1 KiB equal');
    assert.equal(verdictText(changed, 'changed page'), 'Every changed page was read back and matches.');
    assert.equal(verdictText(proofOf('full', 512, 512, 512, 512), 'page'), 'Every page was read back and matches.');
    assert.equal(badge(proofOf('sample', 1_000_000, 512)), 'proven 2 h ago: < 1 % of the pages');
    assert.equal(badge(proofOf('full', 512, 512, 512, 512)), 'proven 2 h ago: every page');
    assert.equal(badge(proofOf('sample', 0, 0, 1024, 512)), 'proven 2 h ago: what changed is empty in both, 50 % of the rest');
    assert.equal(badge(proofOf('sample', 1024, 0, 1024, 512)), 'proven 2 h ago: 0 % of the changed pages, 50 % of the rest');
  });
});
