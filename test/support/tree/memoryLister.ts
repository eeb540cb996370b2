import type { Lister } from '../../../src/policy/apply/expand.ts';
import type { MemoryService } from '../memory/memoryService.ts';

/** Lists page blobs of the service in memory, for the patterns of policies. @param containers names, by endpoint */
export function memoryLister(service: MemoryService, containers: Readonly<Record<string, readonly string[]>>): Lister {
  return {
    async *containers(account) {
      yield* containers[account] ?? [];
    },
    async *pageBlobs(folder) {
      const { origin, pathname } = new URL(folder);
      const container = `${origin}/${pathname.split('/')[1]}`;
      for (const [url, { kind }] of service.ledger.containerOf(container)) {
        if (kind === 'page' && url.startsWith(`${folder}/`)) yield { name: url.slice(container.length + 1) };
      }
    },
  };
}
