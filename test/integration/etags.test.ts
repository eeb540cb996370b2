import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCliProcess } from '../support/cliProcess.ts';
import { makeDisk, startTwoAccounts, writeBytes } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;

test('an ETag that goes into a condition is one that an answer had in its header, in quotes: never one out of a list, which has none', async (t) => {
  const two = await startTwoAccounts();
  t.after(() => two.close());
  const conditions: string[] = [];
  two.emulator.onRequest(({ headers }) => {
    for (const name of ['if-match', 'if-none-match', 'x-ms-source-if-match']) if (headers[name]) conditions.push(headers[name]);
    return undefined;
  });
  const disk = await makeDisk(two.disks, 'disk.vhd', 2 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
  const [backup, other] = [two.backups.getPageBlobClient('disk.vhd').url, two.disks.getPageBlobClient('other.vhd').url];
  const run = async (...args: string[]): Promise<string> => {
    const { status, stderr, last } = await runCliProcess([...args, '--json'], { env: two.env });
    assert.equal(status, 0, `${args.join(' ')}\n${stderr}`);
    return String(last['recoveryPoint']);
  };
  const first = await run('backup', disk.url, backup, '--transfer', 'relay');
  await writeBytes(disk, { offset: 4096, length: 4096, fill: 2 });
  const { snapshot } = await disk.createSnapshot();
  await run('backup', disk.url, backup, '--transfer', 'server');
  await run('restore', `${backup}?snapshot=${first}`, other, '--continue-chain', '--new-backup', `${backup}.new`);
  await run('restore', `${backup}?snapshot=${first}`, disk.url, '--in-place');
  await run('promote', `${disk.url}?snapshot=${snapshot}`);
  await run('copy', `${disk.url}?snapshot=${snapshot}`, two.disks.getPageBlobClient('copy.vhd').url);
  await run('verify', backup);
  await run('prune', backup, '--keep-last', '1');

  const pinned = conditions.filter((condition) => condition !== '*');
  assert.ok(pinned.length > 0 && pinned.length < conditions.length, `${pinned.length} of ${conditions.length} conditions name an ETag`);
  for (const etag of pinned) assert.match(etag, /^"0x[0-9A-F]+"$/);
});
