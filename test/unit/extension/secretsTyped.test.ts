import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FieldName } from '../../../src/messages/restore.ts';
import { wizardScene } from '../../support/extension/wizardScene.ts';
import { SecretHunt } from '../../support/secretHunt.ts';
import { user } from '../../support/vscode/user.ts';

const KEY = Buffer.from('a marked key that was typed into a field'.padEnd(64, '.')).toString('base64');
const SIGNATURE = 'bWFya2VkIHNpZ25hdHVyZSB0aGF0IHdhcyB0eXBlZA==';
const TYPED = [
  `https://disks.example/vhds/x.vhd?sv=2024-01-01&sp=rw&sig=${encodeURIComponent(SIGNATURE)}`,
  `x.vhd?sv=2024-01-01&sp=rw&sig=${encodeURIComponent(SIGNATURE)}`,
  `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${KEY}`,
  KEY,
];

describe('secrets that are typed or pasted into the restore page', () => {
  const scene = wizardScene();

  it('stay in their field: they are in no other text of the page, not kept, logged, recorded, copied or run', async () => {
    const hunt = new SecretHunt();
    hunt.hide('typed key', KEY);
    hunt.hide('typed SAS', SIGNATURE);
    const rig = await scene.backedUp();
    const page = await scene.wizard(rig);
    const fields: readonly FieldName[] = ['name', 'container', 'path', 'newBackup'];
    let copied = 0;
    for (const kind of ['blob', 'file'] as const) {
      await page.ask({ type: 'chooseTarget', kind });
      for (const field of fields) {
        for (const text of TYPED) {
          await page.edit(field, text);
          await rig.settle();
          const said = await page.ask({ type: 'copyCommand' });
          if (said !== undefined) copied++;
          await page.ask({ type: 'review' });
          await rig.settle();
        }
        await page.edit(field, '');
      }
    }
    // The page shows a field as it was typed, and nothing else of it.
    const shown = JSON.stringify(page.messages, (name, value: unknown) => (name === 'value' ? undefined : value));
    hunt.search('messages to the page', shown);
    hunt.search('log', rig.logged.join('\n'));
    hunt.search('notifications', JSON.stringify(user.seen));
    hunt.search('clipboard', user.clipboard.join('\n'));
    hunt.search('run records', [...rig.files.texts.values()].join('\n'));
    hunt.search('runs', JSON.stringify(rig.runs.all()));
    assert.ok(hunt.searched > 2000, `${hunt.searched} characters`);
    assert.deepEqual([...hunt.found], [], `${copied} copied`);
  });
});
