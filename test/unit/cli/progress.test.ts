import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { People } from '../../../src/cli/people.ts';
import { Progress } from '../../../src/cli/progress.ts';
import type { RunEvent } from '../../../src/engine/events.ts';

const GIB = 1024 ** 3;
const ESCAPE = '\u001B';

/** A terminal or a pipe with a clock of its own. */
function stage(options: { isTTY?: boolean; env?: Record<string, string>; isVerbose?: boolean; columns?: number } = {}) {
  const { isTTY = false, env = {}, isVerbose = false, columns = 200 } = options;
  const clock = { now: 1_000_000 };
  const lines: { at: number; text: string }[] = [];
  const stream = { isTTY, columns, write: (text: string) => lines.push({ at: clock.now, text }) };
  const people = new People(stream, env);
  const progress = new Progress(people, () => clock.now, isVerbose);
  return { clock, lines, people, progress, text: () => lines.map(({ text }) => text).join('') };
}

const copying: RunEvent = { type: 'phase', phase: 'copying', text: 'Copying changes.' };
const at = (done: number, total = GIB): RunEvent => ({ type: 'progress', phase: 'copying', done, total });

describe('progress that is piped', () => {
  it('prints plain lines, never more than two a second, and says percent, bytes, rate and time left', () => {
    const { clock, lines, progress, text } = stage();
    progress.hear(copying);
    for (let i = 0; i <= 1000; i++, clock.now += 10) progress.hear(at((GIB / 1000) * i));
    for (const [i, line] of lines.entries()) if (i > 0) assert.ok(line.at - lines[i - 1]!.at >= 500);
    assert.ok(lines.length >= 8 && lines.length <= 12, `${lines.length} lines`);
    assert.match(lines[5]!.text, /^ copying {4} 50 % {3}512 MiB of 1 GiB {3}10[23](\.\d)? MiB\/s {3}\d(\.\d)? s left\n$/);
    assert.doesNotMatch(text(), new RegExp(`[\\r${ESCAPE}]`));
  });

  it('prints a line every ten seconds however slow it is', () => {
    const { clock, lines, progress } = stage();
    progress.hear(copying);
    for (let i = 0; i < 120; i++, clock.now += 1000) progress.hear(at(1024 * i));
    assert.equal(lines.length, 1 + 11);
  });

  it('does not flood when phases fly by', () => {
    const { clock, lines, progress } = stage();
    for (let i = 0; i < 1000; i++, clock.now += 5)
      progress.hear({ type: 'phase', phase: 'proving', text: `Verifying recovery point ${i}.` });
    assert.ok(lines.length <= 10);
  });

  it('always prints warnings and notes', () => {
    const { progress, text } = stage();
    progress.hear(copying);
    progress.hear({ type: 'warning', code: 'x', text: 'Look out.' });
    progress.hear({ type: 'note', text: 'By the way.' });
    assert.match(text(), /^ warning {4}Look out\.\n note {7}By the way\.$/m);
  });

  it('tells long waits, now and then; all of them with --verbose', () => {
    const retry = (attempt: number): RunEvent => ({
      type: 'retry',
      what: 'x',
      attempt,
      waitMs: 4000,
      reason: 'The service is busy.',
      left: 9,
    });
    const quiet = stage();
    for (const attempt of [1, 1, 2, 2, 3]) quiet.progress.hear(retry(attempt));
    assert.equal(quiet.text(), ' waiting    4 s before try 3: The service is busy.\n');
    const verbose = stage({ isVerbose: true });
    for (const attempt of [1, 1, 2, 2, 3]) verbose.progress.hear(retry(attempt));
    assert.equal(verbose.lines.length, 5);
  });

  it('never goes back, never says 100 % before the end, and shows no bar without a total', () => {
    const { clock, lines, progress } = stage();
    progress.hear(copying);
    for (const done of [GIB / 2, GIB / 4, GIB - 1, GIB]) {
      clock.now += 11_000;
      progress.hear(at(done));
    }
    assert.deepEqual(
      lines.slice(1).map(({ text }) => /(\d+) %/.exec(text)?.[1]),
      ['50', '50', '99', '100'],
    );
    clock.now += 11_000;
    progress.hear({ type: 'progress', phase: 'proving', done: 5 * 1024, total: 0 });
    clock.now += 11_000;
    progress.hear({ type: 'progress', phase: 'proving', done: 2 * GIB, total: 0 });
    assert.match(lines.at(-1)!.text, /^ proof {6}2 GiB {3}186\.2 MiB\/s\n$/);
  });
});

describe('progress on a terminal', () => {
  it('draws one line again and again, and takes it away for lines that stay', () => {
    const { clock, lines, people, progress, text } = stage({ isTTY: true });
    progress.hear(copying);
    for (let i = 0; i <= 100; i++, clock.now += 50) progress.hear(at((GIB / 100) * i));
    assert.ok(!text().includes('\n'));
    assert.ok(lines.length <= 55, 'at most ten a second');
    assert.match(text(), /copying {4}█{14}░{14} {2}50 % {3}512 MiB of 1 GiB/);
    people.line('Done.');
    assert.ok(text().endsWith(`\r${ESCAPE}[KDone.\n`));
  });

  it('fits the line into the terminal', () => {
    const { progress, lines } = stage({ isTTY: true, columns: 40 });
    progress.hear(copying);
    progress.hear(at(GIB / 2));
    for (const { text } of lines) assert.ok(text.replace('\r', '').replace(`${ESCAPE}[K`, '').length < 40);
  });

  it('shows rate and time left on 80 columns too', () => {
    const { clock, progress, text } = stage({ isTTY: true, columns: 80 });
    progress.hear(copying);
    for (let i = 0; i <= 20; i++, clock.now += 1000) progress.hear(at((GIB / 100) * i, 200 * GIB));
    assert.ok(text().endsWith(` copying    ░░░░░░   0 %   204.8 MiB of 200 GiB   10.2 MiB/s   5 h 33 min left${ESCAPE}[K`), text());
  });

  it('colours warnings, unless NO_COLOR says no; a dumb terminal is a pipe', () => {
    const warning: RunEvent = { type: 'warning', code: 'x', text: 'Look out.' };
    const colourful = stage({ isTTY: true });
    colourful.progress.hear(warning);
    assert.ok(colourful.text().includes(`${ESCAPE}[33m warning`));
    for (const { env, isTTY } of [
      { env: { NO_COLOR: '1' }, isTTY: true },
      { env: { TERM: 'dumb' }, isTTY: true },
      { env: {}, isTTY: false },
    ]) {
      const plain = stage({ isTTY, env });
      plain.progress.hear(warning);
      assert.equal(plain.text(), ' warning    Look out.\n');
    }
  });
});

describe('text for people', () => {
  it('holds no secret', () => {
    const { people, text } = stage({ isTTY: true });
    people.line('at https://a/b?sv=1&sig=abc%2Bdef%3D&se=2');
    people.draw('AccountKey=c2VjcmV0;');
    people.fact('x', 'Bearer eyJhbGciOi.abc.def');
    assert.doesNotMatch(text(), /abc|c2VjcmV0|def/);
    assert.match(text(), /sig=\(redacted\)&se=2/);
  });
});
