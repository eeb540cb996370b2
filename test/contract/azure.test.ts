import { startEmulator } from '../support/emulator/emulator.ts';
import type { Switches } from '../support/emulator/emulator.ts';
import { azureFixture } from './azureFixture.ts';
import { describePageBlobContract } from './pageBlob.contract.ts';
import type { ContractFixture } from './pageBlob/fixture.ts';

const SLOW_POLLS = 4;
const YEAR_MS = 365 * 24 * 3600 * 1000;

interface Endpoint {
  readonly switches?: Partial<Switches>;
  readonly signedBy: 'keys' | 'sas';
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'Azure adapter on the emulator': { signedBy: 'keys' },
  'Azure adapter on the emulator, with SAS, resizes tracked': { signedBy: 'sas', switches: { resizeTracked: true } },
  'Azure adapter on the emulator, short lists, strict leases': {
    signedBy: 'keys',
    switches: { maxResultsCap: 2, leaseGuardsSnapshots: true },
  },
};

for (const [name, endpoint] of Object.entries(ENDPOINTS)) describePageBlobContract(name, () => fixtureOf(endpoint));

async function fixtureOf({ switches, signedBy }: Endpoint): Promise<ContractFixture> {
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const emulator = await startEmulator({ clock: now, ...(switches ? { switches } : {}) });
  const [source, backup] = emulator.accounts.map(({ name }) => name);
  const connectionStrings = { source: emulator.connectionString(source!), backup: emulator.connectionString(backup!) };
  const sasOf = (account: string): string => emulator.sas(account, { permissions: 'racwdl', expiresOn: new Date(now() + YEAR_MS) });
  return azureFixture({
    connectionStrings,
    ...(signedBy === 'sas' ? { sas: { source: sasOf(source!), backup: sasOf(backup!) } } : {}),
    now,
    advance: async (ms) => void (ahead += ms),
    slowCopies: async (slow) => void (emulator.switches.copyBlob = slow ? { pendingPolls: SLOW_POLLS } : {}),
    close: () => emulator.close(),
  });
}
