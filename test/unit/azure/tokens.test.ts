import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { accessWithKey } from '../../../src/azure/access.ts';
import { openAzure, type Azure } from '../../../src/azure/azure.ts';
import { LazyCredential } from '../../../src/azure/tokens.ts';
import { isBackupError } from '../../../src/engine/errors.ts';
import { TEST_CERTIFICATE, TEST_KEY } from './selfSigned.ts';

/** Sign-in with Microsoft Entra ID, against a server that notes what it is asked. */

const KEY = Buffer.from('a key of tests').toString('base64');
const SNAPSHOT = '2026-11-21T10:00:00.1234567Z';
const PAGE = { start: 0, end: 512 };
const MINUTE = 60_000;

let seen: IncomingMessage[] = [];
let refuseKey = false;
let base = '';
const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (request, response) => {
  seen.push(request);
  request.resume();
  answer(request, response);
});

before(async () => {
  setDefaultCACertificates([...getCACertificates('default'), TEST_CERTIFICATE]);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url!, base);
  const headers = { 'x-ms-request-id': 'r1', etag: '"1"', date: new Date().toUTCString() };
  if (url.searchParams.get('comp') === 'userdelegationkey') {
    if (refuseKey) return void response.writeHead(403, { ...headers, 'x-ms-error-code': 'AuthorizationPermissionMismatch' }).end();
    const fields = {
      SignedOid: 'o',
      SignedTid: 't',
      SignedStart: '2026-01-01T00:00:00Z',
      SignedExpiry: '2030-01-01T00:00:00Z',
      SignedService: 'b',
    };
    const xml = Object.entries({ ...fields, SignedVersion: '2020-12-06', Value: KEY }).map(
      ([name, value]) => `<${name}>${value}</${name}>`,
    );
    return void response
      .writeHead(200, { ...headers, 'content-type': 'application/xml' })
      .end(`<?xml version="1.0" encoding="utf-8"?><UserDelegationKey>${xml.join('')}</UserDelegationKey>`);
  }
  const pending = request.headers['x-ms-copy-source'] && url.searchParams.get('comp') === null;
  const copy = { 'x-ms-copy-id': 'copy-1', 'x-ms-copy-status': 'pending', 'x-ms-copy-progress': '0/4096' };
  if (request.method === 'HEAD')
    return void response.writeHead(200, { ...headers, ...copy, 'content-length': '4096', 'x-ms-blob-type': 'PageBlob' }).end();
  response.writeHead(pending ? 202 : 201, { ...headers, ...(pending ? copy : {}) }).end();
}

function signedIn(token = 'token-1'): { azure: Azure; asked: () => number } {
  let asked = 0;
  const tokenCredential = {
    getToken: async () => {
      asked++;
      return { token, expiresOnTimestamp: Date.now() + 60 * MINUTE };
    },
  };
  return { azure: openAzure({ tokenCredential, named: [base] }), asked: () => asked };
}

const withKey = (): Azure => openAzure({ findAccess: () => accessWithKey('target', KEY) });
const copySource = (request: IncomingMessage | undefined): URL => new URL(String(request?.headers['x-ms-copy-source']));

describe('a token', () => {
  it('signs every request, and is not asked for again while it lives', async () => {
    seen = [];
    const { azure, asked } = signedIn();
    const image = azure.image(`${base}/acct/vhds/os.vhd`);
    for (let i = 0; i < 5; i++) assert.equal(await image.length(), 4096);
    assert.deepEqual(new Set(seen.map(({ headers }) => headers.authorization)), new Set(['Bearer token-1']));
    assert.ok(asked() <= 2);
    assert.doesNotMatch(inspect([azure, image], { depth: 9, showHidden: true }), /token-1/);
  });

  it('is renewed five minutes before it ends, and forgotten when it cannot be', async () => {
    let now = 0;
    let made = 0;
    let tokens = 0;
    let fails = false;
    let failure = 'AADSTS700082: the refresh token has expired';
    const credential = new LazyCredential(
      async () => {
        made++;
        return {
          getToken: async () => {
            if (fails) throw new Error(failure);
            return { token: `t${++tokens}`, expiresOnTimestamp: now + 60 * MINUTE };
          },
        };
      },
      () => now,
    );
    assert.equal((await credential.getToken('s')).token, 't1');
    now += 54 * MINUTE;
    assert.equal((await credential.getToken('s')).token, 't1');
    now += 2 * MINUTE;
    assert.equal((await credential.getToken('s')).token, 't2');
    now += 56 * MINUTE;
    fails = true;
    await assert.rejects(
      credential.getToken('s'),
      (error: unknown) => isBackupError(error, 'signInNeeded') && /AADSTS700082/.test(error.message),
    );
    failure = 'request to https://login.microsoftonline.com failed, reason: getaddrinfo ENOTFOUND';
    await assert.rejects(credential.getToken('s'), (error: unknown) => isBackupError(error, 'network') && error.retryable);
    fails = false;
    assert.equal((await credential.getToken('s')).token, 't3');
    assert.equal(made, 1);
  });

  it('is handed to the service that copies pages, where that service gets the same one anyway', async () => {
    seen = [];
    const { azure } = signedIn();
    await azure.pageBlob(`${base}/target/vhds/b`).writePagesFrom(azure.image(`${base}/source/vhds/os.vhd?snapshot=${SNAPSHOT}`), PAGE);
    assert.equal(seen[0]!.headers['x-ms-copy-source-authorization'], 'Bearer token-1');
    assert.equal(copySource(seen[0]).search, `?snapshot=${SNAPSHOT}`);
  });

  it('is shown to no stranger: a SAS made with it goes there', async () => {
    seen = [];
    const image = signedIn().azure.image(`${base}/source/vhds/os.vhd?snapshot=${SNAPSHOT}`);
    const target = withKey().pageBlob(`${base}/target/vhds/b`);
    await target.writePagesFrom(image, PAGE);
    await target.writePagesFrom(image, PAGE);
    const [key, first, second, ...rest] = seen;
    assert.equal(rest.length, 0);
    assert.match(key!.url ?? '', /^\/source\/?\?.*userdelegationkey/);
    assert.equal(first!.headers['x-ms-copy-source-authorization'], undefined);
    const source = copySource(first);
    const named = Object.fromEntries(['snapshot', 'sr', 'sp', 'skoid', 'spr'].map((name) => [name, source.searchParams.get(name)]));
    assert.deepEqual(named, { snapshot: SNAPSHOT, sr: 'bs', sp: 'r', skoid: 'o', spr: 'https' });
    assert.equal(copySource(second).href, source.href);
  });

  it('gives Copy Blob a SAS that outlives the copy, and none inside one account', async () => {
    seen = [];
    const { azure } = signedIn();
    const image = azure.image(`${base}/source/vhds/os.vhd?snapshot=${SNAPSHOT}`);
    const state = await azure.pageBlob(`${base}/target/vhds/b`).startCopy(image, { a: 'b' });
    assert.deepEqual(state, { id: 'copy-1', status: 'pending', copied: 0, total: 4096, description: undefined });
    const request = seen.find(({ headers }) => headers['x-ms-copy-source'] !== undefined);
    assert.ok(Date.parse(copySource(request).searchParams.get('se') ?? '') - Date.now() > 6 * 24 * 60 * MINUTE);
    assert.equal(request!.headers['if-none-match'], '*');
    seen = [];
    await azure.pageBlob(`${base}/source/vhds/b`).startCopy(image, { a: 'b' });
    assert.equal(copySource(seen[0]).search, `?snapshot=${SNAPSHOT}`);
  });

  it('whose owner may make no SAS leaves the copy to the relay', async () => {
    refuseKey = true;
    try {
      const image = signedIn().azure.image(`${base}/source/vhds/os.vhd?snapshot=${SNAPSHOT}`);
      await assert.rejects(
        withKey().pageBlob(`${base}/target/vhds/b`).writePagesFrom(image, PAGE),
        (error: unknown) => isBackupError(error, 'copySourceRefused') && /Storage Blob Delegator/.test(error.fullText),
      );
    } finally {
      refuseKey = false;
    }
  });
});
