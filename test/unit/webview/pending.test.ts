import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pending } from '../../../webview/shared/pending.ts';

describe('what was said and not answered', () => {
  it('is shown until it is answered', () => {
    const pending = new Pending();
    assert.equal(pending.valueOf('name', 'old'), 'old');
    assert.equal(pending.has(), false);
    const answered = pending.say('name', 'new');
    assert.deepEqual([pending.has(), pending.has('name'), pending.has('other')], [true, true, false]);
    assert.equal(pending.valueOf('name', 'old'), 'new');
    assert.equal(pending.valueOf('other', 'old'), 'old');
    answered();
    assert.equal(pending.valueOf('name', 'shown'), 'shown');
    assert.deepEqual([pending.has(), pending.has('name')], [false, false]);
  });

  it('stays the last, when what was said before is answered', () => {
    const pending = new Pending();
    const first = pending.say('name', 'a');
    const second = pending.say('name', 'ab');
    first();
    assert.equal(pending.valueOf('name', 'a'), 'ab');
    second();
    assert.equal(pending.valueOf('name', 'ab'), 'ab');
    assert.equal(pending.valueOf('name', 'shown'), 'shown');
  });
});
