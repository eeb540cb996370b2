import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runCliProcess } from '../support/cliProcess.ts';
import { makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const ODD = "my disk (1)'s ü & $root.vhd";

describe('restore --continue-chain on the command line', () => {
  let two: TwoAccounts;
  before(async () => void (two = await startTwoAccounts()));
  after(() => two.close());
  const run = (...args: string[]) => runCliProcess([...args, '--json'], { env: two.env });

  it('tells the next backup as a command that works as it is, whatever the names, also where the catalogue lies elsewhere', async () => {
    const place = ['--catalogue', two.backups.url];
    const disk = await makeDisk(two.disks, ODD, 8 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    const backup = two.backups.getPageBlobClient(ODD).url;
    const { last } = await run('backup', disk.url, backup, ...place);
    const target = two.disks.getPageBlobClient(`new ${ODD}`);
    const restored = await run('restore', `${backup}?snapshot=${String(last['recoveryPoint'])}`, target.url, '--continue-chain', ...place);
    assert.equal(restored.status, 0, restored.stderr);

    const told = /^To go on backing up: page-blob-backup (backup .*)$/m.exec(restored.stderr)?.[1] ?? '';
    const words = told.split(' ').map((word) => word.replace(/^'([^']*)'$/, '$1'));
    await writeBytes(target, { offset: 4 * MIB, length: 512, fill: 2 });
    const next = await run(...words);
    assert.deepEqual([next.status, next.last['kind'], next.last['written']], [0, 'incremental', 512], next.stderr);
  });
});
