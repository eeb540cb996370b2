import { MemoryService } from '../support/memory/memoryService.ts';
import type { Switches } from '../support/memory/switches.ts';
import { describePageBlobContract } from './pageBlob.contract.ts';
import type { ContractFixture } from './pageBlob/fixture.ts';

const CONTAINER = { source: 'https://disks.example/vhds', backup: 'https://safe.example/backups' } as const;
const SLOW_POLLS = 4;

/** The kinds of endpoint that the memory service can be; the contract holds on each. */
const ENDPOINTS: Readonly<Record<string, Partial<Switches>>> = {
  'memory service': {},
  'memory service, small windows, resizes not tracked': { windowSize: 2, windowBytes: 5 * 512, snapshotsPerPage: 2, resizeTracked: false },
  'memory service, one range a window, answers at once': { windowSize: 1, snapshotsPerPage: 1, latency: { min: 0, max: 0 } },
  'memory service, strict leases, calls overtake each other': { snapshotDeletion: 'needsLease', latency: { min: 0, max: 900 } },
};

for (const [name, switches] of Object.entries(ENDPOINTS)) describePageBlobContract(name, async () => fixtureOf(switches));

function fixtureOf(switches: Partial<Switches>): ContractFixture {
  const service = new MemoryService({ switches, containers: Object.values(CONTAINER) });
  const client = service.client('contract');
  return {
    blob: (account, name) => client.pageBlob(`${CONTAINER[account]}/${name}`),
    blobInAbsentContainer: () => client.pageBlob('https://disks.example/absent/disk'),
    records: (name) => client.recordStore(`${CONTAINER.backup}/${name}`),
    recordsInAbsentContainer: () => client.recordStore('https://safe.example/absent/disk.chain'),
    surroundings: (account) =>
      client.surroundings(account === 'absent' ? 'https://disks.example/absent/disk' : `${CONTAINER[account]}/disk`),
    foreign: {
      putBlobOver: async (url, length) => service.foreign.putBlobOver(url, length),
      createBlockBlob: async (url, text) => service.foreign.createBlockBlob(url, text),
      deleteBlob: async (url) => service.foreign.deleteBlob(url),
      breakLease: async (url) => service.foreign.breakLease(url),
    },
    advance: (ms) => service.world.sleep(ms),
    slowCopies: async (slow) => void (service.switches.copyPolls = slow ? SLOW_POLLS : 0),
    close: async () => undefined,
  };
}
