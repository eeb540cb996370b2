import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { markedBackup } from '../../../src/extension/backupMark.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { CommandRig, diskRow } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';

const URL_OF_OURS = 'https://backups.blob.core.windows.net/backup/a%3Fb%20%23.vhd';

describe('the mark that leads from a disk to its backup', () => {
  it('is the URL of a blob and nothing more', () => {
    assert.equal(markedBackup({ pbb_backup: URL_OF_OURS }), URL_OF_OURS);
    for (const mark of [
      `${URL_OF_OURS}?sv=2021-12-02&sig=x`,
      `${URL_OF_OURS}?`,
      `${URL_OF_OURS}#`,
      'https://me:secret@backups.blob.core.windows.net/backup/a.vhd',
      'command:workbench.action.terminal.new',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'no URL',
      '',
    ])
      assert.equal(markedBackup({ pbb_backup: mark }), undefined, mark);
    assert.equal(markedBackup({}), undefined);
  });
});

describe('a mark that somebody else has set', () => {
  let rig: CommandRig;
  afterEach(() => rig.close());

  it('sends no backup to a place that brings its own access: the user is asked where to', async () => {
    rig = await CommandRig.open();
    await rig.chain.service
      .client('foreign')
      .pageBlob(SOURCE)
      .createSnapshot({ pbb_backup: `${BACKUP}?sv=1&sig=x` });
    await rig.run(COMMANDS.backUp, diskRow);
    assert.match(user.seen[0]?.text ?? '', /Storage account for the backups of/);
    assert.deepEqual(rig.runs.all(), []);
  });
});
