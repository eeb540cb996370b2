import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { validate } from 'dockerfile-utils';
import { SCHEDULE_KINDS } from '../../src/policy/generate/kinds.ts';
import { requestOf } from './policy/generate/requests.ts';

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'Containerfile'), 'utf8');
/** Each instruction is on a line of its own here. */
const instructions = text.split('\n').flatMap((line) => {
  const [, name, content] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
  return name === undefined ? [] : [[name, content!] as const];
});
const of = (keyword: string): string[] => instructions.filter(([name]) => name === keyword).map(([, content]) => content);

describe('the Containerfile', () => {
  it('is one to the validator of such files', () => {
    assert.deepEqual(validate(text), []);
    assert.notDeepEqual(validate(text.replace('USER', 'USR')), [], 'the validator sees nothing');
  });

  it('holds the program and nothing else, and does not run as root', () => {
    assert.deepEqual(of('COPY'), ['package.json ./', 'dist/cli.js dist/ThirdPartyNotices.txt dist/', 'dist/cli dist/cli']);
    assert.deepEqual([of('RUN'), of('ADD')], [[], []]);
    assert.deepEqual(of('USER'), ['1000:1000']);
    assert.match(of('FROM').join(), /^docker\.io\/library\/node:24-slim$/);
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8');
    assert.deepEqual(ignored.trim().split('\n'), ['*', '!package.json', '!dist/cli.js', '!dist/cli', '!dist/ThirdPartyNotices.txt']);
  });

  it('has the program where the CronJob looks for it', () => {
    const [entry] = of('ENTRYPOINT').map((content) => (JSON.parse(content) as string[]).join(' '));
    assert.ok(SCHEDULE_KINDS.kubernetes.generate(requestOf())[0]!.text.includes(`exec ${entry} apply`), entry);
  });
});
