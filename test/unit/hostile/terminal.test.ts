import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { tellError } from '../../../src/cli/errorReport.ts';
import { JsonLines } from '../../../src/cli/json.ts';
import { People } from '../../../src/cli/people.ts';
import { Progress } from '../../../src/cli/progress.ts';
import { quoted } from '../../../src/cli/words.ts';
import { BackupError } from '../../../src/engine/errors.ts';
import { visibleLines, visibleText } from '../../../src/engine/visibleText.ts';
import { hostileText, RUNS } from '../../support/hostile.ts';
import { redactedLog } from '../../support/extension/redactedLog.ts';

/** Whatever a terminal or a log may obey instead of showing it. */
const OBEYED = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

function screen(live: boolean) {
  const written: string[] = [];
  const people = new People({ isTTY: live, columns: 120, write: (text) => written.push(text) }, {});
  return { people, written };
}

describe('names from a storage account on the terminal', () => {
  it('are shown and never obeyed, on one line', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { people, written } = screen(false);
        people.line(text, 'warning');
        people.fact('point', text);
        assert.equal(written.length, 2);
        for (const line of written) {
          assert.ok(line.endsWith('\n') && !line.slice(0, -1).includes('\n'), line);
          assert.doesNotMatch(line, OBEYED);
        }
      }),
      RUNS,
    );
  });

  it('leave nothing but our own colours and the line that is drawn again on a live one', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { people, written } = screen(true);
        people.draw(text);
        people.line(text, 'error');
        const ours = ['\r\u001b[K', '\u001b[K', '\u001b[31m', '\u001b[0m'].reduce(
          (all, part) => all.replaceAll(part, ''),
          written.join('').replace('\r', ''),
        );
        assert.doesNotMatch(ours, OBEYED);
        assert.equal(ours.split('\n').length, 2);
      }),
      RUNS,
    );
  });

  it('are harmless in events, errors, stacks and causes', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { people, written } = screen(false);
        const progress = new Progress(people, () => 0, true);
        progress.hear({ type: 'phase', phase: 'copying', text });
        progress.hear({ type: 'warning', code: 'x', text });
        progress.hear({ type: 'retry', what: text, attempt: 3, waitMs: 1, reason: text, left: 1 });
        const cause = new Error(text);
        tellError(people, new BackupError('integrity', text, { hint: text, service: { code: text }, cause }), true);
        for (const line of written) assert.doesNotMatch(line, OBEYED);
      }),
      RUNS,
    );
  });

  it('come through JSON unchanged, in characters that no terminal obeys', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const stream = new PassThrough({ encoding: 'utf8' });
        await new JsonLines(stream, () => 0).print('result', { text, [text]: 1 });
        const line = String(stream.read());
        assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\u2028\u2029]/u);
        assert.deepEqual(Object.values(JSON.parse(line) as object).includes(1), true);
      }),
      RUNS,
    );
  });

  it('make no command of their own in what is there to be pasted', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const word = quoted(`https://a.blob.core.windows.net/c/${encodeURIComponent(text.toWellFormed())}`);
        assert.match(word, /^'[^'\s]*'$/);
        assert.equal(decodeURIComponent(word.slice(1, -1).split('/c/')[1]!), text.toWellFormed());
      }),
      RUNS,
    );
  });
});

describe('names from a storage account in the log', () => {
  it('forge no line and bring no control character', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { log, lines } = redactedLog();
        log.info(text);
        log.warn(text);
        log.debug(text);
        for (const line of lines) assert.ok(!line.includes('\n'));
        log.error(text, new BackupError('unexpected', text));
        assert.equal(lines.length, 4);
        for (const line of lines) assert.doesNotMatch(line, OBEYED);
      }),
      RUNS,
    );
  });
});

describe('visible text', () => {
  it('names what it replaced, and leaves every other character', () => {
    assert.equal(visibleText('a\u001b[2Jb\r\n\u009bc\u202ed'), 'a\\x1b[2Jb\\x0d\\x0a\\x9bc\\u202ed');
    assert.equal(visibleText('Größe 😀 日本 ا'), 'Größe 😀 日本 ا');
    assert.equal(visibleLines('a\nb\u0007'), 'a\nb\\x07');
  });
});
