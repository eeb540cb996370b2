import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../src/engine/errors.ts';
import { SessionCredential, withFallback } from '../../../src/extension/accounts/credential.ts';
import { inEnglish } from '../../support/arm/makeDirectory.ts';
import { FakeSessions } from '../../support/arm/tokens.ts';

const STORAGE = 'https://storage.azure.com/.default';

function make(tenantId?: string): { sessions: FakeSessions; credential: SessionCredential; clock: { now: number } } {
  const sessions = new FakeSessions();
  const clock = { now: Date.now() };
  const credential = new SessionCredential(
    sessions,
    () => sessions.accounts(),
    tenantId,
    inEnglish,
    () => clock.now,
  );
  return { sessions, credential, clock };
}

describe('a credential of sessions', () => {
  it('asks at each use, but once for requests that come together', async () => {
    const { sessions, credential, clock } = make();
    const together = await Promise.all(Array.from({ length: 20 }, () => credential.getToken(STORAGE)));
    assert.deepEqual([sessions.wishes.length, new Set(together.map(({ token }) => token)).size], [1, 1]);
    clock.now += 4999;
    await credential.getToken(STORAGE);
    assert.equal(sessions.wishes.length, 1);
    clock.now += 1;
    await credential.getToken(STORAGE);
    assert.equal(sessions.wishes.length, 2);
  });

  it('never holds a token that is nearly over, and says when it ends', async () => {
    const { sessions, credential } = make();
    sessions.lifetime = 200;
    const { expiresOnTimestamp } = await credential.getToken(STORAGE);
    assert.ok(Math.abs(expiresOnTimestamp - Date.now() - 200_000) < 5000);
    await credential.getToken(STORAGE);
    assert.equal(sessions.wishes.length, 2);
  });

  it('keeps resources, tenants and claims apart', async () => {
    const { sessions, credential } = make();
    const tokens = [
      await credential.getToken(STORAGE),
      await credential.getToken(['https://management.azure.com/.default']),
      await credential.getToken(STORAGE, { tenantId: 't2' }),
      await credential.getToken(STORAGE, { claims: '{}' }),
    ];
    assert.equal(new Set(tokens.map(({ token }) => token)).size, 4);
    assert.deepEqual(
      sessions.wishes.map(({ tenantId, claims }) => [tenantId, claims]),
      [
        [undefined, undefined],
        [undefined, undefined],
        ['t2', undefined],
        [undefined, '{}'],
      ],
    );
  });

  it('tries all accounts that may be used', async () => {
    const { sessions, credential } = make('closed for ada');
    sessions.signedIn = [...sessions.signedIn, { id: 'bob', label: 'bob@example.com' }];
    const plain = sessions.token.bind(sessions);
    sessions.token = async (wish) => (wish.account.id === 'ada' ? undefined : plain(wish));
    assert.ok(await credential.getToken(STORAGE));
    assert.deepEqual(
      sessions.wishes.map(({ account }) => account.id),
      ['bob'],
    );
  });

  it('says that a sign-in is needed where only a dialog would help, and notices one', async () => {
    const { sessions, credential } = make();
    const [ada] = sessions.signedIn.splice(0);
    await assert.rejects(credential.getToken(STORAGE), (error) => isBackupError(error, 'signInNeeded') && /Sign In/.test(error.fullText));
    sessions.signedIn = [ada!];
    assert.ok(await credential.getToken(STORAGE));
  });

  it('can be waited for no longer', async () => {
    const { credential } = make();
    await assert.rejects(credential.getToken(STORAGE, { abortSignal: AbortSignal.abort() }), (error) => isBackupError(error, 'cancelled'));
  });
});

describe('the other credentials', () => {
  it('are asked where nobody is signed in, and their failure is not what people are told', async () => {
    const { sessions, credential } = make();
    let asked = 0;
    const other = { getToken: async () => (asked++, { token: 'other', expiresOnTimestamp: 0 }) };
    assert.notEqual((await withFallback(credential, other).getToken(STORAGE))?.token, 'other');
    sessions.signedIn = [];
    const none = new SessionCredential(sessions, () => sessions.accounts(), undefined, inEnglish);
    assert.equal((await withFallback(none, other).getToken(STORAGE))?.token, 'other');
    const failing = { getToken: () => Promise.reject(new Error('CredentialUnavailableError: twelve lines')) };
    await assert.rejects(withFallback(none, failing).getToken(STORAGE), (error) => isBackupError(error, 'signInNeeded'));
    assert.equal(asked, 1);
  });
});
