import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../src/engine/errors.ts';
import type { UseFixture } from './fixture.ts';

export function surroundingsContract(use: UseFixture): void {
  describe('surroundings', () => {
    it('name the endpoint by which two blobs are seen to lie in one account', () => {
      const { endpoint, container } = use().surroundings('source');
      assert.ok(use().blob('source', 'disk').url.startsWith(`${endpoint}/${container}/`));
      assert.notEqual(use().surroundings('backup').endpoint, endpoint);
      assert.equal(use().surroundings('absent').endpoint, endpoint);
    });

    it('tell what a plain account is like, and a time of its clock', async () => {
      const { isPremium, isHierarchical, serviceTime } = await use().surroundings('source').accountFacts();
      assert.deepEqual([isPremium, isHierarchical], [false, false]);
      assert.ok(Number.isFinite(serviceTime));
    });

    it('tell what a plain container is like', async () => {
      const plain = { hasImmutabilityPolicy: false, hasLegalHold: false, isPublic: false };
      assert.deepEqual(await use().surroundings('backup').containerFacts(), plain);
      await assert.rejects(use().surroundings('absent').containerFacts(), (error: unknown) => isBackupError(error, 'containerNotFound'));
    });

    it('tell for how long deleted blobs are kept', async () => {
      assert.deepEqual(await use().surroundings('backup').serviceFacts(), { softDeleteDays: 0 });
    });
  });
}
