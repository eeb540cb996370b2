import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { catalogueFolder } from '../../../src/azure/catalogueFolder.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { PLAIN_RULES } from '../../support/chain/checking.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { CommandRig, diskRow } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';

let rig: CommandRig;
const shown = (): string => (user.executed.findLast(([command]) => command === 'openTextDocument')?.[2] ?? '') as string;
/** The same without what keeps Markdown from seeing marks in it. */
const plain = (): string => shown().replaceAll('\\', '');
afterEach(() => rig.close());

describe('Check This Chain', () => {
  it('shows what was found and what to do as a document, the worst first', async () => {
    rig = await CommandRig.open();
    rig.chain.write(0, 1, 4);
    await rig.chain.backup();
    rig.chain.service.facts.set('https://backups.example/backups', { hasLegalHold: true });
    await rig.run(COMMANDS.checkChain, diskRow);
    const text = shown();
    const order = ['This stops the next backup', 'legal hold', 'This is a risk', 'Soft delete is off', 'Good to know', 'Not looked at'];
    const at = order.map((words) => text.indexOf(words));
    assert.deepEqual(
      at,
      at.toSorted((a, b) => a - b),
      text,
    );
    assert.ok(
      at.every((index) => index > 0),
      text,
    );
    assert.match(text, /→ az storage account blob\\-service\\-properties update/);
  });

  it('takes the chain whose row it was called on', async () => {
    rig = await CommandRig.open();
    rig.chain.write(0, 1, 4);
    await rig.chain.backup();
    await rig.run(COMMANDS.checkChain, { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE });
    assert.match(shown(), /The chain of disk/);
  });

  it('asks Azure Resource Manager about the account of a catalogue that lies apart, and only then', async () => {
    rig = await CommandRig.open();
    rig.chain.service.addContainer('https://records.example/c');
    rig.chain.write(0, 1, 4);
    await rig.chain.backup();
    await rig.chain.backup({
      backup: rig.client.pageBlob(`${BACKUP}2`),
      catalogue: rig.client.recordStore(catalogueFolder('https://records.example/c/chains', `${BACKUP}2`)),
    });
    rig.placeOf = async (backup) => (backup === BACKUP ? undefined : 'https://records.example/c/chains');
    const asked: string[] = [];
    const rule = { name: 'tidy', blobTypes: ['blockBlob'], prefixes: ['c/chains'], tagged: false, deletes: true, archives: false };
    rig.rulesOf = async ({ endpoint, container }) => {
      asked.push(`${endpoint}/${container}`);
      return endpoint === 'https://records.example'
        ? { ...PLAIN_RULES, lifecycle: [rule], containerSoftDeleteDays: 0, unseen: ['service'] }
        : { ...PLAIN_RULES, lifecycle: [{ ...rule, name: 'elsewhere' }] };
    };
    const both = ['https://disks.example/vhds', 'https://backups.example/backups'];
    await rig.run(COMMANDS.checkChain, { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE });
    assert.deepEqual(asked.splice(0), both);
    assert.doesNotMatch(shown(), /lifecycle/);
    await rig.run(COMMANDS.checkChain, { kind: 'chain', url: `${BACKUP}2`, backup: `${BACKUP}2`, source: SOURCE });
    assert.deepEqual(asked, [...both, 'https://records.example/c']);
    const text = plain();
    assert.match(text, /- \*\*Catalogue\*\*: The lifecycle rule "tidy" deletes block blobs, and the records of the catalogue/);
    assert.match(text, /Catalogue: versioning, soft delete\. Azure Resource Manager does not show them/);
    assert.doesNotMatch(text, /elsewhere|was not asked/);
  });

  it('says why nobody knows the account of such a catalogue', async () => {
    rig = await CommandRig.open();
    rig.chain.service.addContainer('https://records.example/c');
    rig.chain.write(0, 1, 4);
    await rig.chain.backup({ catalogue: rig.client.recordStore(catalogueFolder('https://records.example/c', BACKUP)) });
    rig.placeOf = async () => 'https://records.example/c';
    rig.rulesOf = async ({ endpoint }) =>
      endpoint === 'https://records.example' ? { untold: 'Nobody showed that account.' } : PLAIN_RULES;
    await rig.run(COMMANDS.checkChain, { kind: 'chain', url: BACKUP, backup: BACKUP, source: SOURCE });
    assert.match(plain(), /- Catalogue: lifecycle rules, .*Nobody showed that account/);
  });

  it('says so where there is no chain', async () => {
    rig = await CommandRig.open();
    await rig.run(COMMANDS.checkChain, diskRow);
    assert.match(user.seen[0]!.text, /There is no backup of disk\.vhd yet/);
  });
});
