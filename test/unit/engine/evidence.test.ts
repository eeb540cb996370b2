import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timedId } from '../../../src/engine/chain/recordNames.ts';
import { worthReading } from '../../../src/engine/jobs/points/laterProofs.ts';
import { badgeOf, changedShare, comparedBytes, isWhole, type Evidence } from '../../../src/engine/proof/evidence.ts';
import type { Proof, ProofLevel } from '../../../src/engine/proof/proof.ts';
import { proofOf } from '../../support/chain/proofs.ts';

const of = (by: Evidence['by'], hour: number | undefined, read: Proof): Evidence => ({
  proof: read,
  by,
  on: hour === undefined ? undefined : new Date(Date.UTC(2026, 10, 21, hour)).toISOString(),
  run: `${by}-${hour}`,
});

describe('what may be said of a point', () => {
  const sampled = of('backup', 1, proofOf('sample', 1000, 80, 9000, 140));
  const changed = of('backup', 1, proofOf('changed', 1000, 1000, 9000, 0));

  it('is what the run that made it has read, where nobody read more', () => {
    assert.deepEqual(badgeOf(sampled), { best: sampled, besides: undefined });
  });

  it('is what a later verification has read, where that is the larger share', () => {
    const larger = of('verify', 5, proofOf('sample', 10_000, 1500));
    assert.deepEqual(badgeOf(sampled, [larger]), { best: larger, besides: sampled });
    const smaller = of('verify', 5, proofOf('sample', 10_000, 500));
    assert.deepEqual(badgeOf(sampled, [smaller]), { best: sampled, besides: smaller });
  });

  it('is not weaker after a verification that read some pages of all', () => {
    const some = of('verify', 5, proofOf('sample', 10_000, 9000));
    assert.deepEqual(badgeOf(changed, [some]), { best: changed, besides: some });
    const nothing = of('verify', 6, proofOf('ranges', 10_000, 0));
    assert.deepEqual(badgeOf(changed, [nothing]), { best: changed, besides: undefined });
  });

  it('is the latest of those that read every page, and then there is nothing to add', () => {
    const full = [3, 7, 5].map((hour) => of('verify', hour, proofOf('full', 10_000, 10_000)));
    const undated = of('verify', undefined, proofOf('full', 10_000, 10_000));
    assert.deepEqual(badgeOf(changed, [undated, ...full]), { best: full[1], besides: undefined });
  });

  it('never adds up shares of two comparisons, nor makes more of them than one has read', () => {
    const halves = [2, 3].map((hour) => of('verify', hour, proofOf('sample', 10_000, 5000)));
    const { best } = badgeOf(sampled, halves);
    assert.equal(best, halves[1]);
    assert.equal(comparedBytes(best.proof), 5000);
  });

  it('takes nothing for read that was not', () => {
    assert.deepEqual(
      [changedShare(proofOf('ranges', 0, 0)), comparedBytes(proofOf('ranges', 5, 5)), isWhole(proofOf('ranges', 5, 5))],
      [0, 0, false],
    );
    assert.deepEqual([changedShare(proofOf('changed', 0, 0, 512, 0)), isWhole(proofOf('changed', 0, 0, 512, 0))], [1, false]);
    assert.equal(isWhole(proofOf('full', 512, 512, 512, 511)), false);
    assert.deepEqual([changedShare(proofOf('sample', 512, -512)), changedShare(proofOf('sample', 512, 1024))], [0, 1]);
  });
});

describe('of many verifications of one point', () => {
  const name = (day: number, level: ProofLevel): string =>
    `000007.proof-passed-${timedId(`2026-11-${String(day).padStart(2, '0')}T01:02:03.004Z`, 'aa-bb', level)}.json`;

  it('the newest are read, and the newest that read every page', () => {
    assert.equal(name(1, 'full'), '000007.proof-passed-20261101T010203004Z-full-aa-bb.json');
    const names = [name(1, 'full'), name(2, 'changed'), ...Array.from({ length: 20 }, (_, i) => name(3 + i, 'sample'))];
    assert.deepEqual(worthReading(names.toReversed()), [22, 21, 20, 19].map((day) => name(day, 'sample')).concat(name(2, 'changed')));
    const all = [name(4, 'full'), name(3, 'sample'), name(2, 'sample')];
    assert.deepEqual(worthReading(all), all);
  });

  it('those whose names tell no time come last', () => {
    const untold = ['000007.proof-passed-ffff.json', '000007.proof-passed-0000.json'];
    assert.deepEqual(worthReading([...untold, name(1, 'sample')])[0], name(1, 'sample'));
    assert.deepEqual(new Set(worthReading([...untold, name(1, 'sample')])), new Set([...untold, name(1, 'sample')]));
    assert.deepEqual(worthReading([]), []);
  });
});
