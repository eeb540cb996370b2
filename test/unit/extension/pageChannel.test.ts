import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { PageChannel } from '../../../src/extension/webview/pageChannel.ts';
import { readFromPage } from '../../../src/messages/channel.ts';

function rig(answer: (ask: string, signal: AbortSignal) => Promise<string>) {
  const posted: unknown[] = [];
  let hear: (message: unknown) => unknown = () => undefined;
  const page = {
    postMessage: async (message: unknown) => posted.push(message) > 0,
    onDidReceiveMessage: (listener: (message: unknown) => unknown) => {
      hear = listener;
      return { dispose: () => (hear = () => undefined) };
    },
  };
  const channel = new PageChannel<string, string, string>(page, {
    readAsk: (value) => (typeof value === 'string' ? value : undefined),
    answer,
    textOf: (error) => `sorry: ${(error as Error).message}`,
  });
  return { channel, posted, say: (message: unknown) => hear(message) };
}

test('a page that has not loaded yet sees only the last view, and a page that loads anew sees it again', () => {
  const { channel, posted, say } = rig(async () => '');
  channel.show('one');
  channel.show('two');
  assert.deepEqual(posted, []);
  say({ type: 'ready' });
  channel.show('three');
  say({ type: 'ready' });
  assert.deepEqual(posted, [
    { type: 'view', view: 'two' },
    { type: 'view', view: 'three' },
    { type: 'view', view: 'three' },
  ]);
});

test('an ask is answered exactly once, also when it comes twice, and a failure is an answer', async () => {
  let asked = 0;
  const { posted, say } = rig(async (ask) => {
    asked++;
    if (ask === 'bad') throw new Error('no');
    return ask.toUpperCase();
  });
  say({ type: 'ready' });
  say({ type: 'ask', id: 1, ask: 'good' });
  say({ type: 'ask', id: 1, ask: 'good' });
  say({ type: 'ask', id: 2, ask: 'bad' });
  await turn();
  assert.equal(asked, 2);
  assert.deepEqual(posted, [
    { type: 'answer', id: 1, answer: 'GOOD' },
    { type: 'refused', id: 2, text: 'sorry: no' },
  ]);
});

test('a page that loads anew gets no answer to what its predecessor asked, and may use the same numbers', async () => {
  const signals: AbortSignal[] = [];
  const first = Promise.withResolvers<string>();
  const { posted, say } = rig((ask, signal) => {
    signals.push(signal);
    return ask === 'slow' ? first.promise : Promise.resolve(ask);
  });
  say({ type: 'ready' });
  say({ type: 'ask', id: 1, ask: 'slow' });
  say({ type: 'ready' });
  say({ type: 'ask', id: 1, ask: 'quick' });
  first.resolve('late');
  await turn();
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  );
  assert.deepEqual(posted, [{ type: 'answer', id: 1, answer: 'quick' }]);
});

test('after its end a channel is silent', async () => {
  const waiting = Promise.withResolvers<string>();
  const { channel, posted, say } = rig(() => waiting.promise);
  say({ type: 'ready' });
  say({ type: 'ask', id: 1, ask: 'slow' });
  channel.dispose();
  waiting.resolve('late');
  await turn();
  channel.show('anything');
  assert.deepEqual(posted, []);
});

test('what is not a message is dropped', () => {
  const readAsk = (value: unknown) => (typeof value === 'string' ? value : undefined);
  for (const strange of [
    undefined,
    null,
    0,
    'ready',
    [],
    { type: 'other' },
    { type: 'ask', ask: 'x' },
    { type: 'ask', id: 1.5, ask: 'x' },
    { type: 'ask', id: 1, ask: 7 },
  ]) {
    assert.equal(readFromPage(strange, readAsk), undefined, JSON.stringify(strange));
  }
  assert.deepEqual(readFromPage({ type: 'ask', id: 1, ask: 'x', more: 1 }, readAsk), { type: 'ask', id: 1, ask: 'x' });
});
