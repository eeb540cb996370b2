import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { COMMANDS } from '../../../src/extension/names.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { CommandRig, diskRow } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';

let rig: CommandRig;
const shown = (): string => (user.executed.findLast(([command]) => command === 'openTextDocument')?.[2] ?? '') as string;
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

  it('says so where there is no chain', async () => {
    rig = await CommandRig.open();
    await rig.run(COMMANDS.checkChain, diskRow);
    assert.match(user.seen[0]!.text, /There is no backup of disk\.vhd yet/);
  });
});
