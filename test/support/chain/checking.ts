import { checkChain, type CheckRequest, type CheckResult } from '../../../src/engine/jobs/check/check.ts';
import type { AccountRules } from '../../../src/engine/surroundings.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from './memoryChain.ts';

/** Rules of an account in which nothing hurts. */
export const PLAIN_RULES: AccountRules = {
  resource: { subscription: 'sub-1', group: 'rg (old)', account: 'vault' },
  versioning: false,
  softDeleteDays: 0,
  containerSoftDeleteDays: 7,
  network: 'open',
  copyScope: undefined,
  keepsVersions: undefined,
  legalHolds: [],
  lifecycle: [],
  unseen: [],
};

/** What is found of a chain that is well. */
export const WELL = ['risk noSoftDelete', 'note neededOnSource', 'note neededOnBackup', 'note mayDeletePoints'];

/** A chain of one point. */
export async function begun(): Promise<MemoryChain> {
  const chain = new MemoryChain();
  chain.write(0, 1, 4);
  await chain.backup();
  return chain;
}

export async function check(chain: MemoryChain, more: Partial<CheckRequest> = {}): Promise<CheckResult> {
  const client = chain.service.client('check');
  const request = {
    source: client.pageBlob(SOURCE),
    backup: client.pageBlob(BACKUP),
    catalogue: client.recordStore(CATALOGUE),
    surroundings: { source: client.surroundings(SOURCE), backup: client.surroundings(BACKUP) },
    ...more,
  };
  return checkChain(request, { world: client.world });
}

/** `level code` of each finding. */
export function codes({ findings }: Pick<CheckResult, 'findings'>): string[] {
  return findings.map(({ code, level }) => `${level} ${code}`);
}
