import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resultOf, runEvents, type Emit, type RunEvent } from '../../../src/engine/events.ts';
import { gather } from '../../support/engine/pageBits.ts';

const progress = (done: number, phase: 'copying' | 'proving' = 'copying') => ({ type: 'progress', phase, done, total: 9 }) as const;
const note = (text: string) => ({ type: 'note', text }) as const;

describe('run events', () => {
  it('come in order, the result last', async () => {
    const events = await gather(
      runEvents(async (emit) => {
        emit(note('one'));
        await Promise.resolve();
        emit(note('two'));
        return 42;
      }),
    );
    assert.deepEqual(events, [note('one'), note('two'), { type: 'result', result: 42 }]);
  });

  it('keep only the newest progress of a phase for a slow listener, and everything else', async () => {
    const events = await gather(
      runEvents(async (emit) => {
        for (const done of [1, 2, 3]) emit(progress(done));
        emit(note('between'));
        for (const done of [4, 5]) emit(progress(done));
        for (const done of [1, 2]) emit(progress(done, 'proving'));
        return undefined;
      }),
    );
    assert.deepEqual(events.slice(0, -1), [progress(3), note('between'), progress(5), progress(2, 'proving')]);
  });

  it('end with the job’s own error, after all that it said', async () => {
    const heard: RunEvent[] = [];
    const failure = new Error('as it was thrown');
    const events = runEvents(async (emit) => {
      emit(note('last words'));
      await Promise.resolve();
      throw failure;
    });
    const listening = (async () => {
      for await (const event of events) heard.push(event);
    })();
    await assert.rejects(listening, (error) => error === failure);
    assert.deepEqual(heard, [note('last words')]);
  });

  it('pass on a result of undefined and an error of undefined as what they are', async () => {
    assert.equal(await resultOf(runEvents(async () => undefined)), undefined);
    const failing = resultOf(runEvents(() => Promise.reject(undefined as unknown as Error)));
    await assert.rejects(failing, (error) => error === undefined);
  });

  it('are heard while the job still runs', async () => {
    let emit: Emit = () => undefined;
    let finish: (value: string) => void = () => undefined;
    const events = runEvents<string>((given) => {
      emit = given;
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    const first = events.next();
    emit(note('early'));
    assert.deepEqual(await first, { done: false, value: note('early') });
    const second = events.next();
    finish('late');
    assert.deepEqual(await second, { done: false, value: { type: 'result', result: 'late' } });
    assert.ok((await events.next()).done);
  });

  it('a listener that leaves does not stop the job, and its later failure harms nobody', async () => {
    let fail: (error: Error) => void = () => undefined;
    const events = runEvents(async (emit) => {
      emit(note('bye'));
      await new Promise((_, reject) => {
        fail = reject;
      });
    });
    for await (const event of events) {
      assert.deepEqual(event, note('bye'));
      break;
    }
    fail(new Error('nobody listens'));
    await new Promise(setImmediate);
  });

  it('resultOf lets its caller listen', async () => {
    const heard: RunEvent<number>[] = [];
    assert.equal(
      await resultOf(
        runEvents(async (emit) => {
          emit(note('hear'));
          return 7;
        }),
        (event) => void heard.push(event),
      ),
      7,
    );
    assert.deepEqual(heard, [note('hear'), { type: 'result', result: 7 }]);
  });
});
