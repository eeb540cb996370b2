import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ProxiedChain, sha256, startProxiedAccounts, type ProxiedAccounts } from '../../support/faultProxy/proxiedChain.ts';
import type { Passing, Verb } from '../../support/faultProxy/verbs.ts';
import { seededRandom } from '../../support/memory/seededRandom.ts';

const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);
const PIECE = 4 * 1024 * 1024;
const PIECES = 20;

const VERBS: readonly Verb[] = [
  { verb: 'drop' },
  { verb: 'loseAnswer' },
  { verb: 'duplicate' },
  { verb: 'cutRequest' },
  { verb: 'cutAnswer' },
  { verb: 'flipRequest', at: 0.4 },
  { verb: 'status', status: 500, code: 'OperationTimedOut', afterEffect: true },
  { verb: 'status', status: 503, code: 'ServerBusy' },
  { verb: 'slow', ms: 40 },
];

describe(`whole pieces of 4 MiB, whose arrays are used again, on a bad line (seed ${SEED})`, () => {
  let accounts: ProxiedAccounts;
  before(async () => {
    accounts = await startProxiedAccounts();
  });
  after(() => accounts.close());

  it('never arrive with the bytes of another piece, though nothing is read back', async () => {
    const chain = new ProxiedChain(accounts, 'disk');
    await chain.disk.create(PIECES * PIECE);
    const bytes = Buffer.alloc(PIECE);
    for (let i = 0; i < PIECES; i++) await chain.disk.uploadPages(randomFillSync(bytes), i * PIECE, PIECE);

    const random = seededRandom(SEED);
    let fired = 0;
    accounts.proxy.decide = ({ operation, method, bytes: size }: Passing) => {
      const isRead = operation === 'GetBlob';
      if ((!isRead && operation !== 'PutPage') || random() > 0.4) return undefined;
      const verb = VERBS[Math.floor(random() * VERBS.length)]!;
      if (size === 0 && (verb.verb === 'cutRequest' || verb.verb === 'flipRequest')) return undefined;
      if (method !== 'GET' && verb.verb === 'cutAnswer') return undefined;
      fired++;
      return verb;
    };
    const { recoveryPoint } = await chain.backup({ transfer: 'relay', proof: 'ranges' });
    accounts.proxy.decide = undefined;

    assert.ok(fired >= 8, `${fired} faults fired`);
    assert.equal(await sha256(chain.backupBlob.withSnapshot(recoveryPoint)), await sha256(chain.disk));
  });
});
