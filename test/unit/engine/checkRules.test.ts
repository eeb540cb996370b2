import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError } from '../../../src/engine/errors.ts';
import type { CheckResult } from '../../../src/engine/jobs/check/check.ts';
import type { AccountRules, LifecycleRule } from '../../../src/engine/surroundings.ts';
import { BACKUP, MemoryChain, SOURCE } from '../../support/chain/memoryChain.ts';
import { begun, check, codes, PLAIN_RULES, WELL } from '../../support/chain/checking.ts';

const BACKUPS = 'https://backups.example';
const GIB = 1024 ** 3;
/** How `az` finds the account of the tests. */
const AZ = "--account-name vault --resource-group 'rg (old)' --subscription sub-1";
const AZ_ITSELF = AZ.replace('--account-name', '--name');

describe('what Azure Resource Manager tells of a chain’s accounts', () => {
  it('is found with the command that mends it, filled in', async () => {
    const chain = await begun();
    const says = async (more: Partial<AccountRules>, ...wanted: string[]): Promise<void> => {
      const { findings } = await check(chain, { rules: { backup: { ...PLAIN_RULES, ...more } } });
      const all = findings.map(({ code, level, remedy }) => `${level} ${code}: ${remedy}`).join('\n');
      for (const text of wanted) assert.ok(all.includes(text), `${text}\n${all}`);
    };
    assert.deepEqual(codes(await check(chain, { rules: { backup: PLAIN_RULES } })), WELL);
    await says({}, `risk noSoftDelete: az storage account blob-service-properties update ${AZ} --enable-delete-retention true`);
    await says({ versioning: true }, `note versioning: az storage account blob-service-properties update ${AZ} --enable-versioning false`);
    await says({ network: 'restricted' }, `note firewall: az storage account network-rule add ${AZ} --ip-address`, '--transfer relay');
    await says({ network: 'closed' }, 'note firewall', `az storage account update ${AZ_ITSELF} --public-network-access Enabled`);
    await says({ copyScope: 'AAD' }, 'note copyScope', '> Permitted scope for copy operations >');
    await says({ containerSoftDeleteDays: 0 }, 'risk noContainerSoftDelete', `update ${AZ} --enable-container-delete-retention true`);
    const kept = { by: 'account', days: 30, locked: false } as const;
    await says({ keepsVersions: kept }, `risk keptVersions: az storage account update ${AZ_ITSELF} --immutability-state Disabled`);
    await says({ keepsVersions: { ...kept, by: 'container' } }, `immutability-policy delete ${AZ} --container-name backups`);
    await says({ keepsVersions: { ...kept, locked: true } }, 'nobody can take it back');
    chain.service.facts.set(`${BACKUPS}/backups`, { hasLegalHold: true });
    const clear = `az storage container legal-hold clear ${AZ} --container-name backups --tags case7 'a b'`;
    await says({ legalHolds: ['case7', 'a b'] }, `stops legalHold: ${clear}`);
  });

  it('of the disk’s account is found as far as it hurts there', async () => {
    const rules: AccountRules = {
      ...PLAIN_RULES,
      versioning: true,
      copyScope: 'PrivateLink',
      containerSoftDeleteDays: 0,
      keepsVersions: { by: 'container', days: 1, locked: false },
    };
    const { findings } = await check(await begun(), { rules: { source: rules } });
    const ours = findings.filter(({ place, code }) => place === 'source' && code !== 'neededOnSource');
    assert.deepEqual(codes({ findings: ours }), ['risk keptVersions', 'note versioning', 'note copyScope']);
  });

  it('of the account of a catalogue that lies apart is found, and only what hurts records', async () => {
    const chain = await begun();
    chain.service.addContainer('https://records.example/c');
    const catalogue = chain.service.client('elsewhere').recordStore('https://records.example/c/x.chain');
    const rule: LifecycleRule = { name: 'r', blobTypes: ['blockBlob'], prefixes: [], tagged: false, deletes: true, archives: false };
    const apart = async (prefixes: readonly string[]): Promise<string[]> => {
      const rules = { ...PLAIN_RULES, lifecycle: [{ ...rule, prefixes }], versioning: true, copyScope: 'AAD' } as const;
      const { findings } = await check(chain, { catalogue, rules: { backup: rules, catalogue: rules } });
      return findings.filter(({ place }) => place === 'catalogue').map(({ code }) => code);
    };
    assert.deepEqual(await apart(['c/x']), ['lifecycleRule']);
    assert.deepEqual(await apart(['backups']), []);
    for (const network of ['restricted', 'closed'] as const) {
      const { findings } = await check(chain, { catalogue, rules: { backup: PLAIN_RULES, catalogue: { ...PLAIN_RULES, network } } });
      const [shut, ...more] = findings.filter(({ code }) => code === 'firewall');
      assert.deepEqual([shut?.place, more.length], ['catalogue', 0]);
      assert.doesNotMatch(`${shut!.text} ${shut!.remedy}`, /pages|--transfer/, 'no page lies there');
    }
    const dark = (await check(chain, { catalogue, rules: { backup: PLAIN_RULES, source: PLAIN_RULES } })).unseen;
    assert.deepEqual(
      dark.filter(({ what }) => what.startsWith('lifecycle')).map(({ place }) => place),
      ['catalogue'],
    );
  });

  it('stands in for what the sign-in may not see, and what it may not see either is said', async () => {
    const chain = await begun();
    chain.service.interceptor = ({ operation }) =>
      operation === 'serviceFacts' ? { kind: 'throw', error: new BackupError('accessDenied', 'No access.') } : undefined;
    const dark = ({ unseen }: CheckResult): string[] => unseen.map(({ place, what }) => `${place}: ${what}`);
    const off = await check(chain, { rules: { source: { ...PLAIN_RULES, softDeleteDays: 3 }, backup: PLAIN_RULES } });
    assert.deepEqual(dark(off), []);
    assert.deepEqual(
      codes(off).filter((code) => /SoftDelete/i.test(code)),
      ['risk noSoftDelete', 'note sourceSoftDelete'],
    );
    const on = await check(chain, { rules: { backup: { ...PLAIN_RULES, softDeleteDays: 14 }, source: { untold: 'It is closed.' } } });
    assert.ok(!codes(on).includes('risk noSoftDelete'));
    assert.ok(on.unseen.some(({ reason }) => reason === 'It is closed.'));
    const unseen = ['service', 'container', 'lifecycle'] as const;
    const refused = await check(chain, { rules: { backup: { ...PLAIN_RULES, containerSoftDeleteDays: 0, unseen } } });
    assert.ok(!codes(refused).some((code) => /SoftDelete/.test(code)), 'nothing is said of what was not seen');
    assert.deepEqual(
      dark(refused).filter((text) => text.startsWith('backup')),
      ['backup: soft delete', 'backup: versioning, soft delete', 'backup: immutability of the container', 'backup: lifecycle rules'],
    );
  });
});

describe('the tier of a backup blob', () => {
  it('that does not hold the disk is found, with the one that does', async () => {
    const tierOf = async (length: number, tier: string | undefined): Promise<string[]> => {
      const chain = await begun();
      chain.service.ledger.pageBlob(BACKUP).tier = tier;
      chain.service.ledger.pageBlob(SOURCE).length = length;
      return (await check(chain)).findings.filter(({ code }) => code === 'tierTooSmall').map(({ level, remedy }) => `${level} ${remedy}`);
    };
    assert.deepEqual(await tierOf(128 * GIB + 1024, 'P10'), [
      'stops az storage blob set-tier --account-name backups --container-name backups --name disk.vhd --type page --tier P15 --auth-mode login',
    ]);
    assert.deepEqual(await tierOf(128 * GIB + 512, 'P10'), [], 'the footer of a VHD is left to the service');
    assert.deepEqual(await tierOf(4096 * GIB, 'P80'), [], 'a tier that is not known is left to the service');
    assert.deepEqual(await tierOf(4096 * GIB, undefined), [], 'standard accounts have no tiers');
  });

  it('is looked at where there is a blob', async () => {
    assert.ok((await check(new MemoryChain())).findings.every(({ code }) => code !== 'tierTooSmall'));
  });
});
