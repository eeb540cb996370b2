import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { attach, type AttachInput } from '../../../src/extension/accounts/attachInput.ts';
import { problemText, warningText } from '../../../src/extension/accounts/attachWords.ts';
import type { AttachProblem, AttachWarning } from '../../../src/extension/accounts/attached.ts';
import { inEnglish } from '../../support/arm/makeDirectory.ts';

const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const HOST = 'https://one.blob.core.windows.net';
const NOW = Date.parse('2026-11-22T00:00:00Z');
const ACCOUNT_SAS = 'sv=2022-11-02&ss=b&srt=sco&sp=rwdlac&se=2030-01-01T00:00:00Z&sig=abc%3D';
const CONTAINER_SAS = 'sv=2022-11-02&sr=c&sp=rwdl&se=2030-01-01T00:00:00Z&sig=abc%3D';
const BLOB_SAS = 'sv=2022-11-02&sr=b&sp=rw&se=2030-01-01T00:00:00Z&sig=abc%3D';

interface Expected {
  readonly id: string;
  readonly name: string;
  readonly origin?: 'attached' | 'emulator';
  readonly access: 'key' | 'sas' | 'entra';
  readonly warning?: AttachWarning;
}

const string = (text: string): AttachInput => ({ kind: 'connectionString', text });
const sas = (text: string): AttachInput => ({ kind: 'sas', text });
const url = (text: string): AttachInput => ({ kind: 'url', text });
const key = (name: string, text: string, endpoint?: string): AttachInput => ({
  kind: 'key',
  name,
  key: text,
  suffix: 'core.windows.net',
  ...(endpoint === undefined ? {} : { endpoint }),
});
const emulator = (text: string): AttachInput => ({ kind: 'emulator', text });

const GOOD: [what: string, input: AttachInput, expected: Expected, endpoints?: string[]][] = [
  [
    'a connection string',
    string(` DefaultEndpointsProtocol=https;AccountName=one;AccountKey=${KEY} `),
    { id: HOST, name: 'one', access: 'key' },
  ],
  [
    'a connection string of another cloud',
    string(`DefaultEndpointsProtocol=https;AccountName=one;AccountKey=${KEY};EndpointSuffix=core.chinacloudapi.cn`),
    { id: 'https://one.blob.core.chinacloudapi.cn', name: 'one', access: 'key' },
  ],
  [
    'a connection string with a custom endpoint in path style',
    string(`AccountName=one;AccountKey=${KEY};BlobEndpoint=https://Storage.Example.com:8443/one/`),
    { id: 'https://storage.example.com:8443/one', name: 'one', access: 'key' },
  ],
  [
    'a connection string with a SAS',
    string(`BlobEndpoint=${HOST}/;SharedAccessSignature=${ACCOUNT_SAS}`),
    { id: HOST, name: 'one', access: 'sas' },
  ],
  [
    'the short name of the emulator',
    string('UseDevelopmentStorage=true'),
    { id: 'http://127.0.0.1:10000/devstoreaccount1', name: 'devstoreaccount1', origin: 'emulator', access: 'key' },
  ],
  [
    'an emulator in the setting',
    emulator(`AccountName=mine;AccountKey=YWJj;BlobEndpoint=http://localhost:4711/mine`),
    { id: 'http://127.0.0.1:4711/mine', name: 'mine', origin: 'emulator', access: 'key' },
  ],
  ['a name and a key', key('one', KEY), { id: HOST, name: 'one', access: 'key' }],
  [
    'a name, a key and an endpoint',
    key('Dev-1', 'YWJj', 'http://azurite:10000/Dev-1'),
    { id: 'http://azurite:10000/Dev-1', name: 'Dev-1', access: 'key' },
  ],
  ['an account SAS', sas(`${HOST}/?${ACCOUNT_SAS}`), { id: HOST, name: 'one', access: 'sas' }],
  ['an account SAS on the URL of a blob', sas(`${HOST}/vhds/disk.vhd?${ACCOUNT_SAS}`), { id: HOST, name: 'one', access: 'sas' }],
  [
    'an account SAS that cannot list containers',
    sas(`${HOST}/vhds?${ACCOUNT_SAS.replace('sco', 'co')}`),
    { id: `${HOST}/vhds`, name: 'one', access: 'sas' },
  ],
  ['a container SAS', sas(`${HOST}/vhds?${CONTAINER_SAS}`), { id: `${HOST}/vhds`, name: 'one', access: 'sas' }],
  [
    'a container SAS on the URL of a blob',
    sas(`${HOST}/vhds/a/disk.vhd?${CONTAINER_SAS}`),
    { id: `${HOST}/vhds`, name: 'one', access: 'sas' },
  ],
  ['a blob SAS', sas(`${HOST}/vhds/a/disk%201.vhd?${BLOB_SAS}`), { id: `${HOST}/vhds/a/disk 1.vhd`, name: 'one', access: 'sas' }],
  ['a SAS pasted as a plain URL', url(`${HOST}/vhds?${CONTAINER_SAS}`), { id: `${HOST}/vhds`, name: 'one', access: 'sas' }],
  [
    'a SAS that may not write',
    sas(`${HOST}/vhds?${CONTAINER_SAS.replace('rwdl', 'rl')}`),
    { id: `${HOST}/vhds`, name: 'one', access: 'sas', warning: 'sasReadOnly' },
  ],
  [
    'a SAS that may not list',
    sas(`${HOST}/vhds?${CONTAINER_SAS.replace('rwdl', 'rw')}`),
    { id: `${HOST}/vhds`, name: 'one', access: 'sas', warning: 'sasCannotList' },
  ],
  [
    'a SAS over http',
    sas(`http://disks.example.com/vhds?${CONTAINER_SAS}`),
    { id: 'http://disks.example.com/vhds', name: 'disks.example.com', access: 'sas', warning: 'notEncrypted' },
  ],
  [
    'a SAS of the emulator, path style',
    sas(`http://127.0.0.1:10000/devstoreaccount1/vhds?${CONTAINER_SAS}`),
    { id: 'http://127.0.0.1:10000/devstoreaccount1/vhds', name: 'devstoreaccount1', origin: 'emulator', access: 'sas' },
  ],
  [
    'a SAS at a path-style endpoint that is known',
    sas(`https://storage.example.com/one/vhds?${CONTAINER_SAS}`),
    { id: 'https://storage.example.com/one/vhds', name: 'one', access: 'sas' },
    ['https://storage.example.com/one'],
  ],
  ['the URL of an account', url(HOST), { id: HOST, name: 'one', access: 'entra' }],
  ['the URL of a container', url(`${HOST}/vhds/`), { id: `${HOST}/vhds`, name: 'one', access: 'entra' }],
  ['the URL of a blob', url(`${HOST}/vhds/disk.vhd`), { id: `${HOST}/vhds/disk.vhd`, name: 'one', access: 'entra' }],
  [
    'the URL of a snapshot',
    url(`${HOST}/vhds/disk.vhd?snapshot=2026-11-21T10:00:00.1234567Z`),
    { id: `${HOST}/vhds/disk.vhd`, name: 'one', access: 'entra' },
  ],
];

const BAD: [what: string, input: AttachInput, problem: AttachProblem][] = [
  ['nothing', string('  '), 'empty'],
  ['a URL as a connection string', string(HOST), 'notConnectionString'],
  ['a connection string without a key', string('DefaultEndpointsProtocol=https;AccountName=one'), 'noCredential'],
  ['a connection string with a broken key', string('AccountName=one;AccountKey=a key'), 'key'],
  ['a connection string with a container as endpoint', string(`AccountName=one;AccountKey=${KEY};BlobEndpoint=${HOST}/vhds`), 'endpoint'],
  ['a cloud account in the setting of emulators', emulator(`AccountName=one;AccountKey=${KEY}`), 'notLocal'],
  ['a name with capitals', key('One', KEY), 'accountName'],
  ['no key', key('one', ''), 'empty'],
  ['half a key', key('one', KEY.slice(0, 41)), 'key'],
  ['an endpoint without scheme', key('one', KEY, 'one.blob.core.windows.net'), 'endpoint'],
  ['no URL', url('one'), 'notUrl'],
  ['another scheme', url('ftp://one/vhds'), 'notUrl'],
  ['a URL with a password', url('https://me:secret@one.blob.core.windows.net/vhds'), 'notUrl'],
  ['a URL with a search', url(`${HOST}/vhds?restype=container`), 'urlParameters'],
  ['a URL without SAS where one is needed', sas(`${HOST}/vhds`), 'noSas'],
  ['a SAS without signature', sas(`${HOST}/vhds?sv=2022-11-02&sr=c&sp=r`), 'sasCutShort'],
  ['a SAS that is over', sas(`${HOST}/vhds?${CONTAINER_SAS.replace('2030', '2020')}`), 'sasExpired'],
  ['a SAS of a snapshot', sas(`${HOST}/vhds/d?${BLOB_SAS.replace('sr=b', 'sr=bs')}`), 'sasOfSnapshot'],
  ['a SAS of a directory', sas(`${HOST}/vhds/d?${BLOB_SAS.replace('sr=b', 'sr=d&sdd=1')}`), 'sasOfDirectory'],
  ['a SAS of queues', sas(`${HOST}/?${ACCOUNT_SAS.replace('ss=b', 'ss=qt')}`), 'sasNotForBlobs'],
  ['a container SAS without its container', sas(`${HOST}/?${CONTAINER_SAS}`), 'notUrl'],
  ['a sign-in over http', url('http://127.0.0.1:10000/devstoreaccount1/vhds/d'), 'tokenNeedsHttps'],
];

describe('attaching', () => {
  for (const [what, input, expected, endpoints] of GOOD) {
    it(`takes ${what}`, () => {
      const attached = attach(input, endpoints ?? [], NOW);
      assert.ok('attachment' in attached, inspect(attached));
      const { account, secret, warning } = attached.attachment;
      assert.deepEqual([account.id, account.name, account.access], [expected.id, expected.name, expected.access]);
      assert.equal(account.origin, expected.origin ?? 'attached');
      assert.equal(warning, expected.warning);
      assert.equal(secret === undefined, expected.access === 'entra');
      assert.doesNotMatch(JSON.stringify(attached) + inspect(attached, { depth: 9, showHidden: true }), /sig=|abc%3D|Eby8|YWJj/);
    });
  }

  for (const [what, input, problem] of BAD) {
    it(`refuses ${what}`, () => assert.deepEqual(attach(input, [], NOW), { problem }));
  }

  it('has words for every problem and warning, and no secret in them', () => {
    for (const [, , problem] of BAD) assert.equal(problemText(inEnglish, problem) === '', problem === 'empty');
    for (const [, , { warning }] of GOOD) if (warning) assert.match(warningText(inEnglish, warning), /^This .+\.$/);
  });
});
