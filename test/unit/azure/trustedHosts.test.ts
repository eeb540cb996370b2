import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { accessWithKey } from '../../../src/azure/access.ts';
import { openAzure, type Azure, type AzureOptions } from '../../../src/azure/azure.ts';
import { isAzureStorage } from '../../../src/azure/trustedHosts.ts';
import { isBackupError } from '../../../src/engine/errors.ts';
import { startStranger, type Stranger } from '../../support/stranger.ts';
import { TEST_CERTIFICATE } from './selfSigned.ts';

/** Whoever may write metadata or catalogue records can name a URL. A sign-in is shown to Azure Storage and to what the user named, to nobody else. */

let stranger: Stranger;
let other: Stranger;
let asked = 0;
const tokenCredential = {
  getToken: async () => {
    asked++;
    return { token: 'the-token', expiresOnTimestamp: Date.now() + 3_600_000 };
  },
};
const signedIn = (more: AzureOptions = {}): Azure => openAzure({ tokenCredential, ...more });
const blobThere = (): string => `${stranger.origin}/acct/backups/os.vhd`;

before(async () => {
  setDefaultCACertificates([...getCACertificates('default'), TEST_CERTIFICATE]);
  [stranger, other] = await Promise.all([startStranger(), startStranger()]);
});
after(async () => {
  await Promise.all([stranger.close(), other.close()]);
});
beforeEach(() => {
  asked = 0;
  for (const { seen } of [stranger, other]) seen.length = 0;
  stranger.redirectTo = undefined;
});

describe('hosts that a token may be shown to', () => {
  for (const host of [
    'acct.blob.core.windows.net',
    'acct-secondary.blob.core.windows.net',
    'acct.z01.blob.storage.azure.net',
    'acct.privatelink.blob.core.windows.net',
    'acct.blob.core.usgovcloudapi.net',
    'acct.blob.core.chinacloudapi.cn',
    'ACCT.BLOB.CORE.WINDOWS.NET',
  ])
    it(`${host} is Azure Storage`, () => assert.ok(isAzureStorage(`https://${host}/c/b`)));

  for (const url of [
    'http://acct.blob.core.windows.net/c/b',
    'https://acct.blob.core.windows.net.example/c/b',
    'https://example/acct.blob.core.windows.net',
    'https://example/?.blob.core.windows.net',
    'https://example#.blob.core.windows.net',
    'https://acct.blob.core.windows.net@example/c/b',
    'https://acctblob.core.windows.net/c/b',
    'https://acct.blob.core.windows.net.',
    'https://acct.blob.core.windows\u3002net.example/',
    'https://acct.z6.web.core.windows.net/c/b',
    'https://acct.blob.core.cloudapi.de/c/b',
    'https://127.0.0.1/acct/c/b',
    'ftp://acct.blob.core.windows.net/c/b',
    'nonsense',
  ])
    it(`${url} is not`, () => assert.ok(!isAzureStorage(url)));
});

describe('a stranger', () => {
  const ways: Record<string, (azure: Azure) => Promise<unknown>> = {
    'asked for a length': (azure) => azure.image(blobThere()).length(),
    'asked for properties': (azure) => azure.pageBlob(blobThere()).image().properties(),
    'asked for snapshots': async (azure) => {
      for await (const { id } of azure.pageBlob(blobThere()).snapshots({})) assert.fail(id);
    },
    'asked for records': (azure) => azure.recordStoreFor(blobThere()).list(),
    'given a record': (azure) => azure.recordStoreFor(blobThere()).create('chain.json', '{}'),
    'asked for containers': async (azure) => {
      for await (const name of azure.containers(`${stranger.origin}/acct`)) assert.fail(name);
    },
    browsed: (azure) => azure.browse(`${stranger.origin}/acct`).containers(undefined, {}),
    'written to': (azure) => azure.pageBlob(blobThere()).createSnapshot({}),
    'a source of pages': (azure) =>
      azure.pageBlob('https://target.blob.core.windows.net/c/b').writePagesFrom(azure.image(blobThere()), { start: 0, end: 512 }),
    'the target of pages': (azure) =>
      azure
        .pageBlob(blobThere())
        .writePagesFrom(azure.image('https://source.blob.core.windows.net/c/b?snapshot=x'), { start: 0, end: 512 }),
  };
  for (const [how, ask] of Object.entries(ways)) {
    it(`${how} sees no token, and no request at all`, async () => {
      await assert.rejects(
        ask(signedIn()),
        (error: unknown) => isBackupError(error, 'signInNeeded') && error.fullText.includes(stranger.origin),
      );
      assert.deepEqual([stranger.seen, asked], [[], 0]);
    });
  }

  it('sees none either where the finder of accounts gives one', async () => {
    const azure = openAzure({ findAccess: () => ({ kind: 'token', credential: tokenCredential }) });
    await assert.rejects(azure.image(blobThere()).length(), (error: unknown) => isBackupError(error, 'signInNeeded'));
    assert.deepEqual([stranger.seen, asked], [[], 0]);
  });

  it('sees none by way of a redirection', async () => {
    for (const { origin } of [other, stranger]) {
      stranger.redirectTo = origin;
      stranger.seen.length = 0;
      const image = signedIn({ named: [stranger.origin] }).image(blobThere());
      await assert.rejects(image.length());
      assert.equal(stranger.seen.length, 1, 'not even to the same host');
      assert.deepEqual(other.seen, []);
    }
  });

  it('is not shown the token of the source, where the target has a key', async () => {
    const target = openAzure({ findAccess: () => accessWithKey('acct', 'a2V5') }).pageBlob(blobThere());
    const source = signedIn({ named: [other.origin] }).image(`${other.origin}/acct/c/b?snapshot=x`);
    await assert.rejects(target.writePagesFrom(source, { start: 0, end: 512 }));
    assert.deepEqual(
      stranger.seen.filter(({ authorization }) => authorization?.includes('the-token')),
      [],
    );
  });
});

describe('a host that the user has named', () => {
  for (const [how, options] of Object.entries({
    'by its endpoint': () => ({ endpoints: [`${stranger.origin}/acct`] }),
    'by the URL of a blob': () => ({ named: ['backup', blobThere(), '9'] }),
  } satisfies Record<string, () => AzureOptions>)) {
    it(`${how} is shown the token`, async () => {
      await assert.rejects(signedIn(options()).image(blobThere()).length(), (error: unknown) => isBackupError(error, 'blobNotFound'));
      assert.deepEqual(
        stranger.seen.map(({ authorization }) => authorization),
        ['Bearer the-token'],
      );
    });
  }

  it('is that host with that port and no other', async () => {
    await assert.rejects(
      signedIn({ named: [other.origin, `${stranger.origin}0`, 'https://127.0.0.1'] })
        .image(blobThere())
        .length(),
    );
    assert.deepEqual(stranger.seen, []);
  });
});
