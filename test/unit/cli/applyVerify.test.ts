import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verifyDueChains } from '../../../src/cli/commands/applyVerify.ts';
import type { People } from '../../../src/cli/people.ts';
import type { ChainPorts } from '../../../src/policy/apply/chainLook.ts';
import type { PolicyChain } from '../../../src/policy/apply/expand.ts';
import type { ChainVerification } from '../../../src/policy/apply/verifyChain.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from '../../support/chain/memoryChain.ts';
import { beforeCall } from '../../support/engine/faultPlans.ts';

const HOUR = 3_600_000;
const TARGET = { account: 'https://backups.example', blob: 'backups/{blob}', catalogue: undefined };
const RULE: PolicyChain['rule'] = {
  name: 'all',
  account: 'https://disks.example',
  blobs: ['vhds/disk.vhd'],
  except: [],
  to: [TARGET],
  window: { kind: 'every', ms: HOUR },
  jitter: 0,
  retention: undefined,
  transfer: 'relay',
  proof: undefined,
  keepSourceSnapshots: 1,
  verify: { every: 168 * HOUR, proof: 'full' },
};
const silent = { line: () => undefined, draw: () => undefined } as unknown as People;

/** Three chains with a point each, whose verification takes two hours. */
async function fleet() {
  const services = new Map<string, MemoryChain>();
  const clock = new MemoryChain().world;
  for (const key of ['a', 'b', 'c']) {
    const chain = new MemoryChain({ switches: { latency: { min: 0, max: 0 } } });
    chain.write(1, 1);
    await chain.backup({ transfer: 'relay' });
    chain.service.interceptor = beforeCall(
      ({ operation, client }) => client === 'apply' && operation === 'recordCreate',
      () => clock.jump(2 * HOUR),
    );
    services.set(key, chain);
  }
  const chains = [...services.keys()].map((key): PolicyChain => ({ rule: RULE, target: TARGET, source: SOURCE, backup: BACKUP, key }));
  const portsOf = ({ key }: PolicyChain): ChainPorts => {
    const client = services.get(key)!.service.client('apply');
    return { source: client.pageBlob(SOURCE), backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE) };
  };
  const call = async (until: number) => {
    const done: string[] = [];
    const onVerification = ({ chain, outcome }: ChainVerification): void => void done.push(`${chain.key} ${outcome}`);
    const options = { parallel: 1, until, onVerification };
    const putOff = await verifyDueChains(chains, portsOf, options, { world: clock }, { people: silent, print: async () => undefined });
    return [...done, putOff];
  };
  return { clock, call };
}

describe('verifications of apply', () => {
  it('hold the next backup up no longer than one that is under way, and still come to every chain', async () => {
    const { clock, call } = await fleet();
    assert.deepEqual(await call(clock.now() + HOUR), ['a verified', 2]);
    assert.deepEqual(await call(clock.now()), ['b verified', 1], 'however long the backups took');
    assert.deepEqual(await call(clock.now() + HOUR), ['c verified', 0]);
    assert.deepEqual(await call(clock.now()), [0]);
  });

  it('are all done where no backup waits', async () => {
    const { call } = await fleet();
    assert.deepEqual(await call(Infinity), ['a verified', 'b verified', 'c verified', 0]);
  });
});
