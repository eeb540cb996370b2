import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { standingOut } from '../../../src/extension/difference/churn/standOut.ts';
import { churnPoints } from '../../../src/extension/difference/churn/churnPoints.ts';
import type { RecoveryPoint } from '../../../src/engine/jobs/points/points.ts';
import { BACKUP } from '../../support/chain/memoryChain.ts';
import { DifferenceRig } from '../../support/extension/differenceRig.ts';
import { englishVoice } from '../../support/tree/voice.ts';
import { user } from '../../support/vscode/user.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** Seeded, so that a failure comes again. */
function noise(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
}

describe('what stands out among changes', () => {
  const outOf = (changes: (number | undefined)[]): number[] =>
    standingOut(changes).times.flatMap((times, i) => (times === undefined ? [] : i));

  it('is a jump, told by how often it is the usual', () => {
    const changes = [300, 310, 290, 305, 295, 40_000, 300].map((size) => size * MiB);
    const { usual, times } = standingOut(changes);
    assert.equal(usual, 300 * MiB);
    assert.deepEqual(outOf(changes), [5]);
    assert.equal(Math.round(times[5]!), 133);
  });

  it('is nothing where there are too few to say', () => {
    assert.deepEqual(standingOut([1, 1, 1, 1, GiB]), { usual: undefined, times: [undefined, undefined, undefined, undefined, undefined] });
    assert.deepEqual(outOf([MiB, MiB, MiB, MiB, MiB, undefined, undefined, GiB]), [7]);
  });

  it('is nothing on a disk that changes by chance, up to ten times more on one day than on another', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const next = noise(seed);
      const changes = Array.from({ length: 60 }, () => 200 * MiB * 10 ** next());
      assert.deepEqual(outOf(changes), [], `seed ${seed}`);
    }
  });

  it('is found among many, and several of them do not make themselves usual', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const next = noise(seed);
      const changes = Array.from({ length: 60 }, () => 200 * MiB * (0.7 + 0.6 * next()));
      for (const at of [20, 21, 22, 23]) changes[at] = 400 * GiB;
      assert.deepEqual(outOf(changes), [20, 21, 22, 23], `seed ${seed}`);
    }
  });

  it('is nothing that is small, or less than four times the usual, or less than usual', () => {
    assert.deepEqual(outOf([0, 0, 0, 0, 0, 0, 15 * MiB]), []);
    assert.deepEqual(outOf([0, 0, 0, 0, 0, 0, 17 * MiB]), [6]);
    assert.deepEqual(outOf([100, 100, 100, 100, 100, 100, 399].map((size) => size * MiB)), []);
    assert.deepEqual(outOf([100, 100, 100, 100, 100, 100, 0].map((size) => size * MiB)), []);
  });

  it('is told with a guess of what it was, and never of a full copy', () => {
    const point = (number: number, written: number, kind = 'incremental', state = 'good') =>
      ({
        entry: { number, kind, written, cleared: 0, startedOn: `2026-11-${10 + number}T00:00:00Z`, source: { length: 1000 * GiB } },
        state,
      }) as unknown as RecoveryPoint;
    const points = [
      point(1, 900 * GiB, 'full'),
      ...[2, 3, 4, 5, 6, 7].map((n) => point(n, 300 * MiB)),
      point(8, 900 * GiB),
      point(9, 50 * GiB),
    ];
    const voice = englishVoice(() => Date.parse('2026-11-22T00:00:00Z'));
    const { points: shown } = churnPoints(points, false, voice);
    assert.deepEqual(
      shown.filter(({ note }) => note !== '').map(({ number, note }) => [number, note]),
      [
        [
          8,
          '900 GiB changed, 90 % of the disk and 3,072 times as much as usual. Re-formatting or restoring a disk looks like that, and so does its encryption, by you or by ransomware.',
        ],
        [
          9,
          '50 GiB changed, 5 % of the disk and 171 times as much as usual. Look at what changed: an update or a copy of many files looks like that, and so does ransomware at work.',
        ],
      ],
    );
    assert.deepEqual([shown[0]!.canCompare, shown[1]!.canCompare, shown[0]!.type, shown[1]!.label], [false, true, 'full', '12 Nov 00:00']);
    assert.equal(churnPoints(points, true, voice).points[0]!.canCompare, true);
    assert.equal(churnPoints([point(1, 1, 'full', 'missing'), point(2, 1)], false, voice).points[1]!.canCompare, false);
  });
});

describe('the churn page', () => {
  let rig: DifferenceRig;
  afterEach(() => rig.close());

  it('shows the points of a chain, oldest first, and compares one with the one before', async () => {
    rig = await DifferenceRig.open();
    const { chain } = rig.commands;
    for (let i = 1; i <= 3; i++) {
      chain.write(i, i);
      await chain.backup();
    }
    const page = await rig.show({ kind: 'churn', backup: BACKUP });
    await page.until('ready');
    assert.equal(page.view.title, 'disk.vhd');
    const { points, headline, hasOlder, usual } = page.churn();
    assert.deepEqual(
      points.map(({ number, written, type, trouble }) => [number, written, type, trouble]),
      [
        [1, 512, 'full', ''],
        [2, 512, 'incremental', ''],
        [3, 512, 'incremental', ''],
      ],
    );
    assert.equal(new Set(points.map(({ label }) => label.length)).size, 1);
    assert.match(points[0]!.label, /\d\d:\d\d:\d\d$/, 'all are of one minute');
    assert.deepEqual([headline, hasOlder, usual], ['3 points', false, undefined]);
    await page.ask({ type: 'comparePoint', number: 3 }, 'done');
    const [, uri] = user.executed.find(([id]) => id === 'vscode.openWith') as [string, { query: string }];
    const entries = await chain.entries();
    const fields = new URLSearchParams(uri.query);
    assert.deepEqual(
      [fields.get('before'), fields.get('after')],
      [1, 2].map((i) => `${BACKUP}?snapshot=${entries[i]!.backup.snapshot}`),
    );
    await assert.rejects(page.ask({ type: 'comparePoint', number: 9 }, 'done'), /no such recovery point/);
    await page.ask({ type: 'older' }, 'done');
  });

  it('says why there is nothing, and tries again', async () => {
    rig = await DifferenceRig.open();
    const page = await rig.show({ kind: 'churn', backup: BACKUP });
    await rig.commands.settle();
    const first = page.view.state.kind;
    assert.ok(first === 'failed' || page.churn().headline === 'No recovery point yet.', JSON.stringify(page.view.state));
    rig.commands.chain.write(1, 1);
    await rig.commands.chain.backup();
    const again = await rig.show({ kind: 'churn', backup: BACKUP });
    await again.until('ready');
    assert.equal(again.churn().headline, '1 point');
  });
});
