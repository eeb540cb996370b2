import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'shell-quote';
import { toldRules } from '../../../src/azure/arm/toldRules.ts';
import { accountOptions, ruleFindings } from '../../../src/engine/jobs/check/rules.ts';
import type { AccountRules } from '../../../src/engine/surroundings.ts';
import { startFakeArm, type FakeAccount, type FakeArm, type FakeRules } from '../../support/arm/fakeArm.ts';
import { FakeSessions, HOME_TENANT } from '../../support/arm/tokens.ts';
import { PLAIN_RULES } from '../../support/chain/checking.ts';
import { hostileText, RUNS } from '../../support/hostile.ts';

const ENDPOINT = 'https://vault.blob.core.windows.net';

describe('names from Azure Resource Manager', () => {
  it('stay one word each in the commands that are there to be pasted', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (group, account, subscription) => {
        fc.pre(![group, account, subscription].some((text) => text.includes('\0')));
        const words = parse(accountOptions({ ...PLAIN_RULES, resource: { group, account, subscription } }));
        assert.deepEqual(words, ['--account-name', account, '--resource-group', group, '--subscription', subscription]);
      }),
      RUNS,
    );
  });

  it('make no command of a container, a tag or a rule', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        fc.pre(!text.includes('\0'));
        const rules: AccountRules = {
          ...PLAIN_RULES,
          keepsVersions: { by: 'container', days: 1, locked: false },
          lifecycle: [{ name: text, blobTypes: ['blockBlob'], prefixes: [], tagged: false, deletes: true, archives: false }],
        };
        const findings = ruleFindings(rules, { place: 'backup', container: text, recordsAt: 'c/x' });
        const kept = findings.find(({ code }) => code === 'keptVersions');
        const words = parse(kept!.remedy!.replace(/, or use another container .*$/s, ''));
        assert.deepEqual(words.slice(-4), ['--container-name', text, '--if-match', '*']);
        const rule = findings.find(({ code }) => code === 'lifecycleRule');
        assert.ok(!rule!.remedy!.includes(text) || /^[\w {}%./-]*$/.test(text), 'the name of a rule is in no command');
      }),
      RUNS,
    );
  });
});

describe('answers of Azure Resource Manager that make no sense', () => {
  let arm: FakeArm;
  const sessions = new FakeSessions();
  before(async () => {
    arm = await startFakeArm([]);
  });
  after(() => arm.close());

  it('are told as rules or as the reason why there are none, and never end a check', async () => {
    const credential = {
      getToken: async (scope: string | string[]) => {
        const wish = { account: sessions.signedIn[0]!, scope: String(scope), tenantId: HOME_TENANT, claims: undefined };
        return { token: (await sessions.token(wish))!, expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    };
    const odd = fc.oneof(fc.jsonValue({ depthSize: 'small' }), hostileText, fc.constant(null)) as fc.Arbitrary<object>;
    const oddRules = fc.record(
      {
        immutable: odd,
        lifecycle: fc.oneof(odd, fc.array(fc.record({ name: odd, enabled: odd, definition: odd }, { requiredKeys: [] }))),
        containers: fc.record({ vhds: odd }),
        softDeleteDays: odd,
        versioning: odd,
        defaultAction: odd,
        publicNetworkAccess: odd,
        copyScope: odd,
      },
      { requiredKeys: [] },
    ) as unknown as fc.Arbitrary<FakeRules>;
    let understood = 0;
    await fc.assert(
      fc.asyncProperty(oddRules, async (rules) => {
        const account: FakeAccount = { name: 'vault', endpoint: ENDPOINT, rules };
        arm.tenants.splice(0, 9, { id: HOME_TENANT, name: 'x', subscriptions: [{ id: 'sub-1', name: 'x', accounts: [account] }] });
        const told = await toldRules({ endpoint: ENDPOINT, container: 'vhds' }, credential, { resourceManager: arm.url });
        if ('untold' in told) return assert.equal(typeof told.untold, 'string');
        understood++;
        ruleFindings(told, { place: 'backup', container: 'vhds', recordsAt: 'vhds/x.chain/' });
      }),
      { ...RUNS, numRuns: 60 },
    );
    assert.ok(understood > 5, `${understood} answers were understood`);
  });
});
