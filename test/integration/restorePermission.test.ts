import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { openAzure } from '../../src/azure/azure.ts';
import { answerTo } from '../../src/extension/restore/checks.ts';
import type { Answer } from '../../src/extension/restore/state.ts';
import type { AzureSession } from '../../src/extension/session.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { startEmulator, type Emulator } from '../support/emulator/emulator.ts';
import { englishVoice } from '../support/tree/voice.ts';

/** What the restore wizard finds out about a blob that does not exist yet, with a SAS of these permissions. */
async function checkedWith(permissions: string): Promise<Answer['checks']> {
  const emulator = await startEmulator();
  try {
    return await check(emulator, permissions);
  } finally {
    await emulator.close();
  }
}

async function check(emulator: Emulator, permissions: string): Promise<Answer['checks']> {
  const account = emulator.accounts[0]!;
  const endpoint = emulator.blobEndpoint(account.name);
  await BlobServiceClient.fromConnectionString(emulator.connectionString(account.name)).getContainerClient('vhds').create();
  const sas = emulator.sas(account.name, { container: 'vhds', permissions, expiresOn: new Date(Date.now() + 3_600_000) });
  const azure = openAzure();
  const session = { pageBlob: async (url: string) => azure.pageBlob(`${url}?${sas}`) } as unknown as AzureSession;
  const place = `${endpoint}/vhds/new.vhd`;
  const parts = { session, voice: englishVoice(Date.now), backup: `${endpoint}/vhds/backup.vhd`, point: 'p' };
  const { checks } = await answerTo({ name: 'target', of: 'x', place }, parts, { world: systemWorld });
  assert.doesNotMatch(JSON.stringify(checks), /sig=/);
  return checks;
}

describe('the check of a target that does not exist', () => {
  it('is good for who may write there', async () => {
    assert.equal((await checkedWith('racwdl')).name?.state, 'good');
  });

  it('tells who may only read', async () => {
    const { account } = await checkedWith('rl');
    assert.equal(account?.state, 'bad');
    assert.match(account.text, /SAS/);
  });
});
