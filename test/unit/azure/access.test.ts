import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { accessWithConnectionString, EnvironmentAccess, tokenAccess } from '../../../src/azure/access.ts';
import { parseBlobUrl } from '../../../src/azure/blobAddress.ts';
import { isBackupError } from '../../../src/engine/errors.ts';

const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const OTHER_KEY = `${'A'.repeat(86)}==`;

const withKey = (account: string, key = KEY): string =>
  `DefaultEndpointsProtocol=https;AccountName=${account};AccountKey=${key};EndpointSuffix=core.windows.net`;

function found(env: Record<string, string>, url: string): string | undefined {
  const environment = new EnvironmentAccess(env);
  const access = environment.find(parseBlobUrl(url, environment.endpoints).address);
  if (access === undefined) return undefined;
  return access.kind === 'key' ? `${access.account} ${access.key.reveal()}` : access.kind === 'sas' ? access.sas.reveal() : 'token';
}

describe('connection strings in the environment', () => {
  it('are found by their blob endpoint, whatever the variable is called', () => {
    const env = { AZURE_STORAGE_CONNECTION_STRING_SOURCE: withKey('one'), AZURE_STORAGE_CONNECTION_STRING_2: withKey('two', OTHER_KEY) };
    assert.equal(found(env, 'https://one.blob.core.windows.net/c1/b'), `one ${KEY}`);
    assert.equal(found(env, 'https://two.blob.core.windows.net/c1/b'), `two ${OTHER_KEY}`);
    assert.equal(found(env, 'https://three.blob.core.windows.net/c1/b'), undefined);
    assert.equal(found(env, 'https://one.blob.core.chinacloudapi.cn/c1/b'), undefined);
    assert.equal(found(env, 'http://one.blob.core.windows.net/c1/b'), undefined);
  });

  it('count in a fixed order: the plain variable first, then by name', () => {
    const env = {
      AZURE_STORAGE_CONNECTION_STRING_A: withKey('one', OTHER_KEY),
      AZURE_STORAGE_CONNECTION_STRING: withKey('one'),
      AZURE_STORAGE_CONNECTION_STRINGS: withKey('two'),
    };
    assert.equal(found(env, 'https://one.blob.core.windows.net/c1/b'), `one ${KEY}`);
    assert.equal(found(env, 'https://two.blob.core.windows.net/c1/b'), undefined);
  });

  it('may name path-style and custom endpoints, and the emulator by its short name', () => {
    const explicit = `AccountName=acct;AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:4711/acct/`;
    assert.equal(found({ AZURE_STORAGE_CONNECTION_STRING: explicit }, 'http://127.0.0.1:4711/acct/c1/b'), `acct ${KEY}`);
    assert.equal(found({ AZURE_STORAGE_CONNECTION_STRING: explicit }, 'http://localhost:4711/acct/c1/b'), `acct ${KEY}`);
    assert.equal(found({ AZURE_STORAGE_CONNECTION_STRING: explicit }, 'http://127.0.0.1:4711/other/c1/b'), undefined);
    const custom = `AccountName=acct;AccountKey=${KEY};BlobEndpoint=https://disks.example.com`;
    assert.equal(found({ AZURE_STORAGE_CONNECTION_STRING: custom }, 'https://disks.example.com/c1/b'), `acct ${KEY}`);
    const short = { AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true' };
    assert.equal(found(short, 'http://127.0.0.1:10000/devstoreaccount1/c1/b'), `devstoreaccount1 ${KEY}`);
  });

  it('may hold a SAS in place of a key', () => {
    const string = 'BlobEndpoint=https://acct.blob.core.windows.net/;SharedAccessSignature=sv=2021-12-02&ss=b&sig=abc%3D';
    assert.equal(
      found({ AZURE_STORAGE_CONNECTION_STRING: string }, 'https://acct.blob.core.windows.net/c1/b'),
      'sv=2021-12-02&ss=b&sig=abc%3D',
    );
  });

  it('that cannot be read are told by name and harm nothing', () => {
    const env = new EnvironmentAccess({ AZURE_STORAGE_CONNECTION_STRING: 'nonsense', AZURE_STORAGE_CONNECTION_STRING_B: withKey('one') });
    assert.deepEqual(env.unreadable, ['AZURE_STORAGE_CONNECTION_STRING']);
    assert.deepEqual(env.endpoints, ['https://one.blob.core.windows.net']);
  });

  it('never show their secrets', () => {
    const env = new EnvironmentAccess({ AZURE_STORAGE_CONNECTION_STRING: withKey('one') });
    const access = env.find(parseBlobUrl('https://one.blob.core.windows.net/c1/b').address);
    assert.ok(!inspect([env, access], { depth: 9, showHidden: true }).includes(KEY.slice(0, 20)));
    assert.ok(!JSON.stringify([env, access]).includes(KEY.slice(0, 20)));
  });

  it('give the extension the same access by hand', () => {
    const { endpoint, access } = accessWithConnectionString(withKey('one'));
    assert.equal(endpoint, 'https://one.blob.core.windows.net');
    assert.equal(access.kind, 'key');
    assert.throws(
      () => accessWithConnectionString(`AccountKey=${KEY}`),
      (error: unknown) => isBackupError(error, 'badInput') && !error.fullText.includes(KEY),
    );
  });
});

describe('access with a token', () => {
  const credential = { getToken: async () => null };

  it('is for https only', () => {
    assert.equal(tokenAccess(parseBlobUrl('https://one.blob.core.windows.net/c1/b').address, credential, []).kind, 'token');
    assert.throws(
      () => tokenAccess(parseBlobUrl('http://127.0.0.1:10000/acct/c1/b').address, credential, ['AZURE_STORAGE_CONNECTION_STRING_X']),
      (error: unknown) => isBackupError(error, 'signInNeeded') && /AZURE_STORAGE_CONNECTION_STRING_X/.test(error.message),
    );
  });
});
