import { resultOf, type RunEvent } from '../../../src/engine/events.ts';
import { runVerify, type VerifyRequest, type VerifyResult } from '../../../src/engine/jobs/verify/verify.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { Switches } from '../memory/switches.ts';
import { changeDisk, chainWithOnePoint } from './chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from './memoryChain.ts';

/** Three points, and the source snapshots of all of them. */
export async function verifyScene(options: { seed?: number; switches?: Partial<Switches> } = {}): Promise<MemoryChain> {
  const chain = await chainWithOnePoint(options);
  changeDisk(chain);
  await chain.backup({ transfer: 'relay', keepSourceSnapshots: 9 });
  chain.write(2, 40);
  await chain.backup({ transfer: 'relay', keepSourceSnapshots: 9 });
  return chain;
}

export function verify(
  { service, world }: MemoryChain,
  options: Partial<VerifyRequest> = {},
  listen?: (event: RunEvent) => void,
): Promise<VerifyResult> {
  const client = service.client('verify');
  const request = {
    backup: client.pageBlob(BACKUP),
    catalogue: client.recordStore(CATALOGUE),
    source: client.pageBlob(SOURCE),
    ...options,
  };
  return resultOf(runVerify(request, { world }), listen);
}

/** What rots in the storage behind everybody's back: pages of a snapshot of the backup blob. */
export async function rot(chain: MemoryChain, number: number, page: number, bytes: Uint8Array | undefined): Promise<void> {
  const entry = (await chain.entries()).find((each) => each.number === number)!;
  const { pages } = chain.service.ledger.content(BACKUP, entry.backup.snapshot);
  pages.put({ start: page * PAGE, end: (page + 1) * PAGE }, 0, bytes);
}
