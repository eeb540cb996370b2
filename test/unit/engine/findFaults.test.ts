import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { constantWindows } from '../../../src/engine/ranges/rangeWindow.ts';
import { rangeSet, type RangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import { beginProof, findFaults } from '../../../src/engine/proof/findFaults.ts';
import { PROOF_LEVELS, SAMPLE_STRIPES, sampleShare, type ProofLevel } from '../../../src/engine/proof/proof.ts';
import { bitsOf, gather, range, setOf, windowsOf } from '../../support/engine/pageBits.ts';
import { DISK, filled, stage } from '../../support/engine/stage.ts';

const COPY = 'https://disks.example/vhds/copy';
const PAGES = 16;

/** What a page is in the original and in the copy, and what the lists say about it. */
interface Page {
  readonly original: number;
  readonly copy: number;
  readonly changed: boolean;
  readonly touched: boolean;
}

const page: fc.Arbitrary<Page> = fc.record({ original: fc.nat(2), copy: fc.nat(2), changed: fc.boolean(), touched: fc.boolean() });

/** Proves a copy; 0 in a page means that it is not allocated. */
async function proven(
  pages: readonly Page[],
  options: { level: ProofLevel; touchedKnown?: boolean; stripe?: number; share?: number; windowSize?: number },
) {
  const all = stage({ pages: pages.length, switches: { windowSize: options.windowSize ?? 1000 } });
  all.service.foreign.createBlob(COPY, pages.length * PAGE);
  for (const [i, { original, copy }] of pages.entries()) {
    if (original > 0) all.service.foreign.write(DISK, i * PAGE, filled(original));
    if (copy > 0) all.service.foreign.write(COPY, i * PAGE, filled(copy));
  }
  const proof = beginProof(options.level);
  const work = await gather(
    findFaults(
      {
        original: all.client.pageBlob(DISK).image(),
        copy: all.client.pageBlob(COPY).image(),
        length: pages.length * PAGE,
        changes: () =>
          windowsOf(
            pages.map(({ changed }) => changed),
            [5, 11],
          ),
        touched:
          options.touchedKnown === false
            ? undefined
            : () =>
                windowsOf(
                  pages.map(({ touched }) => touched),
                  [7],
                ),
      },
      proof,
      { ...all.tools, level: options.level, stripe: options.stripe ?? 0, share: options.share ?? 0, random: () => 0.999 },
    ),
  );
  const read = rangeSet(
    all.service.calls.filter(({ operation, url }) => operation === 'read' && url === DISK).map(({ args }) => args.range!),
  );
  return {
    proof,
    read,
    write: rangeSet(work.flatMap(({ write }) => write)),
    clear: rangeSet(work.flatMap(({ clear }) => clear)),
    windows: work.length,
  };
}

const pagesWhere = (pages: readonly Page[], holds: (page: Page) => boolean): RangeSet => setOf(pages.map(holds));

describe('findFaults against a model of pages', () => {
  const disk = fc.array(page, { minLength: 1, maxLength: PAGES });

  it('every level finds each page that is missing, too much, or was not touched though it had to be', async () => {
    await fc.assert(
      fc.asyncProperty(disk, fc.constantFrom(...PROOF_LEVELS), fc.boolean(), async (pages, level, touchedKnown) => {
        const { write, clear } = await proven(pages, { level, touchedKnown });
        assert.deepEqual(
          clear,
          pagesWhere(pages, ({ original, copy }) => original === 0 && copy > 0),
        );
        const bits = bitsOf(write, pages.length);
        for (const [i, { original, copy, changed, touched }] of pages.entries()) {
          const missed = original > 0 && (copy === 0 || (touchedKnown && changed && !touched));
          if (missed) assert.ok(bits[i], `page ${i} of ${JSON.stringify(pages[i])}`);
          if (bits[i]) assert.ok(missed || (original > 0 && original !== copy), `page ${i} needs nothing`);
        }
      }),
      { seed: 901, numRuns: 250 },
    );
  });

  it('"changed" finds every wrong byte in pages that changed or were touched; "full" every wrong byte', async () => {
    await fc.assert(
      fc.asyncProperty(disk, fc.constantFrom('changed', 'full'), async (pages, level) => {
        const { write, proof } = await proven(pages, { level, windowSize: 2 });
        const wrong = ({ original, copy, changed, touched }: Page) =>
          copy === 0 || (changed && !touched) || (original !== copy && (level === 'full' || changed || touched));
        assert.deepEqual(
          write,
          pagesWhere(pages, (page) => page.original > 0 && wrong(page)),
        );
        const bytes = (holds: (page: Page) => boolean) => pages.filter(holds).length * PAGE;
        assert.equal(
          proof.changed,
          bytes(({ original, changed }) => changed && original > 0),
        );
        assert.equal(proof.changedCompared, proof.changed);
        assert.equal(
          proof.rest,
          bytes(({ original, changed }) => !changed && original > 0),
        );
        if (level === 'full') assert.equal(proof.restCompared, proof.rest);
      }),
      { seed: 902, numRuns: 200 },
    );
  });

  it('pages that were touched without need are compared at every level', async () => {
    const foreign: Page = { original: 1, copy: 2, changed: false, touched: true };
    const rest: Page = { original: 1, copy: 1, changed: false, touched: false };
    for (const level of PROOF_LEVELS) {
      const { write } = await proven([rest, foreign, rest], { level, stripe: 0 });
      assert.deepEqual(write, [range(1, 2)], level);
    }
  });

  it('a copy that is right gives no work', async () => {
    const right = Array.from({ length: PAGES }, (_, i): Page => ({ original: i % 3, copy: i % 3, changed: i % 2 > 0, touched: i % 2 > 0 }));
    for (const level of PROOF_LEVELS) assert.equal((await proven(right, { level })).windows, 0);
  });
});

describe('how much a proof reads', () => {
  const written = (changed: boolean): Page => ({ original: 1, copy: 1, changed, touched: changed });
  const disk = Array.from({ length: 128 }, (_, i) => written(i < 20));

  it('"ranges" reads no page that nobody touched without need', async () => {
    const { read, proof } = await proven(disk, { level: 'ranges' });
    assert.deepEqual(read, []);
    assert.deepEqual(proof, { level: 'ranges', changed: 20 * PAGE, changedCompared: 0, rest: 108 * PAGE, restCompared: 0 });
  });

  it('"changed" reads the changed pages and no more, "full" all that are held', async () => {
    assert.deepEqual((await proven(disk, { level: 'changed' })).read, [range(0, 20)]);
    assert.deepEqual((await proven(disk, { level: 'full' })).read, [range(0, 128)]);
  });

  it('"sample" reads some of the changed pages, and in the course of its stripes all of the rest', async () => {
    const seen: RangeSet[] = [];
    for (let stripe = 0; stripe < SAMPLE_STRIPES; stripe++) {
      const { read, proof } = await proven(disk, { level: 'sample', stripe: stripe + 1000 * SAMPLE_STRIPES });
      seen.push(read);
      assert.ok(proof.changedCompared > 0, 'however small the share');
      assert.ok(proof.restCompared <= 3 * PAGE, 'a stripe is a small part');
    }
    assert.deepEqual(rangeSet(seen.flat()), [range(0, 128)]);
  });

  it('says how much was read, and nothing of what was not', async () => {
    const { read, proof } = await proven(disk, { level: 'sample', stripe: 63 });
    assert.equal(
      proof.changedCompared + proof.restCompared,
      read.reduce((sum, { start, end }) => sum + end - start, 0),
    );
    assert.ok(proof.changedCompared <= proof.changed && proof.restCompared < proof.rest);
  });

  it('a sample reads all changed pages up to 64 MiB, of more 5 % but no less than that, and of very many about 4 GiB', () => {
    const MiB = 1024 ** 2;
    for (const few of [0, 512, 64 * MiB]) assert.equal(sampleShare(few), 1);
    for (const [changed, read] of [
      [65 * MiB, 64 * MiB],
      [1024 * MiB, 64 * MiB],
      [10 * 1024 * MiB, 512 * MiB],
      [8 * 1024 ** 4, 4 * 1024 ** 3],
    ] as const) {
      assert.equal(Math.round(sampleShare(changed) * changed), read);
    }
  });

  it('a disk of no pages is proven at once', async () => {
    const all = stage({ pages: 0 });
    const image = all.blob.image();
    const none = (within: { start: number; end: number }) => constantWindows(within, 'every page');
    const work = findFaults({ original: image, copy: image, length: 0, changes: none, touched: none }, beginProof('full'), {
      ...all.tools,
      level: 'full',
      stripe: 0,
      share: 1,
      random: Math.random,
    });
    assert.deepEqual(await gather(work), []);
  });
});
