import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { formatAddress, normaliseEndpoint, parseBlobUrl, parseFolderUrl } from '../../../src/azure/blobAddress.ts';
import { BackupError } from '../../../src/engine/errors.ts';

const SAS = 'sv=2021-12-02&sr=c&sp=rl&se=2030-01-01T00:00:00Z&sig=c2VjcmV0c2VjcmV0%3D';
const SNAPSHOT = '2026-11-21T10:00:00.1234567Z';

describe('the URL of a blob', () => {
  it('is taken apart and put together again', () => {
    const { address, sas } = parseBlobUrl('https://acct.blob.core.windows.net/vhds/disks/os.vhd');
    assert.deepEqual(address, {
      endpoint: 'https://acct.blob.core.windows.net',
      account: 'acct',
      container: 'vhds',
      blob: 'disks/os.vhd',
      snapshot: undefined,
    });
    assert.equal(sas, undefined);
    assert.equal(formatAddress(address), 'https://acct.blob.core.windows.net/vhds/disks/os.vhd');
  });

  const endpoints: readonly (readonly [string, string, string | undefined])[] = [
    ['https://acct.blob.core.chinacloudapi.cn/c1/b', 'https://acct.blob.core.chinacloudapi.cn', 'acct'],
    ['https://acct.blob.core.usgovcloudapi.net/c1/b', 'https://acct.blob.core.usgovcloudapi.net', 'acct'],
    ['https://acct.z07.blob.storage.azure.net/c1/b', 'https://acct.z07.blob.storage.azure.net', 'acct'],
    ['https://acct.blob.local.azurestack.external/c1/b', 'https://acct.blob.local.azurestack.external', 'acct'],
    ['https://ACCT.blob.core.windows.net:443/c1/b', 'https://acct.blob.core.windows.net', 'acct'],
    ['https://disks.example.com/c1/b', 'https://disks.example.com', undefined],
    ['http://127.0.0.1:10000/devstoreaccount1/c1/b', 'http://127.0.0.1:10000/devstoreaccount1', 'devstoreaccount1'],
    ['http://localhost:10000/devstoreaccount1/c1/b', 'http://localhost:10000/devstoreaccount1', 'devstoreaccount1'],
    ['http://[::1]:10000/devstoreaccount1/c1/b', 'http://[::1]:10000/devstoreaccount1', 'devstoreaccount1'],
    ['http://azurite:10000/devstoreaccount1/c1/b', 'http://azurite:10000/devstoreaccount1', 'devstoreaccount1'],
    ['http://acct.blob.localhost:10000/c1/b', 'http://acct.blob.localhost:10000', 'acct'],
  ];
  for (const [url, endpoint, account] of endpoints) {
    it(`knows the endpoint of ${url}`, () => {
      const { address } = parseBlobUrl(url);
      assert.deepEqual({ ...address }, { endpoint, account, container: 'c1', blob: 'b', snapshot: undefined });
    });
  }

  it('is path-style where a connection string says so', () => {
    const { address } = parseBlobUrl('https://storage.example.com/stack/acct/c1/b', ['https://storage.example.com/stack/acct/']);
    assert.equal(address.endpoint, 'https://storage.example.com/stack/acct');
    assert.equal(address.container, 'c1');
    const other = parseBlobUrl('https://storage.example.com/stack/acct2/c1/b', ['https://storage.example.com/stack/acct']);
    assert.equal(other.address.container, 'stack');
  });

  it('may name the root container, and names that need encoding', () => {
    const { address } = parseBlobUrl('https://acct.blob.core.windows.net/$root/my%20disk%2B1%20%C3%A4%23.vhd');
    assert.equal(address.container, '$root');
    assert.equal(address.blob, 'my disk+1 ä#.vhd');
    assert.equal(formatAddress(address), 'https://acct.blob.core.windows.net/$root/my%20disk%2B1%20%C3%A4%23.vhd');
  });

  it('may name a snapshot, with a SAS on either side of it', () => {
    for (const query of [`snapshot=${SNAPSHOT}&${SAS}`, `${SAS}&snapshot=${encodeURIComponent(SNAPSHOT)}`]) {
      const { address, sas } = parseBlobUrl(`https://acct.blob.core.windows.net/c1/b?${query}`);
      assert.equal(address.snapshot, SNAPSHOT);
      assert.equal(sas?.reveal(), SAS);
      assert.equal(formatAddress(address), `https://acct.blob.core.windows.net/c1/b?snapshot=${SNAPSHOT}`);
    }
  });

  it('never shows its SAS', () => {
    const parsed = parseBlobUrl(`https://acct.blob.core.windows.net/c1/b?${SAS}`);
    for (const shown of [inspect(parsed, { depth: 9, showHidden: true }), JSON.stringify(parsed), String(parsed.sas)]) {
      assert.doesNotMatch(shown, /c2VjcmV0/);
    }
  });

  it('survives formatting and parsing, whatever the name', () => {
    const segment = fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter((text) => !/^\.{1,2}$|[\\/]/.test(text) && text.isWellFormed());
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.option(fc.constant(SNAPSHOT), { nil: undefined }),
        (names, snapshot) => {
          const address = {
            endpoint: 'https://acct.blob.core.windows.net',
            account: 'acct',
            container: 'c1',
            blob: names.join('/'),
            snapshot,
          };
          assert.deepEqual(parseBlobUrl(formatAddress(address)).address, address);
        },
      ),
    );
  });
});

describe('what is no URL of a blob', () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['', /not a blob URL/],
    ['disk.vhd', /not a blob URL/],
    ['C:\\disks\\os.vhd', /not a blob URL/],
    ['ftp://acct.blob.core.windows.net/c/b', /not a blob URL/],
    ['https://acct.blob.core.windows.net', /no container/],
    ['https://acct.blob.core.windows.net/c1', /names a container/],
    ['https://acct.blob.core.windows.net/c1/', /names a container/],
    ['http://127.0.0.1:10000/devstoreaccount1', /no container/],
    ['http://127.0.0.1:10000/devstoreaccount1/c1', /names a container/],
    ['https://me:hunter2@acct.blob.core.windows.net/c1/b', /user name or password/],
    ['https://acct.blob.core.windows.net/c1/b%zz', /percent sign/],
    ['https://acct.blob.core.windows.net/c1/b?snapshot=', /exactly one snapshot/],
    ['https://acct.blob.core.windows.net/c1/b?snapshot=a&snapshot=b', /exactly one snapshot/],
    ['https://acct.blob.core.windows.net/c1/b?sv=2021-12-02', /cut short/],
    ['https://acct.blob.core.windows.net/c1/disk#2.vhd', /holds a "#"/],
    ['https://acct.blob.core.windows.net/c1/b#', /holds a "#"/],
    [`https://acct.blob.core.windows.net/c1/b#?${SAS}`, /holds a "#"/],
    ['https://acct.blob.core.windows.net/c1/x/../disk.vhd', /holds a part "\." or "\.\."/],
    ['https://acct.blob.core.windows.net/c1/./disk.vhd', /holds a part/],
    ['https://acct.blob.core.windows.net/c1/x/..', /holds a part/],
    ['https://acct.blob.core.windows.net/c1/x/%2E%2e/disk.vhd', /holds a part/],
    ['https://acct.blob.core.windows.net/c1/x/.%2E/disk.vhd', /holds a part/],
    ['https://acct.blob.core.windows.net/c1/x%2F..%2fdisk.vhd', /holds a part/],
    ['https://acct.blob.core.windows.net/c1/x\\..\\disk.vhd', /holds a part/],
    ['https://acct.blob.core.windows.net/c1/x/.\t./disk.vhd', /holds a part/],
    ['https://acct.blob.core.windows.net/c1/b?comp=pagelist', /do not belong there: comp/],
  ];
  for (const [url, text] of bad) {
    it(`is refused: "${url}"`, () => {
      assert.throws(
        () => parseBlobUrl(url),
        (error: unknown) =>
          error instanceof BackupError && error.code === 'badInput' && text.test(error.message) && !/hunter2/.test(error.fullText),
      );
    });
  }

  it('is told how a name with a # is written', () => {
    assert.throws(
      () => parseBlobUrl('https://a.blob.core.windows.net/c1/b#2'),
      (error: BackupError) => /write # as %23/.test(error.hint ?? ''),
    );
    assert.equal(parseBlobUrl('https://a.blob.core.windows.net/c1/b%232/...vhd/.x/x.').address.blob, 'b#2/...vhd/.x/x.');
  });

  it('is refused without showing the secret in it', () => {
    for (const url of [`nonsense?${SAS}`, `https://acct.blob.core.windows.net/c1?${SAS}`, `ftp://x/c/b?${SAS}`, `sig=c2VjcmV0c2VjcmV0`]) {
      assert.throws(
        () => parseBlobUrl(url),
        (error: unknown) => !inspect(error, { depth: 9, showHidden: true }).includes('c2VjcmV0'),
      );
    }
  });
});

describe('the URL of a folder', () => {
  it('names a container, or a folder in it', () => {
    assert.equal(parseFolderUrl('https://acct.blob.core.windows.net/c1').address.blob, '');
    assert.equal(parseFolderUrl('https://acct.blob.core.windows.net/c1/').address.blob, '');
    assert.equal(parseFolderUrl('https://acct.blob.core.windows.net/c1/disk.chain/').address.blob, 'disk.chain');
    assert.throws(() => parseFolderUrl(`https://acct.blob.core.windows.net/c1/x?snapshot=${SNAPSHOT}`), /snapshot/);
    assert.throws(() => parseFolderUrl('https://acct.blob.core.windows.net/'), /no container/);
  });
});

describe('endpoints', () => {
  it('are the same in spite of case, default port, slash and the name of the loopback', () => {
    assert.equal(normaliseEndpoint('https://ACCT.blob.core.windows.net:443/'), normaliseEndpoint('https://acct.blob.core.windows.net'));
    assert.equal(normaliseEndpoint('http://localhost:10000/a'), normaliseEndpoint('http://127.0.0.1:10000/a/'));
    assert.notEqual(normaliseEndpoint('http://127.0.0.1:10000/a'), normaliseEndpoint('http://127.0.0.1:10000/b'));
    assert.notEqual(normaliseEndpoint('http://acct.blob.core.windows.net'), normaliseEndpoint('https://acct.blob.core.windows.net'));
    assert.equal(normaliseEndpoint('nonsense'), undefined);
  });
});
