import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { errorObject, reportable, tellError } from '../../../src/cli/errorReport.ts';
import { JsonLines } from '../../../src/cli/json.ts';
import { People } from '../../../src/cli/people.ts';
import { BackupError, cancelledError } from '../../../src/engine/errors.ts';

function stage(options: { highWaterMark?: number } = {}) {
  const clock = { now: 0 };
  const stream = new PassThrough({ highWaterMark: options.highWaterMark ?? 1024 * 1024 });
  const json = new JsonLines(stream, () => clock.now);
  const objects = () =>
    String(stream.read() ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { clock, stream, json, objects };
}

describe('--json', () => {
  it('prints one object a line with its type first', async () => {
    const { json, stream } = stage();
    await json.print('result', { kind: 'full', written: 512 });
    assert.equal(String(stream.read()), '{"type":"result","kind":"full","written":512}\n');
  });

  it('passes events on, progress at most twice a second but for the end of it, and leaves the result to the command', () => {
    const { clock, json, objects } = stage();
    json.hear({ type: 'phase', phase: 'copying', text: 'Copying.' });
    for (let done = 0; done <= 100; done++, clock.now += 10) json.hear({ type: 'progress', phase: 'copying', done, total: 100 });
    json.hear({ type: 'warning', code: 'rebase', text: 'x' });
    json.hear({ type: 'retry', what: 'x', attempt: 1, waitMs: 5, reason: 'y', left: 9 });
    json.hear({ type: 'result', result: {} });
    assert.deepEqual(
      objects().map(({ type, done }) => done ?? type),
      ['phase', 0, 50, 100, 'warning', 'retry'],
    );
  });

  it('holds no secret, and stays JSON', async () => {
    const { json, objects } = stage();
    await json.print('error', { message: 'at https://a/b?sig=abcdef&x=1', key: 'AccountKey=abcdef' });
    assert.deepEqual(objects(), [{ type: 'error', message: 'at https://a/b?sig=(redacted)&x=1', key: 'AccountKey=(redacted)' }]);
  });

  it('stays JSON wherever the secret stands in a text', async () => {
    const { json, objects } = stage();
    const url = 'https://a/b?sig=abcdef';
    await json.print('error', { message: `x ${url}`, more: [url, { key: 'AccountKey=a"b\\c' }], bearer: 'Bearer abc', last: url });
    const safe = 'https://a/b?sig=(redacted)';
    assert.deepEqual(objects(), [
      { type: 'error', message: `x ${safe}`, more: [safe, { key: 'AccountKey=(redacted)"b\\c' }], bearer: 'Bearer (redacted)', last: safe },
    ]);
  });

  it('waits for a slow reader, and not for one that is gone', async () => {
    const { json, stream } = stage({ highWaterMark: 10 });
    let isPrinted = false;
    const printing = json.print('range', { start: 0, end: 512 }).then(() => (isPrinted = true));
    await new Promise(setImmediate);
    assert.equal(isPrinted, false);
    stream.resume();
    await printing;
    const gone = stage({ highWaterMark: 10 });
    const lost = gone.json.print('range', { start: 0, end: 512 });
    gone.stream.destroy();
    await lost;
    await gone.json.print('range', { start: 0, end: 512 });
  });
});

describe('errors', () => {
  const told = (error: unknown, isVerbose = false) => {
    let text = '';
    tellError(new People({ write: (more) => (text += more) }, {}), reportable(error, 'The disk is as it was.'), isVerbose);
    return text;
  };

  it('say what happened, what was not harmed, what to do next', () => {
    const error = new BackupError('notOurs', 'It is not ours.', { unharmed: 'Nothing was changed.', hint: 'Use --adopt.' });
    assert.equal(told(error), 'It is not ours. Nothing was changed. Use --adopt.\n');
    assert.deepEqual(errorObject(error), {
      code: 'notOurs',
      message: 'It is not ours.',
      unharmed: 'Nothing was changed.',
      hint: 'Use --adopt.',
      exitStatus: 6,
    });
  });

  it('say what a command leaves as it was, where they say nothing of that themselves', () => {
    const error = new BackupError('busy', 'It is leased.', { hint: 'Wait.' });
    let text = '';
    tellError(new People({ write: (more) => (text += more) }, {}), error, false, 'Nothing was changed.');
    assert.equal(text, 'It is leased. Nothing was changed. Wait.\n');
    assert.equal(errorObject(error, 'Nothing was changed.').unharmed, 'Nothing was changed.');
  });

  it('of a stopped command say how to go on', () => {
    assert.equal(told(cancelledError()), 'Stopped before the end. The disk is as it was.\n');
  });

  it('show a stack with --verbose only, and never a secret', () => {
    const error = new Error('broke at https://a/b?sig=abcdef');
    assert.match(told(error), /^Something happened that this program did not expect: broke at .*sig=\(redacted\).*--verbose/);
    assert.doesNotMatch(told(error), /\n {4}at /);
    assert.match(told(error, true), /\n {4}at /);
    assert.doesNotMatch(told(error, true), /abcdef/);
    assert.equal(errorObject(reportable(error, undefined)).exitStatus, 1);
  });

  it('show the service’s own words with --verbose', () => {
    const error = new BackupError('busy', 'Busy.', { service: { status: 409, code: 'LeaseAlreadyPresent', requestId: 'r' } });
    assert.match(told(error, true), /code: busy, service: .*LeaseAlreadyPresent/);
    assert.doesNotMatch(told(error), /LeaseAlreadyPresent/);
  });
});
