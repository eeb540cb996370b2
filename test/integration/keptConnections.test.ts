import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import http, { Agent, type ClientRequest, type RequestOptions } from 'node:http';
import { after, before, describe, it, mock } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { openAzure } from '../../src/azure/azure.ts';
import { startEmulator, type Emulator } from '../support/emulator/emulator.ts';

/** What VS Code puts before every request of an extension: an agent for this one request, which hands it on to the one that was meant. */
class EditorsAgent extends Agent {
  readonly #meant: Agent;

  constructor(meant: Agent) {
    super();
    this.#meant = meant;
  }

  addRequest(request: ClientRequest, options: RequestOptions): void {
    (this.#meant as unknown as EditorsAgent).addRequest(request, options);
  }
}

describe('connections', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
    await BlobServiceClient.fromConnectionString(emulator.connectionString(emulator.accounts[0]!.name)).getContainerClient('vhds').create();
  });
  after(() => emulator.close());

  for (const where of ['in a program', 'in VS Code'] as const) {
    it(`are kept for the next request, ${where}`, async (test) => {
      let asEditor = 0;
      if (where === 'in VS Code') {
        const { request } = http;
        mock.method(http, 'request', (options: RequestOptions, ...rest: []) => {
          asEditor++;
          return request({ ...options, agent: new EditorsAgent(options.agent as Agent) }, ...rest);
        });
        test.after(() => mock.restoreAll());
      }
      let opened = 0;
      const count = () => void opened++;
      subscribe('net.client.socket', count);
      test.after(() => void unsubscribe('net.client.socket', count));
      const { name } = emulator.accounts[0]!;
      const azure = openAzure({ env: { AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString(name) } });
      const blob = azure.pageBlob(`${emulator.blobEndpoint(name)}/vhds/${where.replaceAll(' ', '-')}`);
      emulator.resetCounts();
      await blob.create(1024 * 1024, {});
      for (let i = 0; i < 8; i++) {
        await blob.writePages(i * 512, new Uint8Array(512).fill(i));
        await blob.image().read({ start: 0, end: 4096 });
      }
      assert.equal(emulator.counts.requests, 17);
      assert.equal(asEditor, where === 'in VS Code' ? 17 : 0);
      // None where the connection of an earlier test is still there.
      assert.ok(opened <= 1, `${opened} connections`);
    });
  }
});
