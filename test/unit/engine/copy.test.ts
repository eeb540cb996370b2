import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError, type ErrorCode } from '../../../src/engine/errors.ts';
import { resultOf, type RunEvent } from '../../../src/engine/events.ts';
import { planCopy, runCopy } from '../../../src/engine/jobs/copy/copy.ts';
import { followCopy } from '../../../src/engine/jobs/copy/serviceCopy.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { toolsFor, type JobOptions } from '../../../src/engine/tools.ts';
import { beforeNthCall, firstCalls } from '../../support/engine/faultPlans.ts';
import { DISK, filled, stage } from '../../support/engine/stage.ts';
import type { Switches } from '../../support/memory/switches.ts';

const TARGET = 'https://disks.example/vhds/copy.vhd';

function scene(switches: Partial<Switches> = {}, from: 'snapshot' | 'base' = 'snapshot') {
  const all = stage({ switches: { abortedWrites: 'none', ...switches } });
  all.service.foreign.write(DISK, PAGE, filled(7, 3));
  const image = all.blob.image(from === 'snapshot' ? all.service.foreign.snapshot(DISK) : undefined);
  const request = { source: image, target: all.client.pageBlob(TARGET) };
  const heard: RunEvent[] = [];
  const copy = async (job: Partial<JobOptions> = {}) => {
    const options = { world: all.world, ...job };
    return resultOf(runCopy(await planCopy(request, options), request, options), (event) => void heard.push(event));
  };
  const equal = () => assert.equal(all.service.oracle.differenceOf({ url: TARGET }, { url: DISK, snapshot: image.snapshot }), undefined);
  return { ...all, request, copy, heard, equal, image };
}

const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));

describe('copy', () => {
  it('the service copies the whole blob; no byte passes through this machine', async () => {
    const { copy, equal, service, image } = scene();
    assert.deepEqual(await copy(), { job: 'copy', source: image.label, target: TARGET, copied: 8 * PAGE });
    equal();
    assert.deepEqual(
      service.calls.filter(({ operation }) => operation === 'read'),
      [],
    );
  });

  it('follows a long copy and tells how far it is', async () => {
    const { copy, equal, heard } = scene({ copyPolls: 5 });
    await copy();
    equal();
    const done = heard.flatMap((event) => (event.type === 'progress' ? [event.done] : []));
    assert.ok(done.length >= 3 && done.every((bytes, i) => i === 0 || bytes >= done[i - 1]!));
    assert.equal(done.at(-1), 8 * PAGE);
  });

  it('never writes over a blob', async () => {
    const { copy, service } = scene();
    service.foreign.createBlob(TARGET, PAGE);
    await fails(copy(), 'alreadyExists');
    assert.ok(!service.calls.some(({ operation }) => operation === 'startCopy'));
    const other = scene();
    other.service.interceptor = ({ operation }) => void (operation === 'startCopy' && other.service.foreign.createBlob(TARGET, PAGE));
    await fails(other.copy(), 'alreadyExists');
    assert.equal(other.service.oracle.contentOf({ url: TARGET }).length, PAGE);
  });

  it('stopped on the way, it aborts the copy at the service', async () => {
    const { copy, service, client } = scene({ copyPolls: 50 });
    const stop = new AbortController();
    service.interceptor = beforeNthCall(6, () => stop.abort());
    await fails(copy({ signal: stop.signal }), 'cancelled');
    const { copy: state, length } = await client.pageBlob(TARGET).image().properties();
    assert.deepEqual([state?.status, length], ['aborted', 0]);
  });

  it('stopped at every call in turn, it leaves no copy running behind', async () => {
    for (const abortedWrites of ['none', 'atOnce'] as const) {
      for (let at = 0, last = false; !last; at++) {
        const { copy, service, client } = scene({ copyPolls: 8, abortedWrites });
        const stop = new AbortController();
        service.interceptor = beforeNthCall(at, () => stop.abort());
        last = await copy({ signal: stop.signal }).then(
          () => true,
          () => false,
        );
        service.interceptor = undefined;
        const state = service.ledger.find(TARGET) && (await client.pageBlob(TARGET).image().properties()).copy?.status;
        assert.notEqual(state, 'pending', `stopped at call ${at}, ${service.calls[at]!.operation}, ${abortedWrites}`);
      }
    }
  });

  it('stopped while it follows a copy that an earlier run began, it aborts that too', async () => {
    const { request, service, world, client } = scene({ copyPolls: 50 });
    const { source, target } = request;
    const begun = await target.startCopy(source, {}, {});
    assert.equal(begun.status, 'pending');
    const stop = new AbortController();
    service.interceptor = beforeNthCall(2, () => stop.abort());
    await fails(followCopy(target, begun, toolsFor({ world, signal: stop.signal })), 'cancelled');
    assert.equal((await client.pageBlob(TARGET).image().properties()).copy?.status, 'aborted');
  });

  it('an abort that comes too late is still an abort for the user', async () => {
    const { copy, service } = scene({ copyPolls: 4 });
    const stop = new AbortController();
    service.interceptor = ({ operation, index }) => {
      if (index === 4) stop.abort();
      if (operation === 'abortCopy') for (let i = 0; i < 9; i++) service.ledger.pollCopy(service.ledger.pageBlob(TARGET));
      return undefined;
    };
    await fails(copy({ signal: stop.signal }), 'cancelled');
  });

  for (const kind of ['lostAnswer', 'dropped'] as const) {
    it(`starts once, when the answer to the start suffers "${kind}"`, async () => {
      const { copy, service, equal } = scene({ copyPolls: 2 });
      service.interceptor = firstCalls('startCopy', { kind });
      await copy();
      equal();
      assert.equal(service.calls.filter(({ operation }) => operation === 'startCopy').length, kind === 'dropped' ? 2 : 1);
    });
  }

  it('a copy that the service ends is an error in plain words', async () => {
    const { copy, service, request } = scene({ copyPolls: 5 }, 'base');
    const plan = await planCopy(request, { world: service.world });
    assert.match(plan.warnings[0]!, /live blob/);
    service.interceptor = beforeNthCall(5, () => service.foreign.write(DISK, 0, filled(9)));
    await assert.rejects(copy(), (error) => isBackupError(error, 'copyFailed') && /failed/.test(error.message) && error.hint !== undefined);
  });
});
