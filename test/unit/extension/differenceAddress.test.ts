import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { imageIn, queryOf, subjectIn, type ImageRef, type Subject } from '../../../src/extension/difference/subject.ts';
import { englishVoice } from '../../support/tree/voice.ts';
import { Uri } from '../../support/vscode/basics.ts';

const ID = '2026-11-20T14:00:00.1234567Z';
const NOW = Date.parse('2026-11-22T00:00:00Z');

const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((name) => encodeURIComponent(`x${name.toWellFormed()}`));
const images = fc.record(
  {
    blob: fc
      .tuple(fc.constantFrom('https://a.blob.core.windows.net', 'http://127.0.0.1:10000/dev'), names, names)
      .map((parts) => parts.join('/')),
    snapshot: fc.option(fc.constantFrom(ID, '2026-11-21T02:00:00.7654321Z'), { nil: undefined }),
  },
  { noNullPrototype: true },
) as fc.Arbitrary<ImageRef>;

describe('the address of a difference', () => {
  it('names the same pair after the way through an address of VS Code, whatever the names', () => {
    const pairs = fc.record({ before: fc.option(images, { nil: undefined }), after: images }, { noNullPrototype: true });
    fc.assert(
      fc.property(pairs, (pair) => {
        const uri = Uri.from({ scheme: 'page-blob-difference', path: '/x', query: queryOf({ kind: 'pair', pair }) });
        assert.deepEqual(subjectIn(Uri.parse(uri.toString()).query), { kind: 'pair', pair });
      }),
    );
  });

  it('names the chain of a churn page', () => {
    const subject: Subject = { kind: 'churn', backup: 'https://b.blob.core.windows.net/backups/web.vhd' };
    assert.deepEqual(subjectIn(queryOf(subject)), subject);
  });

  it('holds no secret, neither made nor read', () => {
    const url = `https://me:pass@a.blob.core.windows.net/vhds/disk.vhd?sv=2024&sig=topsecret&snapshot=${ID}#sig=more`;
    assert.deepEqual(imageIn(url), { blob: 'https://a.blob.core.windows.net/vhds/disk.vhd', snapshot: ID });
    const subject = subjectIn(new URLSearchParams({ before: url, after: url, sig: 'topsecret' }).toString())!;
    const made = queryOf({ kind: 'pair', pair: { before: { blob: url, snapshot: undefined }, after: { blob: url, snapshot: undefined } } });
    for (const text of [JSON.stringify(subject), queryOf(subject)]) assert.doesNotMatch(text, /secret|pass|me@|more/);
    assert.doesNotMatch(made, /secret|pass|more/);
    assert.equal(subjectIn(made)!.kind, 'pair');
    assert.doesNotMatch(queryOf({ kind: 'churn', backup: url }), /secret|pass|more/);
  });

  const bad: [what: string, query: string][] = [
    ['nothing', ''],
    ['one image', 'before=https%3A%2F%2Fa.example%2Fc%2Fb'],
    ['a file', 'before=empty&after=file%3A%2F%2F%2Fetc%2Fpasswd'],
    ['an account only', 'before=empty&after=https%3A%2F%2Fa.example%2Fc'],
    ['a snapshot that brings fields of its own', `before=empty&after=${encodeURIComponent('https://a.example/c/b?snapshot=x%26sig%3Dy')}`],
    ['a chain that is no address', 'churn=disk'],
  ];
  for (const [what, query] of bad) it(`names nothing with ${what}`, () => assert.equal(subjectIn(query), undefined));

  it('bears a title for people, without what a path or a line would take for its own', async () => {
    await import('../../support/vscode/register.ts');
    const { uriOf } = await import('../../../src/extension/difference/openSubject.ts');
    const voice = englishVoice(() => NOW);
    const of = (blob: string, before: string | undefined, after: string | undefined) =>
      uriOf({ kind: 'pair', pair: { before: { blob, snapshot: before }, after: { blob, snapshot: after } } }, voice).path;
    const disk = 'https://a.blob.core.windows.net/vhds/disk.vhd';
    assert.equal(of(disk, ID, '2026-11-21T02:00:00.7654321Z'), '/disk.vhd: 20 Nov 14:00 → 21 Nov 02:00');
    assert.equal(of(disk, ID, undefined), '/disk.vhd: 20 Nov 14:00 → now');
    assert.equal(of('https://a.blob.core.windows.net/vhds/..%2F..%5C%0Aevil%E2%80%AE', ID, undefined), '/.._..__evil_: 20 Nov 14:00 → now');
    assert.equal(
      uriOf(
        { kind: 'pair', pair: { before: { blob: disk, snapshot: ID }, after: { blob: disk.replace('//a.', '//b.'), snapshot: ID } } },
        voice,
      ).path,
      '/disk.vhd: 20 Nov 14:00:00 in a → 20 Nov 14:00:00 in b',
    );
  });

  it('opens as a file that cannot be written: the two URLs as text', async () => {
    await import('../../support/vscode/register.ts');
    const { DifferenceFiles } = await import('../../../src/extension/difference/differenceFiles.ts');
    const files = new DifferenceFiles();
    const after = { blob: 'https://a.blob.core.windows.net/vhds/disk.vhd', snapshot: ID };
    const query = queryOf({ kind: 'pair', pair: { before: undefined, after } });
    const uri = Uri.from({ scheme: 'page-blob-difference', path: '/x', query }) as never;
    assert.equal(Buffer.from(files.readFile(uri)).toString(), `before: empty\nafter: ${after.blob}?snapshot=${ID}\n`);
    assert.deepEqual([files.stat(uri).type, files.stat(uri).size], [1, files.readFile(uri).length]);
    const nowhere = Uri.parse('page-blob-difference:/x') as never;
    assert.throws(() => files.stat(nowhere), /FileNotFound/);
    for (const change of ['writeFile', 'delete', 'rename', 'createDirectory'] as const)
      assert.throws(() => files[change](uri), /NoPermissions/);
  });
});
