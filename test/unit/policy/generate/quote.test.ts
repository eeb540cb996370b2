import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse as parseShell } from 'shell-quote';
import { shellWord } from '../../../../src/engine/shellWord.ts';
import { bicepString, commentText, crontabCommand, noExpression, systemdWord } from '../../../../src/policy/generate/quote.ts';
import { readBicepString } from './readBicep.ts';
import { nastyName, nastyText } from './requests.ts';
import { splitUnitLine } from './readUnit.ts';

describe('quoting', () => {
  it('a word of a shell is that word again, in a real shell', () => {
    const words = fc.sample(nastyText, 400);
    const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
    const { stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    assert.deepEqual(stdout.split('\0').slice(0, -1), words, stderr);
  });

  it('and in a parser of shell words', () => {
    fc.assert(fc.property(nastyName, (name) => assert.deepEqual(parseShell(`x ${shellWord(name)}`), ['x', name])));
  });

  it('a word of a unit is that word again', () => {
    fc.assert(fc.property(fc.array(nastyName), (words) => assert.deepEqual(splitUnitLine(words.map(systemdWord).join(' ')), words)));
  });

  it('a command in a crontab is on one line and holds no % that cron would take for a line break', () => {
    fc.assert(
      fc.property(nastyName, (name) => {
        const line = crontabCommand(shellWord(name));
        assert.doesNotMatch(line, /(?<!\\)%|\n/);
        assert.deepEqual(line.replaceAll('\\%', '%'), shellWord(name));
      }),
    );
  });

  it('refuses a line break where nothing can write one', () => {
    for (const quote of [crontabCommand, systemdWord]) assert.throws(() => quote('a\nb'), /no way to write a line break/);
  });

  it('a string of Bicep is that string again, without interpolation', async () => {
    const texts = fc.sample(nastyText, 200);
    assert.deepEqual(await Promise.all(texts.map(async (text) => readBicepString(bicepString(text)))), texts);
  });

  it('nothing in a value begins an expression of a workflow', () => {
    assert.equal(noExpression('a ${{ github.token }}'), "a ${{ '${{' }} github.token }}");
    fc.assert(fc.property(nastyText, (text) => assert.equal(evaluated(noExpression(text)), text)));
  });

  it('a comment stays on its line', () => {
    fc.assert(fc.property(nastyText, (text) => assert.doesNotMatch(commentText(text), /[\n\r\u2028\u2029\p{Cc}]/u)));
  });
});

/** What a workflow makes of a value in which the only expressions are strings. */
function evaluated(value: string): string {
  return value.replaceAll(/\$\{\{ '([^']*)' \}\}/g, '$1');
}
