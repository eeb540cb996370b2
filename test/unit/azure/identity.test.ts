import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { hasIdentity, shareSignIn } from '../../../src/azure/identity.ts';

describe('the credentials of @azure/identity', () => {
  it('do without the plugin of VS Code where it does not load, and say so in one line', async () => {
    const lines: string[] = [];
    await shareSignIn((text) => lines.push(text));
    for (const line of lines) assert.match(line, /^@azure\/identity-vscode is not used: [^\n]+$/);
    assert.ok(lines.length <= 1);
  });

  it('are likely where the environment or Azure CLI says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azure-'));
    try {
      assert.equal(hasIdentity({ AZURE_CONFIG_DIR: folder }), false);
      assert.equal(hasIdentity({ AZURE_CONFIG_DIR: folder, IDENTITY_ENDPOINT: 'http://127.0.0.1' }), true);
      await writeFile(join(folder, 'azureProfile.json'), '{}');
      assert.equal(hasIdentity({ AZURE_CONFIG_DIR: folder }), true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
