import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { givesHonestDifferences, isDifferenceRefusal } from '../../../src/engine/chain/canary.ts';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import { firstCalls } from '../../support/engine/faultPlans.ts';
import { filled, stage, DISK } from '../../support/engine/stage.ts';
import { refusal, throttled } from '../../support/memory/refusals.ts';

const honest = (switches = {}) => {
  const all = stage({ switches });
  return { all, ask: () => givesHonestDifferences(all.blob.image(), all.tools.retrier) };
};

describe('the canary', () => {
  it('a service that refuses a difference to a snapshot that never was is honest', async () => {
    assert.equal(await honest().ask(), true);
    assert.equal(await honest({ difference: 'refused' }).ask(), true);
  });

  it('a service that answers it is not, whether it lists pages or none', async () => {
    const { all, ask } = honest({ difference: 'ignored' });
    assert.equal(await ask(), false);
    all.service.foreign.write(DISK, 0, filled(1));
    assert.equal(await ask(), false);
  });

  it('costs one small request, and asks with an id in the service’s own form', async () => {
    const { all, ask } = honest();
    await ask();
    assert.equal(all.service.calls.length, 1);
    const { range, other } = all.service.calls[0]!.args;
    assert.deepEqual(range, { start: 0, end: 512 });
    assert.match(String(other!['previous']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
  });

  it('a service that does not answer is neither: it is asked again, and a failure is no answer', async () => {
    const { all, ask } = honest();
    all.service.interceptor = firstCalls('changedSince', { kind: 'throw', error: throttled() }, 2);
    assert.equal(await ask(), true);
    all.service.interceptor = firstCalls('changedSince', { kind: 'throw', error: refusal('accessDenied', 'no') });
    await assert.rejects(ask(), (error) => isBackupError(error, 'accessDenied'));
  });

  it('only the service’s refusals of a difference count as such', () => {
    for (const code of ['previousSnapshotNotFound', 'previousSnapshotNewer', 'blobOverwritten', 'differenceNotSupported'] as const)
      assert.ok(isDifferenceRefusal(new BackupError(code, '')));
    for (const code of ['snapshotNotFound', 'blobNotFound', 'network', 'accessDenied', 'incompleteAnswer'] as const)
      assert.ok(!isDifferenceRefusal(new BackupError(code, '')));
    assert.ok(!isDifferenceRefusal(new Error('previousSnapshotNotFound')));
  });
});
