import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { openAzure, type Azure, type AzureOptions } from '../../../src/azure/azure.ts';
import { BackupError, type ErrorCode } from '../../../src/engine/errors.ts';
import { collect } from '../../../src/engine/ranges/rangeWindow.ts';

/** What the adapter makes of answers, one by one: a server that says whatever the test wants. */

const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const SIG = 'VG9wU2VjcmV0U2lnbmF0dXJl';
const SNAPSHOT = '2026-11-21T10:00:00.1234567Z';
const WITHIN = { start: 0, end: 4096 };

type Script = (request: IncomingMessage, response: ServerResponse) => void;

let script: Script = (_, response) => response.end();
let seen: IncomingMessage[] = [];
let base = '';
const server = createServer((request, response) => {
  seen.push(request);
  request.resume();
  script(request, response);
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acct`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function answers(next: Script): void {
  script = next;
  seen = [];
}

const says = (status: number, headers: Record<string, string>, body: string | Uint8Array = ''): Script => {
  return (_, response) => response.writeHead(status, { 'x-ms-request-id': 'r1', etag: '"1"', ...headers }).end(body);
};
const xml = (body: string): Script =>
  says(
    200,
    { 'content-type': 'application/xml', 'x-ms-blob-content-length': '4096' },
    `\uFEFF<?xml version="1.0" encoding="utf-8"?>${body}`,
  );

function open(options: AzureOptions = {}): Azure {
  return openAzure({ env: { AZURE_STORAGE_CONNECTION_STRING: `AccountName=acct;AccountKey=${KEY};BlobEndpoint=${base}` }, ...options });
}

async function assertFails(call: Promise<unknown>, code: ErrorCode, { requests = 1 } = {}): Promise<BackupError> {
  const error = await call.then(
    () => assert.fail(`succeeded, not ${code}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof BackupError, inspect(error));
  assert.equal(error.code, code, error.message);
  assert.equal(seen.length, requests, 'requests');
  const shown = inspect(error, { depth: 9, showHidden: true });
  for (const secret of [KEY, SIG, 'SharedKey acct']) assert.ok(!shown.includes(secret), shown);
  return error;
}

describe('a list of page ranges', () => {
  const list = (): Promise<unknown> => collect(open().image(`${base}/vhds/os.vhd`).allocated(WITHIN));
  const changes = (): Promise<unknown> =>
    collect(open().image(`${base}/vhds/os.vhd?snapshot=${SNAPSHOT}`).changedSince('2026-11-20T10:00:00.7654321Z', WITHIN));

  it('is read with written and cleared ranges interspersed, inclusive ends and a byte order mark', async () => {
    const range = (name: string, start: number, end: number): string => `<${name}><Start>${start}</Start><End>${end}</End></${name}>`;
    answers(xml(`<PageList>${range('PageRange', 0, 511)}${range('ClearRange', 512, 1023)}${range('PageRange', 2048, 2559)}</PageList>`));
    assert.deepEqual(await changes(), [
      { start: 0, end: 1024 },
      { start: 2048, end: 2560 },
    ]);
    const url = new URL(seen[0]!.url!, base);
    assert.equal(url.searchParams.get('prevsnapshot'), '2026-11-20T10:00:00.7654321Z');
    assert.equal(url.searchParams.get('snapshot'), SNAPSHOT);
    assert.equal(url.searchParams.get('maxresults'), '10000');
    assert.equal(seen[0]!.headers['x-ms-range'] ?? seen[0]!.headers.range, 'bytes=0-4095');
  });

  it('goes on where the service broke it off', async () => {
    answers((request, response) => {
      const marker = new URL(request.url!, base).searchParams.get('marker');
      const [start, next] = marker === null ? [0, '<NextMarker>2!16!abc</NextMarker>'] : [1024, '<NextMarker/>'];
      xml(`<PageList><PageRange><Start>${start}</Start><End>${start + 511}</End></PageRange>${next}</PageList>`)(request, response);
    });
    assert.deepEqual(await list(), [
      { start: 0, end: 512 },
      { start: 1024, end: 1536 },
    ]);
    assert.equal(seen.length, 2);
  });

  for (const body of ['<PageList/>', '<PageList />', '<PageList></PageList>', '<PageList><NextMarker/></PageList>\n']) {
    it(`may be empty: ${JSON.stringify(body)}`, async () => {
      answers(xml(body));
      assert.deepEqual(await list(), []);
    });
  }

  const broken: Readonly<Record<string, Script>> = {
    'is cut inside the list': xml('<PageList><PageRange><Start>0</Start><End>511</End></PageRange>'),
    'is cut inside a range': xml('<PageList><PageRange><Start>0</Start><En'),
    'is cut before the list': xml(''),
    'is empty': says(200, { 'content-type': 'application/xml' }),
    'is a page of a proxy': says(200, { 'content-type': 'text/html' }, '<html><body>Please sign in</body></html>'),
    'is JSON': says(200, { 'content-type': 'application/json' }, '{}'),
    'has another root': xml('<EnumerationResults/>'),
    'breaks off in the body': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/xml', 'content-length': '5000' });
      response.write('<PageList>');
      setTimeout(() => response.destroy(), 20);
    },
    'says that nothing was modified': says(304, {}),
  };
  for (const [name, answer] of Object.entries(broken)) {
    it(`is not believed when the answer ${name}`, async () => {
      answers(answer);
      for (const ask of [list, changes]) {
        seen = [];
        const error = await assertFails(ask(), 'incompleteAnswer');
        assert.equal(error.retryable, true);
      }
    });
  }

  it('is not believed with any other good status', async () => {
    for (const status of [202, 204, 206]) {
      answers(says(status, { 'content-type': 'application/xml' }, status === 204 ? '' : '<PageList/>'));
      await assertFails(list(), 'incompleteAnswer');
    }
  });
});

describe('reading', () => {
  const bytes = new Uint8Array(1024).fill(7);
  const read = (): Promise<Uint8Array> => open().image(`${base}/vhds/os.vhd`).read({ start: 512, end: 1536 });
  const part = (body: Uint8Array, headers: Record<string, string> = {}): Script =>
    says(
      206,
      { 'content-range': 'bytes 512-1535/4096', 'x-ms-blob-type': 'PageBlob', 'content-length': String(body.length), ...headers },
      body,
    );
  const md5 = (body: Uint8Array): string => createHash('md5').update(body).digest('base64');

  it('asks for a checksum and checks it', async () => {
    answers(part(bytes, { 'content-md5': md5(bytes) }));
    assert.deepEqual(await read(), bytes);
    assert.equal(seen[0]!.headers['x-ms-range-get-content-md5'], 'true');
    answers(part(bytes, { 'content-md5': md5(new Uint8Array(1024)) }));
    const error = await assertFails(read(), 'checksumMismatch');
    assert.equal(error.retryable, true);
  });

  it('never gives fewer bytes, or more, than it was asked for', async () => {
    for (const length of [0, 512, 2048]) {
      answers(part(new Uint8Array(length)));
      assert.equal((await assertFails(read(), 'incompleteAnswer')).retryable, true);
    }
    answers(says(200, { 'content-length': '4096', 'x-ms-blob-type': 'PageBlob' }, new Uint8Array(4096)));
    await assertFails(read(), 'incompleteAnswer');
  });

  it('does not read on after a connection broke', async () => {
    answers((_, response) => {
      response.writeHead(206, { 'content-length': '1024', etag: '"1"', 'content-range': 'bytes 512-1535/4096' });
      response.write(new Uint8Array(100));
      setTimeout(() => response.destroy(), 20);
    });
    assert.equal((await assertFails(read(), 'incompleteAnswer')).retryable, true);
  });

  it('knows the end of the blob', async () => {
    answers(part(new Uint8Array(512), { 'content-range': 'bytes 512-1023/1024' }));
    assert.equal((await assertFails(read(), 'badInput')).retryable, false);
  });
});

describe('every request', () => {
  const blob = (options?: AzureOptions) => open(options).pageBlob(`${base}/vhds/os.vhd`);

  it('is sent once, whatever the answer', async () => {
    for (const [status, code] of [
      [500, 'serviceFailed'],
      [503, 'throttled'],
      [502, 'serviceFailed'],
    ] as const) {
      answers(says(status, { 'retry-after': '3' }));
      for (const call of [
        () => blob().createSnapshot({ a: 'b' }),
        () => blob().image().properties(),
        () => blob().writePages(0, new Uint8Array(512)),
      ]) {
        seen = [];
        const error = await assertFails(call(), code);
        assert.deepEqual([error.retryable, error.effect, error.retryAfter], [true, status === 503 ? 'none' : 'unknown', 3000]);
      }
    }
  });

  it('may have worked when the connection broke', async () => {
    answers((request) => request.socket.destroy());
    const error = await assertFails(blob().writePages(0, new Uint8Array(512)), 'network');
    assert.deepEqual([error.retryable, error.effect], [true, 'unknown']);
  });

  it('is given up after its deadline', async () => {
    answers(() => undefined);
    const deadline = { seconds: 0.05, bytesPerSecond: 1e6 };
    const error = await assertFails(blob({ deadline }).renewLease('6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f021'), 'timedOut');
    assert.deepEqual([error.retryable, error.effect], [true, 'unknown']);
  });

  it('is given up after its deadline in the middle of a body too', async () => {
    answers((_, response) => {
      response.writeHead(206, { 'content-length': '512', etag: '"1"', 'content-range': 'bytes 0-511/4096' });
      response.write(new Uint8Array(100));
    });
    const deadline = { seconds: 0.1, bytesPerSecond: 1e6 };
    await assertFails(blob({ deadline }).image().read({ start: 0, end: 512 }), 'timedOut');
  });

  it('ends when the user stops it, and leaves no listener behind', async () => {
    const controller = new AbortController();
    answers(() => controller.abort());
    const call = blob().clearPages({ start: 0, end: 512 }, { signal: controller.signal });
    assert.equal((await assertFails(call, 'cancelled')).effect, 'unknown');
    assert.equal(inspect(controller.signal, { showHidden: true }).includes('[Function: onAbort]'), false);
  });

  it('says the API version that was chosen, signed with it', async () => {
    answers(says(200, { 'content-type': 'application/xml' }, '<PageList/>'));
    await collect(blob({ apiVersion: '2017-11-09' }).image().allocated(WITHIN));
    assert.equal(seen[0]!.headers['x-ms-version'], '2017-11-09');
    assert.equal(new URL(seen[0]!.url!, base).searchParams.get('maxresults'), null);
    answers(says(201, {}));
    await assertFails(blob({ apiVersion: '2017-11-09' }).writePagesFrom(blob().image(SNAPSHOT), { start: 0, end: 512 }), 'notSupported', {
      requests: 0,
    });
  });

  it('names the program', async () => {
    answers(says(201, { 'x-ms-snapshot': SNAPSHOT }));
    assert.equal(await blob({ userAgent: 'page-blob-backup/1.2.3' }).createSnapshot({ a: 'b' }), SNAPSHOT);
    assert.match(seen[0]!.headers['user-agent'] ?? '', /page-blob-backup\/1\.2\.3/);
  });

  it('believes no write that was answered otherwise than documented', async () => {
    for (const status of [200, 202, 204]) {
      answers(says(status, {}));
      const error = await assertFails(blob().writePages(0, new Uint8Array(512)), 'incompleteAnswer');
      assert.equal(error.effect, 'unknown');
    }
  });

  it('follows no redirection', async () => {
    answers(says(307, { location: `${base}/elsewhere` }));
    await assertFails(blob().image().properties(), 'unexpected');
  });

  it('carries what it may and a checksum', async () => {
    answers(says(201, {}));
    const bytes = new Uint8Array(512).fill(3);
    await blob().writePages(1024, bytes, { fence: { leaseId: '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f021', epoch: 0 } });
    const { headers } = seen[0]!;
    assert.equal(headers['content-md5'], createHash('md5').update(bytes).digest('base64'));
    assert.equal(headers['x-ms-lease-id'], '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f021');
    assert.equal(headers['x-ms-if-sequence-number-eq'], '0');
    assert.equal(headers['x-ms-range'], 'bytes=1024-1535');
  });
});

describe('the service copies pages by itself', () => {
  const target = () => open().pageBlob(`${base}/vhds/copy.vhd`);
  const range = { start: 0, end: 512 };

  it('with a short read-only SAS of just the snapshot, made with the account key once', async () => {
    answers(says(201, {}));
    const image = open().image(`${base}/vhds/os.vhd?snapshot=${SNAPSHOT}`);
    await target().writePagesFrom(image, range);
    await target().writePagesFrom(image, range);
    const [first, second] = seen.map(({ headers }) => new URL(String(headers['x-ms-copy-source'])));
    assert.equal(first?.href, second?.href);
    assert.equal(first?.searchParams.get('snapshot'), SNAPSHOT);
    assert.equal(first?.searchParams.get('sr'), 'bs');
    assert.equal(first?.searchParams.get('sp'), 'r');
    assert.ok(Date.parse(first?.searchParams.get('se') ?? '') - Date.now() <= 2 * 3_600_000);
    assert.equal(seen[0]!.headers['x-ms-source-range'], 'bytes=0-511');
  });

  it('with a new SAS before the old one ends', async () => {
    answers(says(201, {}));
    let now = Date.now();
    const image = open({ now: () => now }).image(`${base}/vhds/os.vhd?snapshot=${SNAPSHOT}`);
    await target().writePagesFrom(image, range);
    now += 70 * 60_000;
    await target().writePagesFrom(image, range);
    const [first, second] = seen.map(({ headers }) => new URL(String(headers['x-ms-copy-source'])).searchParams.get('se'));
    assert.notEqual(first, second);
  });

  it('with the SAS of the source’s own URL', async () => {
    answers(says(201, {}));
    await target().writePagesFrom(open().image(`${base}/vhds/os.vhd?snapshot=${SNAPSHOT}&sv=2021-12-02&sp=r&sig=${SIG}`), range);
    assert.equal(seen[0]!.headers['x-ms-copy-source'], `${base}/vhds/os.vhd?snapshot=${SNAPSHOT}&sv=2021-12-02&sp=r&sig=${SIG}`);
  });

  it('or says why not, with no secret of the source', async () => {
    answers(says(403, { 'x-ms-error-code': 'CannotVerifyCopySource', 'x-ms-copy-source-status-code': '403' }, `<Error>sig=${SIG}</Error>`));
    const image = open().image(`${base}/vhds/os.vhd?sv=2021-12-02&sp=r&sig=${SIG}`);
    await assertFails(target().writePagesFrom(image, range), 'copySourceRefused');
    answers(says(304, { 'x-ms-error-code': 'CannotVerifyCopySource' }));
    await assertFails(target().writePagesFrom(image, range), 'copySourceRefused');
    answers(says(501, { 'x-ms-error-code': 'APINotImplemented' }));
    await assertFails(target().writePagesFrom(image, range), 'notSupported');
  });
});

describe('a token', () => {
  it('that nobody gives is a missing sign-in, and no request is sent', async () => {
    answers(says(200, {}));
    const tokenCredential = { getToken: async () => Promise.reject(new Error(`AADSTS50011 client_secret=${SIG}`)) };
    const azure = openAzure({ tokenCredential });
    await assertFails(azure.image('https://acct.blob.core.windows.net/c1/b').length(), 'signInNeeded', { requests: 0 });
  });

  it('does not travel over http', async () => {
    answers(says(200, {}));
    await assertFails(openAzure({}).image(`${base}/vhds/os.vhd`).length(), 'signInNeeded', { requests: 0 });
  });
});

describe('a host that does not exist', () => {
  it('is called so, at once', async () => {
    answers(says(200, {}));
    const url = `https://no-such-account-of-ours.invalid/c1/b?sv=2021-12-02&sp=r&sig=${SIG}`;
    const error = await assertFails(openAzure().image(url).length(), 'hostNotFound', { requests: 0 });
    assert.deepEqual([error.retryable, error.effect], [false, 'none']);
  });
});

describe('a list in which a bit has flipped, or that was cut', () => {
  const blob = (): ReturnType<Azure['pageBlob']> => open().pageBlob(`${base}/vhds/os.vhd`);
  const lists: Readonly<Record<string, { readonly body: string; readonly ask: () => Promise<unknown> }>> = {
    'of snapshots': {
      body: `<EnumerationResults ServiceEndpoint="http://x/" ContainerName="vhds"><Blobs><Blob><Name>os.vhd</Name><Snapshot>${SNAPSHOT}</Snapshot><Properties><Content-Length>4096</Content-Length><BlobType>PageBlob</BlobType></Properties><Metadata><pbb_run>a</pbb_run></Metadata></Blob></Blobs><NextMarker/></EnumerationResults>`,
      ask: async () => Array.fromAsync(blob().snapshots()),
    },
    'of page ranges': {
      body: '<PageList><PageRange><Start>0</Start><End>511</End></PageRange><ClearRange><Start>1024</Start><End>1535</End></ClearRange></PageList>',
      ask: async () => collect(blob().image(SNAPSHOT).changedSince('2026-11-20T10:00:00.7654321Z', WITHIN)),
    },
  };
  const others: Readonly<Record<string, Script>> = {
    'is empty': says(200, {}),
    'is the page of a proxy that wants a sign-in': says(200, { 'content-type': 'text/html' }, '<html><body>Please sign in</body></html>'),
    'is JSON': says(200, { 'content-type': 'application/json' }, '{}'),
    'has no blobs in it': xml('<EnumerationResults><Prefix>os</Prefix></EnumerationResults>'),
  };
  for (const [what, answer] of Object.entries(others)) {
    it(`of snapshots is not believed when the answer ${what}`, async () => {
      answers(answer);
      const error = await assertFails(Array.fromAsync(blob().snapshots()), 'incompleteAnswer');
      assert.equal(error.retryable, true);
    });
    if (!what.includes('blobs'))
      it(`of containers is not believed when the answer ${what}`, async () => {
        answers(answer);
        await assertFails(Array.fromAsync(open().containers(base)), 'incompleteAnswer');
      });
  }
  for (const [name, { body, ask }] of Object.entries(lists)) {
    it(`${name} is read otherwise, or not believed; it is never a fault that nobody knows`, async () => {
      let refused = 0;
      for (let at = 0; at < body.length; at++) {
        const flipped = body.slice(0, at) + String.fromCharCode(body.charCodeAt(at) ^ (1 << (at % 7))) + body.slice(at + 1);
        for (const garbled of [flipped, body.slice(0, at)]) {
          answers(xml(garbled));
          const error: unknown = await ask().then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          if (error === undefined) continue;
          refused++;
          assert.ok(error instanceof BackupError, inspect(error));
          assert.equal(error.code, 'incompleteAnswer', `${error.message} ${garbled}`);
        }
      }
      assert.ok(refused > body.length / 10, `${refused} of ${body.length}`);
    });
  }
});
