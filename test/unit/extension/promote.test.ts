import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { KEY } from '../../../src/engine/chain/metadata.ts';
import { COMMANDS } from '../../../src/extension/names.ts';
import type { PromoteSpec } from '../../../src/extension/runs/run.ts';
import { BACKUP, SOURCE } from '../../support/chain/memoryChain.ts';
import { CommandRig, snapshotRow } from '../../support/extension/commandRig.ts';
import { user } from '../../support/vscode/user.ts';

let rig: CommandRig;
afterEach(() => rig.close());

/** A disk with a point and a snapshot of its own, changed since. */
async function scene(switches = {}): Promise<{ snapshot: string; before: string; spec: PromoteSpec }> {
  rig = await CommandRig.open({ switches });
  rig.chain.write(0, 1, 4);
  await rig.chain.backup();
  const snapshot = rig.chain.service.foreign.snapshot(SOURCE);
  rig.chain.write(2, 9, 2);
  const before = rig.chain.service.foreign.snapshot(SOURCE);
  return { snapshot, before, spec: { job: 'promote', blob: SOURCE, snapshot, promotion: 'one' } };
}

const differs = (url: string, snapshot: string, now?: string): string | undefined =>
  rig.chain.service.oracle.differenceOf({ url, ...(now !== undefined && { snapshot: now }) }, { url, snapshot });

const snapshotsOf = (): number => rig.chain.service.oracle.snapshotsEver(SOURCE).length;

describe('Promote Snapshot Over Its Blob…', () => {
  it('says what it costs in a question, does it, and the blob of before stays as a snapshot', async () => {
    const { snapshot, before } = await scene();
    user.answers(/^Overwrite disk\.vhd with its snapshot of /, ({ kind, modal, detail, choices }) => {
      assert.deepEqual([kind, modal, choices], ['warning', true, ['Overwrite the Blob']]);
      assert.match(detail!, /^disks \/ vhds\/disk\.vhd, 8 KiB\.\n/);
      assert.match(detail!, /The blob is overwritten\. A snapshot of it as it is now is taken first and stays\./);
      assert.match(detail!, /the next backup of this disk, or to this backup blob, has to compare the whole disk\./);
      assert.match(detail!, /“Rewind to This Point” takes it back without that/);
      return 'Overwrite the Blob';
    });
    await rig.run(COMMANDS.promoteSnapshot, snapshotRow(SOURCE, snapshot));
    await rig.idle();
    const [record] = rig.runs.all();
    assert.equal(record!.state, 'done', record!.outcome);
    assert.match(
      record!.outcome!,
      /^disk\.vhd is what its snapshot .* is: 8 KiB copied by the service, .* was read back and matches\. The snapshot .* holds the blob as it was before\. The next backup compares the whole disk\.$/,
    );
    assert.equal(differs(SOURCE, snapshot), undefined);
    const safety = rig.chain.service.oracle.contentOf({ url: SOURCE }).metadata[KEY.safety];
    assert.equal(differs(SOURCE, before, safety), undefined);
    assert.deepEqual(user.seen.at(-1)!.choices, ['Show in Tree']);
  });

  it('does nothing when it is turned away', async () => {
    const { snapshot, before } = await scene();
    await rig.run(COMMANDS.promoteSnapshot, snapshotRow(SOURCE, snapshot));
    assert.equal(differs(SOURCE, before), undefined);
    assert.deepEqual(rig.runs.all(), []);
  });

  it('of a recovery point says that it is the backup blob which is overwritten, and leaves the disk alone', async () => {
    const { before } = await scene();
    await rig.chain.backup();
    const [entry] = await rig.chain.entries();
    const url = `${BACKUP}?snapshot=${entry!.backup.snapshot}`;
    const row = { kind: 'point', url, backup: BACKUP, source: SOURCE, point: { entry, state: 'good' } };
    await rig.run(COMMANDS.promoteSnapshot, { ...row, point: { entry, state: 'failed' } });
    assert.deepEqual(user.take(), [], 'a point that was found wrong is not offered');
    user.answers(/^Overwrite disk\.vhd /, ({ detail }) => {
      assert.match(detail!, /This blob holds the backups: the disk itself is not touched by this, and all recovery points stay\./);
      return 'Overwrite the Blob';
    });
    await rig.run(COMMANDS.promoteSnapshot, row);
    await rig.idle();
    assert.equal(rig.runs.all()[0]!.state, 'done', rig.runs.all()[0]!.outcome);
    assert.equal(differs(BACKUP, entry!.backup.snapshot), undefined);
    assert.equal(differs(SOURCE, before), undefined);
    await rig.chain.backup();
    assert.deepEqual(await rig.chain.faults(), []);
  });

  it('is refused while a VM holds the disk, with the way out', async () => {
    const { snapshot } = await scene();
    rig.chain.service.foreign.attach(SOURCE);
    await rig.run(COMMANDS.promoteSnapshot, snapshotRow(SOURCE, snapshot));
    assert.match(user.seen.at(-1)!.text, /attached to a VM \(infinite lease\)\. Nothing was changed\. Detach the disk first/);
    assert.deepEqual(rig.runs.all(), []);
  });

  for (const [what, polls] of [
    ['goes on with the copy that the service makes', 20],
    ['takes the copy that the service has ended meanwhile for its own', 0],
  ] as const) {
    it(`that was stopped can be resumed: it ${what}`, async () => {
      const { snapshot, before, spec } = await scene({ copyPolls: 20 });
      const count = snapshotsOf();
      rig.runs.onDidChange((record) => {
        if (record?.phase === 'copying' && rig.chain.service.ledger.pageBlob(SOURCE).pendingCopy) rig.runs.cancel(record.id);
      });
      const record = await rig.runs.start(spec);
      assert.equal(record.state, 'resumable');
      await rig.settle();
      assert.match(user.seen.at(-1)!.text, /^Promotion of a snapshot of disk\.vhd was stopped.* A snapshot holds it as it was before\.$/);
      rig.chain.service.switches.copyPolls = polls;
      const blob = rig.client.pageBlob(SOURCE);
      // Looked at by somebody else until the service has ended it.
      while (polls === 0 && (await blob.image().properties()).copy?.status === 'pending') await rig.settle();
      rig.close();
      const next = await CommandRig.open({ like: rig, owner: 'here/2/one' });
      rig = next;
      const again = await rig.runs.resume(record.id);
      assert.equal(again.state, 'done', again.outcome);
      assert.equal(differs(SOURCE, snapshot), undefined);
      const safety = rig.chain.service.oracle.contentOf({ url: SOURCE }).metadata[KEY.safety];
      assert.equal(differs(SOURCE, before, safety), undefined, 'what is named as before is as it was before');
      assert.equal(snapshotsOf(), count + 1);
      assert.equal(rig.runs.all().length, 1);
    });
  }

  it('does not run beside another run on the same blob', async () => {
    const { spec } = await scene();
    const first = rig.runs.start(spec);
    assert.equal(rig.runs.begin(spec).id, undefined);
    assert.match(user.seen.at(-1)!.text, /^This blob is in use: Promotion of a snapshot of disk\.vhd is under way\./);
    await first;
  });
});
