import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startFakeArm, type FakeAccount, type FakeArm } from '../support/arm/fakeArm.ts';
import { HOME_TENANT } from '../support/arm/tokens.ts';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { signedInWith } from '../support/fakeAz.ts';
import { makeDisk, newContainer, startTwoAccounts, type TwoAccounts } from '../support/twoAccounts.ts';
import { TEST_CERTIFICATE } from '../unit/azure/selfSigned.ts';

const GIB = 1024 ** 3;
/** The account that holds nothing but a catalogue. */
const RECORDS = 'rulesrecords';
interface Told {
  readonly code: string;
  readonly level: string;
  readonly place: string;
  readonly text: string;
  readonly remedy?: string;
}
interface Dark {
  readonly what: string;
  readonly place: string;
  readonly reason: string;
}

/** `check` of the command line, with an Azure Resource Manager over HTTPS and an Azure CLI that is signed in. */
describe('check, told by Azure Resource Manager', () => {
  let two: TwoAccounts;
  let arm: FakeArm;
  let folder: string;
  let signedIn: Readonly<Record<string, string>>;
  let disk: string;
  let backup: string;

  before(async () => {
    const key = Buffer.from('key of three accounts').toString('base64');
    two = await startTwoAccounts({ accounts: ['rulesdisks', 'rulesbackups', RECORDS].map((name) => ({ name, key })) });
    arm = await startFakeArm([]);
    folder = await mkdtemp(join(tmpdir(), 'pbb-rules-'));
    const claims = { aud: arm.audience, tid: HOME_TENANT, user: 'ada', exp: Math.floor(Date.now() / 1000) + 3600, serial: 1 };
    const token = ['{"alg":"none"}', JSON.stringify(claims), 'test'].map((part) => Buffer.from(part).toString('base64url')).join('.');
    const certificate = join(folder, 'certificate.pem');
    await writeFile(certificate, TEST_CERTIFICATE);
    signedIn = { ...two.env, ...(await signedInWith(token, folder)), NODE_EXTRA_CA_CERTS: certificate };
    disk = (await makeDisk(two.disks, 'web.vhd', 1024 * 1024, [{ offset: 0, length: 4096, fill: 1 }])).url;
    backup = two.backups.getPageBlobClient('web.vhd').url;
    const made = await runCliProcess(['backup', disk, backup], { env: two.env });
    assert.equal(made.status, 0, made.stderr);
  });
  after(async () => {
    await arm.close();
    await two.close();
    await rm(folder, { recursive: true });
  });

  const account = (name: string, rules: FakeAccount['rules']): FakeAccount => ({
    name,
    endpoint: two.emulator.blobEndpoint(name),
    ...(rules && { rules }),
  });
  function shows(ofDisk: FakeAccount['rules'], ofBackup: FakeAccount['rules'], ofRecords?: FakeAccount['rules']): void {
    const accounts = [account(two.diskAccount, ofDisk), account(two.backupAccount, ofBackup), account(RECORDS, ofRecords)];
    const subscription = { id: 'sub-1', name: 'Disks', accounts };
    arm.tenants.splice(0, 9, {
      id: HOME_TENANT,
      name: 'Contoso',
      subscriptions: [
        { id: 'sub-0', name: 'Empty', accounts: [] },
        { id: 'sub-x', name: 'Closed', accounts: [], denies: true },
        subscription,
      ],
    });
  }
  const check = (...more: string[]): Promise<CliRun> =>
    runCliProcess(['check', disk, backup, '--json', '--resource-manager', arm.url, ...more], { env: signedIn });
  const told = ({ last }: CliRun): Told[] => last['findings'] as Told[];
  const dark = ({ last }: CliRun): Dark[] => last['unseen'] as Dark[];

  it('finds the account in the subscriptions of the sign-in, and each thing with its command', async () => {
    const rule = {
      name: 'tidy',
      type: 'Lifecycle',
      enabled: true,
      definition: {
        actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } },
        filters: { blobTypes: ['blockBlob'], prefixMatch: ['backups/web'] },
      },
    };
    const policy = { immutabilityPeriodSinceCreationInDays: 30, state: 'Unlocked' };
    shows(
      { versioning: true, publicNetworkAccess: 'Disabled' },
      {
        copyScope: 'AAD',
        defaultAction: 'Deny',
        lifecycle: [rule],
        softDeleteDays: 7,
        containers: { backups: { immutableStorageWithVersioning: { enabled: true }, immutabilityPolicy: { properties: policy } } },
      },
    );
    const checked = await check();
    assert.equal(checked.status, 0, checked.stderr);
    const found = told(checked).filter(({ code }) => !/^needed|^may|^noSoftDelete$/.test(code));
    assert.deepEqual(
      found.map(({ level, place, code }) => `${level} ${place} ${code}`),
      [
        'risk catalogue lifecycleRule',
        'risk backup noContainerSoftDelete',
        'risk backup keptVersions',
        'note source firewall',
        'note source versioning',
        'note backup firewall',
        'note backup copyScope',
      ],
    );
    for (const { code, place, remedy = '' } of found) {
      if (code === 'copyScope') continue;
      const name = place === 'source' ? two.diskAccount : two.backupAccount;
      assert.match(remedy, new RegExp(`az storage .* --(?:account-)?name ${name} --resource-group rg --subscription sub-1`), code);
    }
    assert.deepEqual(dark(checked), []);
    assert.ok(
      arm.requests.every((request) => request.startsWith('GET ') && !/keys/i.test(request)),
      'it only reads, and never keys',
    );
  });

  it('asks about the account of a catalogue that lies apart too', async () => {
    const { emulator } = two;
    const place = (await newContainer(emulator, RECORDS, 'records')).url;
    const other = two.backups.getPageBlobClient('apart.vhd').url;
    const env = { ...signedIn, AZURE_STORAGE_CONNECTION_STRING_C: emulator.connectionString(RECORDS) };
    const made = await runCliProcess(['backup', disk, other, '--catalogue', place], { env });
    assert.equal(made.status, 0, made.stderr);
    const rule = {
      name: 'tidy',
      type: 'Lifecycle',
      enabled: true,
      definition: {
        actions: { baseBlob: { tierToArchive: { daysAfterModificationGreaterThan: 30 } } },
        filters: { blobTypes: ['blockBlob'] },
      },
    };
    const apart = (): Promise<CliRun> =>
      runCliProcess(['check', disk, other, '--catalogue', place, '--json', '--resource-manager', arm.url], { env });
    const ofCatalogue = (ended: CliRun): Told[] => told(ended).filter((one) => one.place === 'catalogue');
    shows({}, {}, { lifecycle: [rule], defaultAction: 'Deny' });
    const checked = await apart();
    assert.equal(checked.status, 0, checked.stderr);
    assert.deepEqual(
      ofCatalogue(checked).map(({ level, code }) => `${level} ${code}`),
      ['risk lifecycleRule', 'risk noContainerSoftDelete', 'note firewall'],
    );
    assert.match(ofCatalogue(checked)[0]!.text, /"tidy" archives block blobs, and the records of the catalogue .* are some/);
    for (const { remedy = '' } of ofCatalogue(checked)) assert.match(remedy, new RegExp(`--account-name ${RECORDS} --resource-group rg`));
    assert.deepEqual(dark(checked), []);
    shows({}, {}, { refuses: ['managementPolicies'] });
    assert.deepEqual(
      dark(await apart()).map((one) => `${one.place}: ${one.what}`),
      ['catalogue: lifecycle rules'],
    );
  });

  it('says exactly what it was not shown', async () => {
    shows({ refuses: ['managementPolicies'] }, { refuses: ['blobServices', 'containers'], containerSoftDeleteDays: 0 });
    const refused = await check();
    assert.deepEqual(
      dark(refused).map(({ place, what }) => `${place}: ${what}`),
      ['source: lifecycle rules', 'backup: versioning, soft delete', 'backup: immutability of the container'],
    );
    assert.ok(told(refused).every(({ code }) => code !== 'noContainerSoftDelete'));
    assert.match(dark(refused)[0]!.reason, /"Reader"/);
  });

  it('says why it was not told: no account, no subscription, no sign-in, no cloud', async () => {
    arm.tenants.splice(0, 9, { id: HOME_TENANT, name: 'Contoso', subscriptions: [{ id: 'sub-0', name: 'Empty', accounts: [] }] });
    const reasons = async (run: Promise<CliRun>, place = 'source'): Promise<string> => {
      const ended = await run;
      assert.equal(ended.status, 0, ended.stderr);
      return dark(ended)
        .filter((one) => one.what.startsWith('lifecycle rules') && one.place === place)
        .map(({ reason }) => reason)
        .join('\n');
    };
    assert.match(await reasons(check()), /The subscription does not show this account to this sign-in.*"Reader".*--subscription <id>/);
    shows({}, {});
    arm.requests.length = 0;
    assert.equal(await reasons(check('--subscription', 'sub-1')), '');
    assert.ok(
      arm.requests.every((request) => request.startsWith('GET /subscriptions/sub-1/')),
      'no other subscription is looked at',
    );
    assert.match(await reasons(check('--subscription', 'sub-x')), /does not show this account.*may not list the storage accounts/);
    const nobody = { ...two.env, NODE_EXTRA_CA_CERTS: signedIn['NODE_EXTRA_CA_CERTS']!, AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' };
    const unsigned = runCliProcess(['check', disk, backup, '--json', '--resource-manager', arm.url], { env: nobody });
    assert.match(await reasons(unsigned), /could not be asked\. Nobody is signed in.*az login/);
    assert.match(
      await reasons(runCliProcess(['check', disk, backup, '--json'], { env: signedIn })),
      /none of the clouds of Azure.*--resource-manager/,
    );
  });

  it('shows its token to nobody but an https address without a query', async () => {
    for (const url of ['http://127.0.0.1:1', 'arm.example', `${arm.url}?x=1`]) {
      const refused = await runCliProcess(['check', disk, backup, '--resource-manager', url], { env: signedIn });
      assert.equal(refused.status, 2, refused.stderr);
      assert.match(refused.stderr, /must be an https URL without a query/);
    }
  });
});

describe('a tier of a premium account', () => {
  const key = Buffer.from('premium key').toString('base64');
  let two: TwoAccounts;
  let env: Readonly<Record<string, string>>;
  const run = (...args: string[]): Promise<CliRun> => runCliProcess([...args, '--json'], { env });

  before(async () => {
    const accounts = [
      { name: 'standarddisks', key },
      { name: 'premiumvault', key, premium: true },
    ];
    two = await startTwoAccounts({ accounts });
    env = two.env;
  });
  after(() => two.close());

  it('that is too small for the disk is found by check, and refused by copy and restore before anything is made', async () => {
    const records = (await newContainer(two.emulator, two.diskAccount, 'records')).url;
    const disk = await makeDisk(two.disks, 'grown.vhd', GIB, [{ offset: 0, length: 4096, fill: 1 }]);
    const backup = two.backups.getPageBlobClient('grown.vhd');
    await backup.create(GIB, { tier: 'P4', metadata: {} });
    const check = async (): Promise<Told[]> =>
      ((await run('check', disk.url, backup.url, '--catalogue', records)).last['findings'] as Told[]).filter(
        ({ code }) => code === 'tierTooSmall',
      );
    assert.deepEqual(await check(), []);
    await disk.resize(40 * GIB);
    const [found] = await check();
    assert.equal(found?.level, 'stops');
    assert.equal(
      found.remedy,
      'az storage blob set-tier --account-name premiumvault --container-name backups --name grown.vhd --type page --tier P6 --auth-mode login',
    );

    const snapshot = await disk.createSnapshot();
    const target = two.backups.getPageBlobClient('copy.vhd');
    const refused = await run('copy', `${disk.url}?snapshot=${snapshot.snapshot}`, target.url, '--tier', 'P4');
    assert.equal(refused.status, 9, refused.stderr);
    assert.match(refused.stderr, /The tier P4 is too small for .*copy\.vhd: the disk has 40 GiB\..*Nothing was changed\..*P6/s);
    assert.equal(await target.exists(), false);
  });
});
