import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redact } from '../../../src/engine/redact.ts';

const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const SIG = 'AbCd0123456789%2Bxyz%2F%3D';

describe('redaction', () => {
  const secrets: readonly (readonly [string, string])[] = [
    ['a SAS at the end of a URL', `https://a.blob.core.windows.net/c/b?sv=1&sp=r&sig=${SIG}`],
    ['a SAS in the middle', `GET https://a.blob.core.windows.net/c/b?sig=${SIG}&sv=1 failed`],
    ['a SAS in XML', `<CopySource>https://a/c/b?sv=1&amp;sig=${SIG}&amp;se=2</CopySource>`],
    ['a SAS in quotes', `"?sv=1&sig=${SIG}"`],
    ['a SAS in capitals', `https://a/c/b?SIG=${SIG}`],
    ['an encoded URL', `x-ms-copy-source=https%3A%2F%2Fa%2Fc%2Fb%3Fsv%3D1%26sig%3D${encodeURIComponent(SIG)}%26se%3D2`],
    ['a connection string with a key', `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${KEY};EndpointSuffix=core.windows.net`],
    ['a connection string with a SAS', `BlobEndpoint=https://a/;SharedAccessSignature=sv=1&sig=${SIG}`],
    ['a key alone', `the key ${KEY} is wrong`],
    ['a bearer token', 'Authorization: Bearer abc.def-ghi_jkl~123'],
    ['a signed request', `authorization: SharedKey devstoreaccount1:${KEY.slice(0, 44)}`],
    ['a JWT', 'got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl from it'],
    ['a proxy with a password', 'connect to http://user:s3cr3t@proxy.example:8080 failed'],
    ['basic sign-in', 'OTEL_EXPORTER_OTLP_HEADERS authorization=Basic s3cr3tValue=='],
    ['a password in a URL of a long scheme', 'azureblobstorage://user:s3cr3t@a.example/'],
    ['a client secret', 'grant_type=client_credentials&client_secret=s3cr3t~value&scope=x'],
  ];
  const parts = [SIG, encodeURIComponent(SIG), KEY, KEY.slice(0, 44), 'abc.def-ghi', 'eyJhbGci', 'c2lnbmF0dXJl', 's3cr3t'];
  for (const [name, text] of secrets) {
    it(`takes out ${name}`, () => {
      const safe = redact(text);
      assert.match(safe, /\(redacted\)/);
      for (const part of parts) assert.ok(!safe.includes(part), safe);
      assert.equal(redact(safe), safe, 'what is written to stderr passes it twice');
    });
  }

  it('leaves everything else as it is', () => {
    for (const text of [
      'https://acct.blob.core.windows.net/vhds/os.vhd?snapshot=2026-11-21T10:00:00.1234567Z',
      'sp=rl se=2030-01-01 request 5d3c7d2c-901e-0024-7b3c-5d3c7d000000',
      'design=1 assigned',
      'https://acct.blob.core.windows.net:443/vhds/a:b@c and http://127.0.0.1:10000/a/b@c',
      'Basic authentication is not supported',
      'HTTPS_PROXY=http://<name>:<password>@<host>:<port>',
      '',
    ]) {
      assert.equal(redact(text), text);
    }
  });

  it('keeps what says why a SAS was refused', () => {
    assert.equal(redact(`https://a/c/b?sv=1&sp=r&se=2&sig=${SIG}&sr=b`), 'https://a/c/b?sv=1&sp=r&se=2&sig=(redacted)&sr=b');
  });
});
