import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, win32 } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openAzure } from '../../../src/azure/azure.ts';
import { parseEntry } from '../../../src/engine/chain/entry.ts';
import { readOpenRun } from '../../../src/engine/chain/openRun.ts';
import { isBackupError } from '../../../src/engine/errors.ts';
import type { RestoreState } from '../../../src/extension/restore/state.ts';
import { escapeXml } from '../../support/emulator/xml.ts';
import { MemoryChain } from '../../support/chain/memoryChain.ts';
import { hostileText, RUNS } from '../../support/hostile.ts';

await import('../../support/vscode/register.ts');
const { fileNameFor } = await import('../../../src/extension/restore/fields.ts');

describe('a catalogue record that somebody else wrote', () => {
  it('is an entry of ours in every field, or is called unreadable', async () => {
    const chain = new MemoryChain();
    chain.write(0, 1);
    await chain.backup();
    const [entry] = await chain.entries();
    const anything = fc.oneof(fc.anything(), hostileText, fc.constantFrom(null, -1, 1e99, '', [], {}));
    const inner = ['source', 'backup', 'proof'].flatMap((key) => ['url', 'snapshot', 'level'].map((field) => [key, field]));
    const paths = [...Object.keys(entry!).map((key) => [key]), ...inner];
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, ([first, second], value) => {
        const forged = structuredClone(entry) as unknown as Record<string, Record<string, unknown>>;
        if (second === undefined) forged[first!] = value as never;
        else forged[first!]![second] = value;
        try {
          const read = parseEntry(
            '000001.json',
            1,
            JSON.stringify(forged, (_, one: unknown) => (typeof one === 'bigint' ? 0 : one)),
          );
          taken++;
          for (const url of [read.source.url, read.backup.url]) assert.ok(typeof url === 'string' && !url.includes('?'));
        } catch (error) {
          assert.ok(isBackupError(error, 'integrity'), String(error));
        }
      }),
      RUNS,
    );
    assert.ok(taken < RUNS.numRuns);
  });

  it('is called unreadable whatever text it is', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.json()), (text) => {
        assert.throws(
          () => parseEntry('000001.json', 1, text),
          (error) => isBackupError(error, 'integrity'),
        );
        const open = readOpenRun({ pbb_open: text });
        assert.equal(open, undefined);
      }),
      RUNS,
    );
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});

describe('a list that a server makes up', () => {
  /** Asks for page blobs of a server that answers with this body. */
  async function namesIn(body: string): Promise<unknown> {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/xml', 'x-ms-request-id': 'r' }).end(body);
    });
    await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    const names: string[] = [];
    try {
      const blobs = openAzure({ env: {} }).pageBlobs(`http://127.0.0.1:${port}/acct/c?sv=1&sig=x`);
      for await (const { name, url, metadata } of blobs) {
        names.push(name);
        assert.ok(url.startsWith(`http://127.0.0.1:${port}/acct/c/`), url);
        assert.doesNotMatch(url.slice(30), /[\s<>"`\p{Cc}?#]/u);
        assert.equal(Object.getPrototypeOf(metadata), Object.prototype);
      }
      return names;
    } catch (error) {
      return error;
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const blob = (name: string, metadata = ''): string =>
    `<Blob><Name>${name}</Name><Properties><Content-Length>512</Content-Length><BlobType>PageBlob</BlobType></Properties><Metadata>${metadata}</Metadata></Blob>`;
  const list = (...blobs: string[]): string => `<EnumerationResults><Blobs>${blobs.join('')}</Blobs><NextMarker /></EnumerationResults>`;

  it('with hostile names gives exactly these names', async () => {
    const wellKnown = fc.sample(hostileText, { seed: RUNS.seed, numRuns: 60 }).map(
      (text) =>
        // What XML can carry, and a parser that trims leaves alone.
        `x${text.toWellFormed().replace(/[^\u0020-\ud7ff\ue000-\ufffd]/g, '')}x`,
    );
    for (const name of wellKnown) assert.deepEqual(await namesIn(list(blob(escapeXml(name)))), [name]);
  });

  it('that is no list, or one with entities of its own, fails as an error of ours or says nothing of this machine', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "${'A'.repeat(1000)}">${Array.from({ length: 12 }, (_, i) => `<!ENTITY ${'bcdefghijklm'[i]} "${`&${'abcdefghijkl'[i]};`.repeat(10)}">`).join('')}]>`;
    const bodies = [
      `${bomb}${list(blob('&m;'))}`,
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${list(blob('&e;'))}`,
      list(blob('a', '<__proto__><polluted>1</polluted></__proto__><constructor>x</constructor>')),
      list('<Blob />'),
      list('<Blob><Name><a>1</a></Name></Blob>'),
      '<EnumerationResults><Blobs><Blob></EnumerationResults>',
      `<EnumerationResults>${'<a>'.repeat(5000)}`,
      '<EnumerationResults><NextMarker>&#0;</NextMarker></EnumerationResults>',
      '{"json":true}',
      '',
    ];
    for (const body of bodies) {
      const result = await namesIn(body);
      if (Array.isArray(result)) assert.doesNotMatch(result.join(), /root:|A{2000}/, body.slice(0, 80));
      else assert.ok(isBackupError(result), `${body.slice(0, 80)}: ${String(result)}`);
    }
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});

describe('the name of a file that is offered for a restore', () => {
  const offered = (blob: string): string => {
    const backup = `https://a.blob.core.windows.net/c/${encodeURIComponent(blob.toWellFormed())}`;
    return fileNameFor({ backup, points: { list: [] }, fields: {} } as unknown as RestoreState);
  };

  it('is the name of a file in that folder on every system, whatever the blob is called', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const name = offered(text);
        assert.doesNotMatch(name, /[<>:"/\\|?*\p{Cc}\p{Cf}\u2028\u2029]/u);
        assert.doesNotMatch(name, /^[\s.]|[\s.]$|^$/u);
        assert.equal(basename(name), name);
        assert.equal(win32.basename(name), name);
        assert.ok(Buffer.byteLength(name) <= 255, name);
      }),
      RUNS,
    );
  });

  it('is none of a device, nor of the folder or the one above', () => {
    for (const device of ['CON', 'nul', 'nul.vhd', 'Aux.tar.gz', 'COM1', 'lpt9.vhd', 'com¹', 'CONIN$'])
      assert.equal(offered(device), `disk-${device}`);
    for (const none of ['. .', ' ', '...']) assert.equal(offered(none), 'disk.vhd', none);
    for (const plain of ['console.vhd', 'com10.vhd', 'web.vhd', 'd\u00fcsseldorf \u4e2d.vhd']) assert.equal(offered(plain), plain);
    assert.equal(offered('../../etc/passwd.'), '-..-etc-passwd');
    assert.equal(offered(`${'x'.repeat(400)}.vhd`).length, 80);
  });
});
