import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import { applyAll, isFailure, type ApplyOptions } from '../../../src/policy/apply/applyAll.ts';
import { applyChain, type ChainOutcome } from '../../../src/policy/apply/applyChain.ts';
import type { ChainPorts } from '../../../src/policy/apply/chainLook.ts';
import { expandPolicy, type Lister } from '../../../src/policy/apply/expand.ts';
import { reportText } from '../../../src/policy/apply/report.ts';
import { isInShard } from '../../../src/policy/apply/shard.ts';
import type { ChainRule } from '../../../src/policy/policy.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from '../../support/chain/memoryChain.ts';
import { standings } from '../../support/chain/pruning.ts';
import { liveSnapshots } from '../../support/chain/chainViews.ts';
import { chainOf, HOUR, portsOf, RULE as HALF_DAILY } from '../../support/chain/policyScene.ts';
import { beforeCall, firstCalls } from '../../support/engine/faultPlans.ts';

const RULE: ChainRule = { ...HALF_DAILY, retention: { last: 2 } };
const CHAIN = chainOf(RULE);

function scene(): MemoryChain {
  return new MemoryChain({ switches: { latency: { min: 0, max: 0 } } });
}

const applied = (scene: MemoryChain, chain = CHAIN, name = 'apply') => applyChain(chain, portsOf(scene, name), { world: scene.world });

async function all(scene: MemoryChain, options: Partial<ApplyOptions> = {}, chains = [CHAIN]): Promise<ChainOutcome[]> {
  const outcomes: ChainOutcome[] = [];
  await applyAll(chains, () => portsOf(scene, 'apply'), {
    world: scene.world,
    parallel: 2,
    patience: 90_000,
    onOutcome: async (outcome) => void outcomes.push(outcome),
    ...options,
  });
  return outcomes;
}

describe('apply, one chain', () => {
  it('backs up once in a window, also where nothing changed, and prunes after it', async () => {
    const chain = scene();
    const outcomes: string[] = [];
    for (let window = 0; window < 5; window++) {
      if (window !== 3) chain.write(1, window + 1);
      outcomes.push((await applied(chain)).outcome);
      chain.world.jump(HOUR);
      outcomes.push((await applied(chain)).outcome);
      chain.world.jump(11 * HOUR);
    }
    assert.deepEqual(outcomes, [
      'backedUp',
      'notDue',
      'backedUp',
      'notDue',
      'backedUp',
      'notDue',
      'unchanged',
      'notDue',
      'backedUp',
      'notDue',
    ]);
    assert.deepEqual(await standings(chain), ['4 good', '3 good', '2 pruned', '1 pruned']);
  });

  it('makes up for missed windows by one run', async () => {
    const chain = scene();
    await applied(chain);
    chain.world.jump(24 * 9 * HOUR);
    chain.write(1, 9);
    const { outcome, missed, next } = await applied(chain);
    assert.deepEqual([outcome, missed], ['backedUp', true]);
    assert.ok(next! > chain.world.now() && next! <= chain.world.now() + 12 * HOUR);
    assert.equal((await applied(chain)).outcome, 'notDue');
  });

  it('two processes at once serve a window once, at whichever call the second one begins', async () => {
    for (let at = 0, isOver = false; !isOver; at += 3) {
      const chain = scene();
      await applied(chain);
      chain.world.jump(12 * HOUR);
      if (at % 2 === 0) chain.write(1, 9);
      let second: Promise<ChainOutcome> | undefined;
      let count = 0;
      chain.service.interceptor = beforeCall(
        ({ client }) => client === 'first' && count++ === at,
        () => {
          second = applied(chain, CHAIN, 'second');
        },
      );
      const first = await applied(chain, CHAIN, 'first');
      const outcomes = [first.outcome, (await second)?.outcome];
      isOver = second === undefined;
      assert.ok(!outcomes.includes('failed'), `${outcomes.join()} at ${at}: ${first.reason} ${(await second)?.reason}`);
      assert.equal(
        outcomes.filter((outcome) => outcome === 'backedUp' || outcome === 'unchanged').length,
        1,
        `${outcomes.join()} at ${at}`,
      );
      const names = await chain.service.recordStore(CATALOGUE).list();
      const looks = names.filter((name) => /^\d+\.json$|unchanged/.test(name));
      assert.equal(looks.length, 2, `${looks.join()} at ${at}`);
    }
  });

  it('a process that was slow to take hold of the blob sees that another one found nothing to copy meanwhile', async () => {
    const chain = scene();
    await applied(chain);
    chain.world.jump(12 * HOUR);
    chain.service.interceptor = ({ client, operation }) =>
      client === 'slow' && operation === 'acquireLease' ? { kind: 'delay', ms: 1000 } : undefined;
    const outcomes = await Promise.all([applied(chain, CHAIN, 'slow'), applied(chain, CHAIN, 'quick')]);
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['served', 'unchanged'],
    );
    const names = await chain.service.recordStore(CATALOGUE).list();
    assert.equal(names.filter((name) => name.includes('unchanged')).length, 1);
  });

  it('tells a prune that was refused as a failure, and the backup stands', async () => {
    const chain = scene();
    const denied = { kind: 'throw', error: new BackupError('accessDenied', 'no') } as const;
    chain.service.interceptor = (call) =>
      call.operation === 'deleteSnapshot' ? firstCalls('deleteSnapshot', denied, 1, BACKUP)(call) : undefined;
    const outcomes: ChainOutcome[] = [];
    for (let window = 0; window < 3; window++) {
      chain.write(1, window + 1);
      outcomes.push(await applied(chain));
      chain.world.jump(12 * HOUR);
    }
    const last = outcomes.at(-1)!;
    assert.deepEqual([last.outcome, last.error?.code, last.backup?.number], ['failed', 'accessDenied', 3]);
    chain.service.interceptor = undefined;
    assert.deepEqual(await standings(chain), ['3 good', '2 good', '1 good']);
  });

  it('asks no more of a premium disk than it takes', async () => {
    const chain = scene();
    const premium = (): ChainPorts => {
      const ports = portsOf(chain, 'apply');
      const source = Object.create(ports.source) as typeof ports.source;
      source.image = (snapshot) => {
        const image = ports.source.image(snapshot);
        const properties = image.properties.bind(image);
        return Object.assign(image, { properties: async (options?: object) => ({ ...(await properties(options)), tier: 'P10' }) });
      };
      for (const name of ['createSnapshot', 'snapshots', 'deleteSnapshot'] as const) {
        Object.assign(source, { [name]: ports.source[name].bind(ports.source) });
      }
      return { ...ports, source };
    };
    const often = { ...CHAIN, rule: { ...RULE, window: { kind: 'every', ms: 60_000 } as const } };
    const run = () => applyChain(often, premium(), { world: chain.world });
    assert.equal((await run()).outcome, 'backedUp');
    chain.world.jump(5 * 60_000);
    const soon = await run();
    assert.deepEqual([soon.outcome, /one snapshot in ten minutes/.test(soon.reason)], ['notDue', true]);
    chain.world.jump(5 * 60_000);
    for (let i = liveSnapshots(chain, SOURCE).length; i < 100; i++) chain.service.foreign.snapshot(SOURCE);
    const full = await run();
    assert.deepEqual([full.outcome, full.error?.code], ['failed', 'snapshotLimit']);
    assert.equal(liveSnapshots(chain, SOURCE).length, 100);
  });
});

describe('apply, all chains', () => {
  it('a chain that another process holds is looked at again, and served by it is no failure', async () => {
    const chain = scene();
    await applied(chain);
    chain.world.jump(12 * HOUR);
    chain.write(1, 7);
    chain.service.foreign.acquireLease(BACKUP, 'somebody', 60);
    let sleeps = 0;
    const world = {
      now: () => chain.world.now(),
      random: () => chain.world.random(),
      uuid: () => chain.world.uuid(),
      sleep: async (ms: number) => {
        // Somebody else is done meanwhile.
        chain.world.jump(ms);
        if (++sleeps !== 3) return;
        chain.service.foreign.breakLease(BACKUP);
        await chain.backup({ transfer: 'relay' });
      },
    };
    const [outcome] = await all(chain, { world });
    assert.deepEqual([outcome?.outcome, sleeps], ['served', 3]);
  });

  it('goes on with a run whose process died, and tells one that stays busy', async () => {
    const chain = scene();
    await applied(chain);
    chain.world.jump(12 * HOUR);
    chain.service.foreign.acquireLease(BACKUP, 'a run that died', 60);
    assert.deepEqual(
      (await all(chain)).map(({ outcome }) => outcome),
      ['unchanged'],
    );
    chain.world.jump(12 * HOUR);
    chain.service.foreign.acquireLease(BACKUP, 'somebody', 60);
    const busy = await all(chain, { patience: 10_000 });
    assert.deepEqual([busy[0]?.outcome, busy.every(isFailure)], ['busy', true]);
  });

  it('one that fails does not stop the others; what nobody expected is a failure of its chain too', async () => {
    const chain = scene();
    const other = { ...CHAIN, source: `${SOURCE}-gone`, key: 'other' };
    const outcomes: ChainOutcome[] = [];
    await applyAll(
      [other, CHAIN],
      (each) => ({ ...portsOf(chain, 'apply'), ...(each === other && { source: chain.service.pageBlob(other.source) }) }),
      { world: chain.world, parallel: 1, patience: 0, onOutcome: async (outcome) => void outcomes.push(outcome) },
    );
    assert.deepEqual(
      outcomes.map(({ outcome, error }) => error?.code ?? outcome),
      ['blobNotFound', 'backedUp'],
    );
    chain.world.jump(12 * HOUR);
    chain.service.interceptor = firstCalls('properties', { kind: 'throw', error: new TypeError('a bug') });
    assert.deepEqual(
      (await all(chain)).map(({ error }) => error?.code),
      ['unexpected'],
    );
  });

  it('stops when it is told to', async () => {
    const chain = scene();
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(all(chain, { signal: stop.signal }), (error) => isBackupError(error, 'cancelled'));
  });

  it('reports in Markdown, trouble first, and keeps tables whole', async () => {
    const base = { chain: CHAIN, reason: 'a | b\nc', next: undefined, missed: false, warnings: [] };
    const error = new BackupError('network', 'a | b\nc');
    const text = reportText({
      now: 0,
      outcomes: [
        { ...base, outcome: 'unchanged' },
        { ...base, outcome: 'notDue' },
        { ...base, outcome: 'failed', error },
      ],
      faults: [{ what: 'x/*', error }],
      empty: ['y/*'],
    });
    assert.match(text, /\*\*2 failed\*\*\. 3 chains: 1 failed, 1 unchanged, 1 not due\./);
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    assert.match(rows[0]!, /failed .*a \\\| b c/);
    assert.equal(rows.length, 2);
  });
});

describe('the disks of a policy', () => {
  const lister = (names: Readonly<Record<string, readonly string[]>>): Lister & { readonly asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      async *containers(account) {
        asked.push(account);
        yield* Object.keys(names);
      },
      async *pageBlobs(folder) {
        asked.push(folder);
        const [, container = '', ...rest] = new URL(folder).pathname.split('/');
        if (!(container in names)) throw new BackupError('containerNotFound', `no ${container}`);
        for (const name of names[container]!) if (name.startsWith(rest.join('/'))) yield { name };
      },
    };
  };
  const policy = (...rules: Partial<ChainRule>[]) => ({ rules: rules.map((rule) => Object.assign({}, RULE, rule)) });

  it('are found by patterns, each once, without what is left out', async () => {
    const there = lister({ vhds: ['a.vhd', 'b.vhd', 'old/c.vhd'], logs: ['d.vhd'] });
    const { chains, empty, faults } = await expandPolicy(
      policy({ blobs: ['v*/**.vhd', 'vhds/old/*', 'vhds/x*'], except: ['**/b.vhd'] }),
      there,
    );
    assert.deepEqual(
      chains.map(({ source }) => source),
      ['https://disks.example/vhds/a.vhd', 'https://disks.example/vhds/old/c.vhd'],
    );
    assert.deepEqual([empty, faults], [['https://disks.example/vhds/x*'], []]);
    assert.ok(there.asked.includes('https://disks.example/vhds/old'), 'a folder is listed, not the container');
  });

  it('that would share a backup blob, or are backup blobs themselves, are not run; nor does an account that cannot be listed stop the others', async () => {
    const there = lister({ a: ['x.vhd', 'y.vhd'], b: ['x.vhd'] });
    const to = [{ account: 'https://backups.example', blob: 'backups/{name}', catalogue: undefined }];
    const { chains, faults } = await expandPolicy(
      policy(
        { blobs: ['*/*'], to },
        { blobs: ['none/*'] },
        { account: 'https://backups.example', blobs: ['backups/y.vhd'], to: [{ ...to[0]!, blob: 'again/{blob}' }] },
      ),
      there,
    );
    assert.deepEqual(
      chains.map(({ source }) => source),
      ['https://disks.example/a/y.vhd'],
    );
    assert.deepEqual(faults.map(({ what, error }) => `${new URL(what).pathname} ${error.code}`).sort(), [
      '/a/x.vhd badInput',
      '/b/x.vhd badInput',
      '/backups/y.vhd badInput',
      '/none/* containerNotFound',
    ]);
  });

  it('are each in one shard', () => {
    for (let i = 0; i < 200; i++) {
      const shards = [1, 2, 3, 4, 5].filter((index) => isInShard(`chain ${i}`, { index, count: 5 }));
      assert.equal(shards.length, 1);
    }
  });
});
