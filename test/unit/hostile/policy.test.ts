import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readPolicy } from '../../../src/policy/file/readPolicy.ts';
import { People } from '../../../src/cli/people.ts';
import { hostileText, RUNS } from '../../support/hostile.ts';

/** A policy in which the text stands where each value may stand, once as YAML quotes it and once as it is. */
function policies(text: string): string[] {
  const values: Record<string, unknown> = {
    name: 'a',
    account: 'https://a.blob.core.windows.net',
    blobs: 'vhds/*',
    window: '12h',
    retention: { last: 1 },
    to: { account: 'https://b.blob.core.windows.net', blob: 'backups/{blob}' },
  };
  const whole = (chain: object): string => JSON.stringify({ version: 1, chains: [chain] });
  const placed = Object.keys(values).flatMap((key) => [whole({ ...values, [key]: text }), whole({ ...values, [text]: values[key] })]);
  return [...placed, whole({ ...values, to: { account: text, blob: text } }), `version: 1\nchains:\n  - name: ${text}\n`, text];
}

describe('a policy file of somebody else', () => {
  it('is understood or refused with places and reasons, each on one line that no terminal obeys', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const file of policies(text)) {
          const { policy, problems } = readPolicy(file);
          assert.ok((policy === undefined) === problems.length > 0, file);
          const written: string[] = [];
          const people = new People({ isTTY: false, columns: 120, write: (line) => written.push(line) }, {});
          for (const { line, column, message } of problems) {
            assert.ok(line >= 1 && column >= 1, file);
            people.line(`${line}:${column}: ${message}`);
          }
          assert.equal(written.length, problems.length);
          for (const line of written) assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        }
        assert.equal(({} as Record<string, unknown>)['version'], undefined, 'no prototype is touched');
      }),
      { ...RUNS, numRuns: 150 },
    );
  });

  it('that refers to itself a million times, or without end, ends soon', () => {
    const laughs = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((to, at) => `${to}: &${to} [${Array(9).fill(`*${'abcdefg'[at]!}`).join()}]`),
    ];
    for (const file of [laughs.join('\n'), `version: 1\nchains: &c [*c]\n`, `version: 1\ndefaults: &d { <<: *d }\n`]) {
      const { policy, problems } = readPolicy(file);
      assert.equal(policy, undefined);
      assert.ok(problems.length > 0);
    }
  });
});
