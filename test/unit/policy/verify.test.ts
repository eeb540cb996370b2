import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { applyChain } from '../../../src/policy/apply/applyChain.ts';
import { previewChain } from '../../../src/policy/apply/preview.ts';
import { reportText } from '../../../src/policy/apply/report.ts';
import { verifyChain, type ChainVerification } from '../../../src/policy/apply/verifyChain.ts';
import { rot, verify } from '../../support/chain/verifyScene.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from '../../support/chain/memoryChain.ts';
import { callsDuring } from '../../support/chain/chainViews.ts';
import { chainOf, HOUR, portsOf, RULE as HALF_DAILY } from '../../support/chain/policyScene.ts';
import { beforeCall, firstCalls } from '../../support/engine/faultPlans.ts';

const DAY = 24 * HOUR;
const CHAIN = chainOf({ ...HALF_DAILY, verify: { every: 7 * DAY, proof: 'full' } });

function scene(): MemoryChain {
  const chain = new MemoryChain({ switches: { latency: { min: 0, max: 0 } } });
  chain.write(1, 1);
  return chain;
}

/** As `apply` does it: the backup that is due, then the verification that is due. */
async function applied(chain: MemoryChain, name?: string): Promise<ChainVerification> {
  await applyChain(CHAIN, portsOf(chain, name), { world: chain.world });
  return verifyChain(CHAIN, portsOf(chain, name), { world: chain.world });
}

const records = async ({ service }: MemoryChain, kind: string) =>
  (await service.recordStore(CATALOGUE).list()).filter((name) => name.includes(kind));

describe('verifications on a timer', () => {
  it('are done when they are due and not before; missed weeks are made up for by one', async () => {
    const chain = scene();
    const outcomes: string[] = [];
    for (const wait of [0, HOUR, 6 * DAY, 2 * DAY, DAY, 40 * DAY, HOUR, DAY]) {
      chain.world.jump(wait);
      chain.write(2, outcomes.length + 1);
      outcomes.push((await applied(chain)).outcome);
    }
    assert.deepEqual(outcomes, ['verified', 'notDue', 'notDue', 'verified', 'notDue', 'verified', 'notDue', 'notDue']);
    const proofs = await records(chain, '.proof-passed-');
    assert.equal(proofs.length, 3);
    assert.ok(proofs.every((name) => name.includes('Z-full-')));
  });

  it('ask for one list where nothing is due, and read nothing', async () => {
    const chain = scene();
    await applied(chain);
    const { calls } = await callsDuring(chain, () => verifyChain(CHAIN, portsOf(chain), { world: chain.world }));
    assert.deepEqual(
      calls.map(({ operation }) => operation),
      ['recordList'],
    );
  });

  it('count what was verified by hand, if it read as much', async () => {
    const chain = scene();
    await applied(chain);
    chain.world.jump(8 * DAY);
    await verify(chain, { proof: 'ranges' });
    assert.equal((await applied(chain)).outcome, 'verified', 'page lists are no content');
    chain.world.jump(8 * DAY);
    await verify(chain, { proof: 'full' });
    assert.equal((await applied(chain)).outcome, 'notDue');
  });

  it('do not believe a time that is still to come', async () => {
    const chain = scene();
    await applied(chain);
    await chain.service.recordStore(CATALOGUE).create('000001.proof-passed-29990101T000000000Z-full-x.json', '{}');
    chain.world.jump(8 * DAY);
    assert.equal((await applied(chain)).outcome, 'verified');
  });

  it('mark a point that is wrong and say what to do; the next backup compares the whole disk, and its point is verified in its turn', async () => {
    const chain = scene();
    await applied(chain);
    chain.world.jump(8 * DAY);
    await rot(chain, 1, 1, new Uint8Array(PAGE).fill(199));
    const wrong = await applied(chain);
    assert.deepEqual([wrong.outcome, wrong.error?.code], ['wrong', 'integrity']);
    assert.match(
      wrong.reason,
      /^Recovery point 1 is wrong: 512 bytes differ.*Do not restore it\. Back up now: that run compares the whole disk/,
    );
    assert.equal((await records(chain, '000001.proof-failed-')).length, 1);
    const report = reportText({ now: 0, outcomes: [], verifications: [wrong], faults: [], empty: [] });
    assert.match(report, /\*\*1 failed\*\*\. 0 chains\. 1 found wrong\./);
    const again = await verifyChain(CHAIN, portsOf(chain), { world: chain.world });
    assert.deepEqual([again.outcome, /newest point was found wrong/.test(again.reason)], ['notDue', true]);
    chain.world.jump(12 * HOUR);
    const { backup } = await applyChain(CHAIN, portsOf(chain), { world: chain.world });
    assert.deepEqual([backup?.kind, backup?.proof.level], ['rebase', 'full']);
    chain.world.jump(7 * DAY);
    assert.equal((await verifyChain(CHAIN, portsOf(chain), { world: chain.world })).outcome, 'verified');
  });

  it('say at every call that the snapshot of the newest point is gone: nobody else is at it', async () => {
    const chain = scene();
    await applyChain(CHAIN, portsOf(chain), { world: chain.world });
    const [entry] = await chain.entries();
    chain.service.foreign.deleteSnapshot(BACKUP, entry!.backup.snapshot);
    for (let call = 1; call <= 2; call++) {
      const { outcome, reason } = await verifyChain(CHAIN, portsOf(chain), { world: chain.world });
      assert.deepEqual([outcome, /snapshot is gone/.test(reason)], ['wrong', true], `call ${call}`);
    }
  });

  it('are done once by two processes, at whichever call the second one begins', async () => {
    for (let at = 0, isOver = false; !isOver; at++) {
      const chain = scene();
      await applyChain(CHAIN, portsOf(chain), { world: chain.world });
      let second: Promise<ChainVerification> | undefined;
      let count = 0;
      chain.service.interceptor = beforeCall(
        ({ client }) => client === 'first' && count++ === at,
        () => {
          second = verifyChain(CHAIN, portsOf(chain, 'second'), { world: chain.world });
        },
      );
      const first = await verifyChain(CHAIN, portsOf(chain, 'first'), { world: chain.world });
      isOver = second === undefined;
      const outcomes = [first.outcome, (await second)?.outcome];
      assert.equal(outcomes.filter((outcome) => outcome === 'verified').length, 1, `${outcomes.join()} at ${at}`);
      assert.equal((await records(chain, '.proof-passed-')).length, 1, `at ${at}`);
    }
  });

  it('of a process that died hold others off for a while, and not for ever', async () => {
    const chain = scene();
    await applyChain(CHAIN, portsOf(chain), { world: chain.world });
    chain.service.interceptor = firstCalls('read', { kind: 'crash', effect: 'none' }, 1, BACKUP);
    await verifyChain(CHAIN, portsOf(chain, 'dying'), { world: chain.world }).catch(() => undefined);
    chain.service.interceptor = undefined;
    assert.equal((await applied(chain)).outcome, 'elsewhere');
    chain.world.jump(DAY);
    assert.equal((await applied(chain)).outcome, 'verified');
  });

  it('that fail for another reason say so, and are tried again at the next call', async () => {
    const chain = scene();
    await applyChain(CHAIN, portsOf(chain), { world: chain.world });
    const denied = { kind: 'throw', error: new BackupError('accessDenied', 'No.') } as const;
    chain.service.interceptor = firstCalls('read', denied, Infinity, BACKUP);
    const failed = await verifyChain(CHAIN, portsOf(chain), { world: chain.world });
    assert.deepEqual([failed.outcome, failed.error?.code, failed.verifiedOn], ['failed', 'accessDenied', undefined]);
    chain.service.interceptor = undefined;
    const { outcome, verifiedOn } = await applied(chain);
    assert.equal(outcome, 'verified');
    chain.world.jump(8 * DAY);
    chain.service.interceptor = firstCalls('read', denied, Infinity, BACKUP);
    const again = await verifyChain(CHAIN, portsOf(chain), { world: chain.world });
    assert.deepEqual([again.outcome, again.verifiedOn], ['failed', verifiedOn], 'how old the proof is, is known all the same');
    const stop = new AbortController();
    chain.world.jump(8 * DAY);
    chain.service.interceptor = ({ operation }) => {
      if (operation === 'read') stop.abort();
      return undefined;
    };
    await assert.rejects(verifyChain(CHAIN, portsOf(chain), { world: chain.world, signal: stop.signal }), (error) =>
      isBackupError(error, 'cancelled'),
    );
    chain.service.interceptor = undefined;
    assert.equal((await applied(chain)).outcome, 'verified');
  });

  it('compare nothing where the snapshot of the disk is gone, and call nothing verified', async () => {
    const chain = scene();
    await applyChain(CHAIN, portsOf(chain), { world: chain.world });
    const [entry] = await chain.entries();
    chain.service.foreign.deleteSnapshot(SOURCE, entry!.source.snapshot);
    const { outcome, reason } = await verifyChain(CHAIN, portsOf(chain), { world: chain.world });
    assert.deepEqual([outcome, /is gone: the next backup/.test(reason)], ['unread', true]);
    assert.deepEqual([...(await records(chain, '.proof-')), ...(await records(chain, '.verifying-'))], []);
  });

  it('are not begun where nothing may be recorded: else every call would read the disk', async () => {
    const chain = scene();
    await applyChain(CHAIN, portsOf(chain), { world: chain.world });
    chain.service.interceptor = firstCalls('recordCreate', { kind: 'throw', error: new BackupError('accessDenied', 'No.') }, Infinity);
    const { calls, result } = await callsDuring(chain, () => verifyChain(CHAIN, portsOf(chain), { world: chain.world }));
    assert.deepEqual([result.outcome, calls.filter(({ operation }) => operation === 'read').length], ['failed', 0]);
  });

  it('are shown before they come', async () => {
    const chain = scene();
    const preview = async () => (await previewChain(CHAIN, portsOf(chain), 1, { world: chain.world })).verify;
    assert.equal(await preview(), undefined, 'there is no point yet');
    await applyChain(CHAIN, portsOf(chain), { world: chain.world });
    assert.equal((await preview())?.isDue, true);
    await applied(chain);
    const shown = await preview();
    assert.equal(shown?.isDue, false);
    assert.ok(Math.abs(shown.next - chain.world.now() - 7 * DAY) < HOUR);
  });
});
