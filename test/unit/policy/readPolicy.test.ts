import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readPolicy } from '../../../src/policy/file/readPolicy.ts';
import { globMatcher, literalFolder } from '../../../src/policy/glob.ts';
import { SAMPLES } from './corpus.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'schemas', 'page-blob-backup.schema.json'), 'utf8'),
) as object;
const fits = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);

/** Does the schema take it? What is no YAML it never sees. */
function schemaTakes(yaml: string): boolean {
  try {
    return fits(parse(yaml, { uniqueKeys: false }));
  } catch {
    return false;
  }
}

describe('the policy file', () => {
  for (const { what, yaml, wrong } of SAMPLES) {
    it(`${wrong ? 'refuses' : 'takes'} ${what}; the schema agrees as far as it can`, () => {
      const { policy, problems } = readPolicy(yaml);
      assert.equal(schemaTakes(yaml), wrong?.kind !== 'shape', JSON.stringify(fits.errors));
      if (!wrong) {
        assert.deepEqual(problems, []);
        assert.ok(policy);
        return;
      }
      assert.equal(policy, undefined);
      const told = problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
      assert.ok(
        problems.some(({ line, column, message }) => wrong.message.test(message) && `${line}:${column}` === wrong.at),
        told.join('\n'),
      );
      assert.ok(
        problems.every(({ line, column, endLine, endColumn }) => endLine > line || (endLine === line && endColumn >= column)),
        'ends after its start',
      );
      assert.doesNotMatch(told.join(), /sig=/);
    });
  }

  it('fills defaults in, and zones, and gives every rule whole', () => {
    const { policy } = readPolicy(SAMPLES[1]!.yaml);
    const [first, second] = policy!.rules;
    assert.deepEqual(first, {
      name: 'production',
      account: 'https://prod.blob.core.windows.net',
      blobs: ['vhds/*.vhd', 'disks/**'],
      except: ['vhds/scratch-?.vhd'],
      to: [
        { account: 'https://vault.blob.core.windows.net', blob: 'b/{account}/{container}/{blob}', catalogue: undefined },
        {
          account: 'http://127.0.0.1:10000/devstoreaccount2',
          blob: 'b/{name}',
          catalogue: 'https://standard.blob.core.windows.net/catalogues',
        },
      ],
      window: { kind: 'cron', cron: '0 */12 * * *', timeZone: 'America/New_York' },
      jitter: 600_000,
      retention: { last: 3, hourly: 0, daily: 7, weekly: 5, monthly: 12, yearly: Infinity, timeZone: 'UTC' },
      transfer: 'server',
      proof: 'full',
      keepSourceSnapshots: 2,
      verify: { every: 7 * 86_400_000, proof: 'full' },
    });
    assert.equal(second?.verify, undefined, 'never takes the default back');
    assert.deepEqual(readPolicy(`${SAMPLES[0]!.yaml}    verify: 30d\n`).policy!.rules[0]!.verify, {
      every: 30 * 86_400_000,
      proof: 'sample',
    });
    assert.deepEqual([second?.window, second?.retention, second?.transfer], [{ kind: 'every', ms: 7 * 86_400_000 }, undefined, 'server']);
    assert.deepEqual(readPolicy(SAMPLES[0]!.yaml).policy!.rules[0]!.retention, { daily: 7, timeZone: 'UTC' });
  });

  it('never throws, whatever is written', () => {
    const pieces = fc.constantFrom(
      'version: 1',
      'chains:',
      '  - ',
      'account: ',
      '[',
      '{',
      '}',
      ': ',
      '&a',
      '*a',
      '\n',
      '  ',
      '"',
      'https://x',
      '!!x',
      '#',
      'blobs: a/b',
      '? ',
      '12h',
      '- ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => void readPolicy(parts.join(''))),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.nat(SAMPLES[1]!.yaml.length), (at) => void readPolicy(SAMPLES[1]!.yaml.slice(0, at))),
      { numRuns: 300 },
    );
  });
});

describe('patterns', () => {
  it('match parts, folders and single characters', () => {
    const matches = (glob: string, path: string) => globMatcher(glob)(path);
    assert.ok(matches('vhds/*.vhd', 'vhds/a.vhd'));
    assert.ok(!matches('vhds/*.vhd', 'vhds/a/b.vhd'));
    assert.ok(!matches('vhds/*.vhd', 'vhds/aXvhd'));
    assert.ok(matches('vhds/**', 'vhds/a/b.vhd'));
    assert.ok(matches('vhds/**/x.vhd', 'vhds/x.vhd'));
    assert.ok(matches('v*/a?.(1)', 'vhds/ab.(1)'));
    assert.ok(!matches('vhds/a?', 'vhds/a/'));
    assert.deepEqual(['a/b/*.vhd', '*.vhd', 'a/*/c', 'a/b'].map(literalFolder), ['a/b', '', 'a', 'a']);
  });
});
