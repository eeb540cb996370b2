import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import { chainSummary } from '../../../src/engine/jobs/points/chainSummary.ts';
import { listPoints } from '../../../src/engine/jobs/points/points.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { CommandRig } from '../../support/extension/commandRig.ts';
import { englishVoice } from '../../support/tree/voice.ts';
import { user } from '../../support/vscode/user.ts';

let rig: CommandRig;
afterEach(() => rig.close());

async function chained(points = 4): Promise<CatalogueEntry[]> {
  rig = await CommandRig.open();
  for (let i = 0; i < points; i++) {
    rig.chain.write(i % 16, i + 1);
    await rig.chain.backup();
  }
  return rig.chain.entries();
}

function pointRow({ number, backup, source }: CatalogueEntry): object {
  return {
    kind: 'point',
    url: `${BACKUP}?snapshot=${backup.snapshot}`,
    backup: BACKUP,
    source: source.url,
    point: { entry: { number }, state: 'good' },
  };
}

const chainRow = { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE };
const modals = () => user.seen.filter(({ modal }) => modal);

/** Numbers of the points that are there, newest first; those that are held with a star. */
async function points(): Promise<string[]> {
  const { backup, catalogue } = rig.chain.request();
  const { points: all } = await listPoints({ backup, catalogue }, { world: rig.chain.world });
  return all.map(({ entry, isHeld }) => `${entry.number}${isHeld ? '*' : ''}`);
}

describe('Hold Recovery Point', () => {
  it('holds, and Release Hold lets go', async () => {
    const entries = await chained();
    const rows = entries.slice(0, 2).map(pointRow);
    await rig.run(COMMANDS.holdPoint, rows[0], rows);
    assert.deepEqual(await points(), ['4', '3', '2*', '1*']);
    assert.deepEqual(rig.asked, [`changed ${BACKUP}`]);
    await rig.run(COMMANDS.releaseHold, rows[1]);
    assert.deepEqual(await points(), ['4', '3', '2', '1*']);
    assert.deepEqual(user.seen, []);
  });

  it('keeps Delete Snapshot from deleting it, however often it is asked', async () => {
    const entries = await chained();
    for (const entry of [entries[0]!, entries.at(-1)!]) {
      await rig.run(COMMANDS.holdPoint, pointRow(entry));
      user.answers(/.*/, 'Delete All the Same…');
      user.answers(/.*/, 'Break the Chain');
      await rig.run(COMMANDS.deleteSnapshot, pointRow(entry), entries.map(pointRow));
      const told = modals().at(-1)!;
      assert.equal(told.text, 'Nothing was deleted.');
      assert.match(told.detail!, /is held: somebody protects it, and no prune deletes it\. Release the hold before you delete it\./);
      assert.deepEqual(told.choices, []);
      user.reset();
    }
    assert.deepEqual(await points(), ['4*', '3', '2', '1*']);
  });
});

describe('Prune…', () => {
  it('says of every point what becomes of it and why, and deletes what was shown', async () => {
    const entries = await chained();
    await rig.run(COMMANDS.holdPoint, pointRow(entries[0]!));
    user.answers(/Which recovery points stay/, 'last 2');
    user.answers(/Delete 1 point/, 'Delete 1 Point');
    await rig.run(COMMANDS.prune, chainRow);
    const [asked] = modals();
    assert.match(asked!.text, /^Delete 1 point of backups\/disk\.vhd\? That frees \d+ bytes\.$/);
    assert.match(asked!.detail!, /Kept are: last 2 \(/);
    assert.match(asked!.detail!, /These go:\n2 · .*: 2 newer points are kept/);
    assert.match(asked!.detail!, /These stay:\n4 · .*newest point.*\n3 · .*one of the last 2\n1 · .*: held/);
    assert.deepEqual(await points(), ['4', '3', '1*']);
    assert.match(user.seen.at(-1)!.text, /^1 recovery point deleted, 3 kept\./);
    assert.ok(rig.asked.includes(`changed ${BACKUP}`));
    const { backup, catalogue } = rig.chain.request();
    const summary = await chainSummary({ backup, catalogue }, { world: rig.chain.world });
    const { chainCard } = await import('../../../src/extension/words/chain.ts');
    const facts = { source: SOURCE, backup: BACKUP, knowledge: { state: 'known', summary } } as const;
    assert.match(
      chainCard(
        facts,
        englishVoice(() => rig.chain.world.now()),
      ),
      /Pruned points: \*\*1\*\*/,
    );
  });

  it('changes nothing until the user agrees', async () => {
    await chained();
    user.answers(/Which recovery points stay/, 'last 1');
    await rig.run(COMMANDS.prune, chainRow);
    assert.equal(modals().length, 1);
    assert.deepEqual(await points(), ['4', '3', '2', '1']);
  });

  it('takes the policy of a file where one speaks of the chain', async () => {
    rig = await CommandRig.open();
    rig.retention = { last: 3 };
    for (let i = 0; i < 4; i++) {
      rig.chain.write(i, i + 1);
      await rig.chain.backup();
    }
    user.answers(/Delete 1 point/, 'Delete 1 Point');
    await rig.run(COMMANDS.prune, chainRow);
    assert.deepEqual(await points(), ['4', '3', '2']);
    assert.ok(user.seen.every(({ kind }) => kind !== 'input'));
  });

  it('asks again for what is no rule, and never prunes without one', async () => {
    await chained();
    for (const text of ['', 'last 0', 'lest 3', 'last 3, last 4', 'last']) {
      user.answers(/Which recovery points stay/, text);
      await rig.run(COMMANDS.prune, chainRow);
    }
    assert.equal(modals().length, 0);
    assert.deepEqual(await points(), ['4', '3', '2', '1']);
  });

  it('cuts a long list short, and shows all of it as a document', async () => {
    await chained(30);
    user.answers(/Which recovery points stay/, 'last 1');
    user.answers(/Delete 29 points/, 'Show All');
    await rig.run(COMMANDS.prune, chainRow);
    assert.match(modals()[0]!.detail!, /… and 17 more/);
    const [, language, content] = user.executed.find(([what]) => what === 'openTextDocument')!;
    assert.equal(language, 'plaintext');
    assert.equal(String(content).match(/newer point is kept/g)!.length, 29);
    assert.equal((await points()).length, 30);
  });
});

describe('words of points', () => {
  it('say that one is held', async () => {
    const [entry] = await chained(1);
    const { describePoint } = await import('../../../src/extension/words/point.ts');
    const voice = englishVoice(() => rig.chain.world.now());
    const words = describePoint({ entry: entry!, state: 'good', isHeld: true }, voice);
    assert.match(words.description, / · held$/);
    assert.match(words.speech, /Held: no prune deletes it\.$/);
  });

  it('of a chain say that it is not overdue while nothing changes', async () => {
    const { healthOf } = await import('../../../src/extension/words/standing.ts');
    const [entry] = await chained(1);
    const day = 24 * 60 * 60_000;
    const now = Date.parse(entry!.startedOn) + 10 * day;
    const newest = { entry: entry!, state: 'good' } as const;
    const summary = { points: 5, failed: 0, newest, lastGood: newest, rhythm: day, open: undefined, backupLength: 1 };
    assert.equal(healthOf({ state: 'known', summary }, now), 'overdue');
    const unchangedOn = new Date(now - day).toISOString();
    assert.equal(healthOf({ state: 'known', summary: { ...summary, unchangedOn } }, now), 'good');
  });
});
