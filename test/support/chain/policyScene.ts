import type { ChainPorts } from '../../../src/policy/apply/chainLook.ts';
import type { PolicyChain } from '../../../src/policy/apply/expand.ts';
import type { ChainRule } from '../../../src/policy/policy.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from './memoryChain.ts';

export const HOUR = 3_600_000;

/** Backs the disk of a `MemoryChain` up every twelve hours. */
export const RULE: ChainRule = {
  name: 'all',
  account: 'https://disks.example',
  blobs: ['vhds/disk.vhd'],
  except: [],
  to: [{ account: 'https://backups.example', blob: 'backups/{blob}', catalogue: undefined }],
  window: { kind: 'every', ms: 12 * HOUR },
  jitter: 0,
  retention: undefined,
  transfer: 'relay',
  proof: undefined,
  keepSourceSnapshots: 1,
};

/** The one chain of such a rule. */
export function chainOf(rule: ChainRule): PolicyChain {
  return { rule, target: rule.to[0]!, source: SOURCE, backup: BACKUP, key: `${SOURCE} ${BACKUP}` };
}

/** Its ports, in a process of that name. */
export function portsOf({ service }: MemoryChain, name = 'apply'): ChainPorts {
  const client = service.client(name);
  return { source: client.pageBlob(SOURCE), backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE) };
}
