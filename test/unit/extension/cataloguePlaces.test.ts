import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { catalogueFolder } from '../../../src/azure/catalogueFolder.ts';
import { listPoints } from '../../../src/engine/jobs/points/points.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import type { RunRecord } from '../../../src/extension/runs/run.ts';
import type { CataloguePlaces } from '../../../src/extension/schedule/cataloguePlaces.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../../support/chain/memoryChain.ts';
import { CommandRig } from '../../support/extension/commandRig.ts';
import { FILE } from '../../support/extension/scheduleRig.ts';
import { DISKS, textOf, TreeRig } from '../../support/tree/treeRig.ts';
import { policyFolder } from '../../support/vscode/policyFolder.ts';
import { user } from '../../support/vscode/user.ts';

/** Below this folder of the disks' account, since a premium account takes no records. */
const PLACE = 'https://disks.example/catalogues/premium';
const ELSEWHERE = catalogueFolder(PLACE, BACKUP);

function policyOf(...targets: string[]): string {
  const to = targets.map((target) => `      - ${target}`);
  return [
    'version: 1',
    'defaults: { window: 12h, retention: { last: 2 } }',
    'chains:',
    '  - account: https://disks.example',
    "    blobs: 'vhds/*'",
    '    to:',
    ...to,
    '',
  ].join('\n');
}
const inPlace = (blob: string, place = PLACE): string => `{ account: https://backups.example, blob: '${blob}', catalogue: '${place}' }`;
const beside = (blob: string): string => `{ account: https://backups.example, blob: '${blob}' }`;

let runs: RunRecord[] = [];
let places: CataloguePlaces;
beforeEach(async () => {
  policyFolder.reset();
  user.reset();
  runs = [];
  await import('../../support/vscode/register.ts');
  const { CataloguePlaces: Places } = await import('../../../src/extension/schedule/cataloguePlaces.ts');
  const { PolicyFiles } = await import('../../../src/extension/schedule/policyFiles.ts');
  places = new Places({ files: new PolicyFiles(), runs: () => runs, endpoints: () => [] });
});
afterEach(() => places.dispose());

function ran(backup: string, catalogue: string | undefined, startedAt: number): RunRecord {
  const schedule = { policy: FILE, ...(catalogue !== undefined && { catalogue }) };
  return { startedAt, spec: { job: 'backup', source: SOURCE, backup, full: false, adopt: false, schedule } } as RunRecord;
}

describe('the place of a catalogue', () => {
  it('is what a policy of the workspace says, switched on or not, by the name of the backup blob', async () => {
    policyFolder.texts.set(FILE, policyOf(inPlace('backups/{blob}'), beside('others/{container}/{blob}')));
    assert.equal(await places.of(BACKUP), PLACE);
    assert.equal(await places.of('https://backups.example/backups/a/b%20c.vhd'), PLACE);
    assert.equal(await places.of('https://backups.example/others/vhds/disk.vhd'), undefined);
    assert.equal(await places.of('https://elsewhere.example/backups/disk.vhd'), undefined);
  });

  it('is told apart by the disks that a rule is about, and is beside the blob where two policies say otherwise', async () => {
    policyFolder.texts.set(
      FILE,
      policyOf(inPlace('b/{account}/{container}/{blob}'), inPlace('b/{name}.x'), inPlace('b/{name}', `${PLACE}2`)),
    );
    assert.equal(await places.of('https://backups.example/b/disks/vhds/disk.vhd'), PLACE);
    assert.equal(await places.of('https://backups.example/b/other/vhds/disk.vhd'), undefined);
    assert.equal(await places.of('https://backups.example/b/disks/iso/disk.vhd'), undefined);
    assert.equal(await places.of('https://backups.example/b/disk'), `${PLACE}2`);
    assert.equal(await places.of('https://backups.example/b/disk.x'), undefined);
  });

  it('follows the files, and is not asked of a folder that is not trusted', async () => {
    assert.equal(await places.of(BACKUP), undefined);
    policyFolder.write(FILE, policyOf(inPlace('backups/{blob}')));
    assert.equal(await places.of(BACKUP), PLACE);
    policyFolder.isTrusted = false;
    assert.equal(await places.of(BACKUP), undefined);
    policyFolder.grantTrust();
    assert.equal(await places.of(BACKUP), PLACE);
    policyFolder.write(FILE, 'version: 2');
    assert.equal(await places.of(BACKUP), undefined);
  });

  it('is that of the youngest run of a policy where no policy of the workspace speaks of the blob', async () => {
    runs = [ran(BACKUP, `${PLACE}/old`, 1), ran(BACKUP, PLACE, 2), ran(`${BACKUP}2`, `${PLACE}/other`, 3)];
    assert.equal(await places.of(BACKUP), PLACE);
    runs.push(ran(BACKUP, undefined, 4));
    assert.equal(await places.of(BACKUP), undefined);
    runs.pop();
    policyFolder.write(FILE, policyOf(beside('backups/{blob}')));
    assert.equal(await places.of(BACKUP), undefined, 'the policy is younger than any run');
  });

  it('is not guessed where the policies cannot be listed, and asked for again', async () => {
    let isBroken = true;
    const { PolicyFiles } = await import('../../../src/extension/schedule/policyFiles.ts');
    const { CataloguePlaces: Places } = await import('../../../src/extension/schedule/cataloguePlaces.ts');
    const real = new PolicyFiles();
    const find = (): ReturnType<typeof real.find> => (isBroken ? Promise.reject(new Error('No list.')) : real.find());
    const asked = new Places({
      files: { find, read: (uri) => real.read(uri), onDidChange: real.onDidChange },
      runs: () => [],
      endpoints: () => [],
    });
    policyFolder.write(FILE, policyOf(inPlace('backups/{blob}')));
    await assert.rejects(asked.of(BACKUP), /No list/);
    isBroken = false;
    assert.equal(await asked.of(BACKUP), PLACE);
    asked.dispose();
  });

  it('leads back to the backup blob', async () => {
    const found = ELSEWHERE.replace(/\.chain$/, '');
    assert.equal(await places.backupOf(found), found);
    runs = [ran(BACKUP, PLACE, 1)];
    assert.equal(await places.backupOf(found), BACKUP);
    runs = [];
    policyFolder.write(FILE, policyOf(inPlace('backups/{blob}')));
    assert.equal(await places.backupOf(found), BACKUP);
    assert.equal(await places.backupOf(BACKUP), BACKUP);
    assert.deepEqual(await places.placesFor('https://backups.example'), [{ account: 'https://disks.example', container: 'catalogues' }]);
    assert.deepEqual(await places.placesFor('https://disks.example'), []);
    assert.equal(await places.backupOf(`${PLACE}/strange.example/x`), `${PLACE}/strange.example/x`);
  });
});

/** So many points whose records lie elsewhere. */
async function chained(chain: MemoryChain, points: number): Promise<void> {
  chain.service.addContainer('https://disks.example/catalogues');
  const catalogue = chain.service.client('other').recordStore(ELSEWHERE);
  for (let i = 0; i < points; i++) {
    chain.write(i, i + 1);
    await chain.backup({ catalogue });
  }
}

describe('commands on a chain whose catalogue lies elsewhere', () => {
  let rig: CommandRig;
  afterEach(() => rig.close());
  beforeEach(async () => {
    rig = await CommandRig.open();
    await chained(rig.chain, 4);
    policyFolder.texts.set(FILE, policyOf(inPlace('backups/{blob}')));
    rig.placeOf = (backup) => places.of(backup);
    rig.places = () => places;
  });

  async function numbers(): Promise<string[]> {
    const { backup } = rig.chain.request();
    const { points } = await listPoints({ backup, catalogue: rig.client.recordStore(ELSEWHERE) }, { world: rig.chain.world });
    return points.map(({ entry, isHeld }) => `${entry.number}${isHeld ? '*' : ''}`);
  }
  const pointRow = async (number: number): Promise<object> => {
    const { backup } = rig.chain.request();
    const { points } = await listPoints({ backup, catalogue: rig.client.recordStore(ELSEWHERE) }, { world: rig.chain.world });
    const { entry } = points.find((point) => point.entry.number === number)!;
    const url = `${BACKUP}?snapshot=${entry.backup.snapshot}`;
    return { kind: 'point', url, backup: BACKUP, source: SOURCE, point: { entry: { number }, state: 'good' } };
  };

  it('hold and prune its points there, and write nothing beside the blob', async () => {
    await rig.run(COMMANDS.holdPoint, await pointRow(1));
    assert.deepEqual(await numbers(), ['4', '3', '2', '1*']);
    user.answers(/Which recovery points stay/, 'last 2');
    user.answers(/Delete 1 point/, 'Delete 1 Point');
    await rig.run(COMMANDS.prune, { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE });
    assert.deepEqual(await numbers(), ['4', '3', '1*']);
    await rig.run(COMMANDS.releaseHold, await pointRow(1));
    assert.deepEqual(await numbers(), ['4', '3', '1']);
    assert.deepEqual(await rig.client.recordStore(CATALOGUE).list(), []);
  });

  const placeRow = (account: string, name?: string): object => {
    const at = { id: account, name: account, endpoint: `https://${account}.example` };
    return name === undefined ? { kind: 'account', account: at } : { kind: 'container', account: at, name };
  };

  for (const [what, row] of Object.entries({
    'the account of the backup blob': placeRow('backups'),
    'its container': placeRow('backups', 'backups'),
    'the account of the catalogue': placeRow('disks'),
    'the container of the catalogue': placeRow('disks', 'catalogues'),
  }))
    it(`verify it in ${what}`, async () => {
      rig.containers['https://disks.example'] = ['vhds', 'catalogues'];
      await rig.run(COMMANDS.verifyAll, row);
      assert.match(rig.runs.all()[0]!.outcome!, /^No fault was found in 1 backup of \w+: \d+ KiB compared with the disks\.$/);
    });

  it('verify none of them in another container of its account, and tell of a place of catalogues that cannot be listed', async () => {
    rig.chain.service.addContainer('https://backups.example/others');
    await rig.run(COMMANDS.verifyAll, placeRow('backups', 'others'));
    assert.match(rig.runs.all()[0]!.outcome!, /There are no backups in https:\/\/backups\.example\/others\. Nothing was verified\./);
    policyFolder.write(FILE, policyOf(inPlace('backups/{blob}', 'https://disks.example/gone')));
    await rig.run(COMMANDS.verifyAll, placeRow('backups'));
    assert.match(user.seen.at(-1)!.text, /^gone could not be verified: /);
  });

  it('begin no second catalogue when the disk is backed up by hand', async () => {
    rig.chain.write(9, 9);
    const { state, outcome } = await rig.runs.start({ job: 'backup', source: SOURCE, backup: BACKUP, full: false, adopt: false });
    assert.equal(state, 'done', outcome);
    assert.deepEqual(await numbers(), ['5', '4', '3', '2', '1']);
    assert.deepEqual(await rig.client.recordStore(CATALOGUE).list(), []);
  });
});

describe('the trees', () => {
  it('show a chain whose catalogue lies elsewhere, at its backup blob', async () => {
    const rig = new TreeRig();
    await chained(rig.chain, 2);
    policyFolder.texts.set(FILE, policyOf(inPlace('backups/{blob}')));
    rig.places = places;
    rig.containers[DISKS] = ['vhds', 'catalogues'];
    await rig.open();
    assert.deepEqual(await rig.texts(undefined, rig.trees.providers.chains), ['disk.vhd — → backups · backed up just now · 2 points']);
    const [chain] = await rig.rows(undefined, rig.trees.providers.chains);
    assert.ok(chain!.kind === 'chain');
    assert.equal(chain.backup, BACKUP);
    assert.equal((await rig.rows(chain, rig.trees.providers.chains)).length, 2);
    await rig.row('backups', 'disk.vhd');
    await rig.settle();
    assert.match(textOf(await rig.row('backups', 'disk.vhd')), /backup of disk\.vhd/);
  });
});
