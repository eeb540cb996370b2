import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Catalogue } from '../../../../src/engine/chain/catalogue.ts';
import { BackupError, isBackupError, type ErrorCode } from '../../../../src/engine/errors.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { toolsFor } from '../../../../src/engine/tools.ts';
import { liveSnapshots } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE } from '../../../support/chain/memoryChain.ts';
import { restoreScene, TARGET, type Ask, type RestoreScene } from '../../../support/chain/restoreScene.ts';
import { firstCalls } from '../../../support/engine/faultPlans.ts';
import { refusal } from '../../../support/memory/refusals.ts';

type Kind = 'toBlob' | 'toFile' | 'inPlace';
const KINDS: readonly Kind[] = ['toBlob', 'toFile', 'inPlace'];

/** A mistake, or what somebody else does meanwhile; the restore must refuse and leave everything as it was. */
interface Wrong {
  readonly what: string;
  readonly kinds: readonly Kind[];
  /** Before the plan. */
  readonly given?: (scene: RestoreScene) => unknown;
  /** Between plan and run. */
  readonly meanwhile?: (scene: RestoreScene) => unknown;
  readonly request?: (scene: RestoreScene) => object;
  readonly code: ErrorCode;
  readonly says: RegExp;
}

function findWrong({ chain }: RestoreScene): Promise<void> {
  return new Catalogue(chain.service.recordStore(CATALOGUE), toolsFor(chain).retrier).addProof(1, false, 'v', {});
}

function attachForAWhile({ chain }: RestoreScene): void {
  chain.service.foreign.acquireLease(SOURCE, 'somebody', 60);
}

const table: readonly Wrong[] = [
  {
    what: 'the point is deleted meanwhile',
    kinds: KINDS,
    meanwhile: ({ chain, points }) => chain.service.foreign.deleteSnapshot(BACKUP, points[0]),
    code: 'snapshotNotFound',
    says: /no snapshot .*Nothing was changed\. It is recovery point 1, and was deleted outside this tool\. Restore another point/,
  },
  {
    what: 'the point is found wrong meanwhile',
    kinds: KINDS,
    meanwhile: findWrong,
    code: 'integrity',
    says: /found wrong by a later verification\. Nothing was changed\./,
  },
  {
    what: 'there never was such a point',
    kinds: KINDS,
    request: () => ({ point: '2020-01-01T00:00:00.0000000Z' }),
    code: 'snapshotNotFound',
    says: /List the recovery points with "points"/,
  },
  {
    what: 'the catalogue is looked for at the wrong place',
    kinds: KINDS,
    request: ({ chain }) => ({ catalogue: chain.service.recordStore(`${BACKUP}.elsewhere`) }),
    code: 'notOurs',
    says: /There is no catalogue where it was looked for: name its place with --catalogue/,
  },
  {
    what: 'the target is the disk itself',
    kinds: ['toBlob'],
    request: ({ chain }) => ({ target: chain.service.pageBlob(SOURCE) }),
    code: 'alreadyExists',
    says: /never writes over a blob\. Name a blob that does not exist\. To take the disk itself back to this point, add --in-place/,
  },
  {
    what: 'the target is half of another point',
    kinds: ['toBlob'],
    given: ({ chain: { service }, points }) =>
      service.foreign.createBlob(TARGET, PAGE, { pbb_restore: 'partial', pbb_restored_from: `${BACKUP}?snapshot=${points[1]}` }),
    code: 'alreadyExists',
    says: /It is half of a restore of .*\?snapshot=.*: run that one again, delete the blob, or name one that does not exist/,
  },
  {
    what: 'the target appears meanwhile',
    kinds: ['toBlob'],
    meanwhile: ({ chain }) => chain.service.foreign.createBlob(TARGET, PAGE, { mine: 'yes' }),
    code: 'alreadyExists',
    says: /restored\.vhd exists already\. Nothing was changed: a restore never writes over a blob/,
  },
  {
    what: 'the target appears meanwhile, leased by the VM it was made for',
    kinds: ['toBlob'],
    meanwhile: ({ chain: { service } }) => {
      service.foreign.createBlob(TARGET, PAGE);
      service.foreign.attach(TARGET);
    },
    code: 'alreadyExists',
    says: /exists already and is leased/,
  },
  {
    what: 'an unfinished target is leased by somebody else',
    kinds: ['toBlob'],
    given: ({ chain: { service }, points }) => {
      service.foreign.createBlob(TARGET, PAGE, { pbb_restore: 'partial', pbb_restored_from: `${BACKUP}?snapshot=${points[0]}` });
      service.foreign.attach(TARGET);
    },
    code: 'busy',
    says: /lease/,
  },
  {
    what: 'the file appears meanwhile',
    kinds: ['toFile'],
    meanwhile: ({ files }) => void (files.finished = new Uint8Array([1, 2, 3])),
    code: 'alreadyExists',
    says: /restored\.vhd exists already\. Nothing was changed: a restore never writes over a file/,
  },
  {
    what: 'the container of the target is missing',
    kinds: ['toBlob'],
    request: ({ chain }) => ({ target: chain.service.pageBlob('https://disks.example/nothere/x.vhd') }),
    code: 'containerNotFound',
    says: /nothere/,
  },
  {
    what: 'the service says that the tier is too small',
    kinds: ['toBlob'],
    given: ({ chain: { service } }) => {
      const error = refusal('notSupported', 'The tier is too small for the disk.');
      service.interceptor = firstCalls('create', { kind: 'throw', error });
    },
    code: 'notSupported',
    says: /tier is too small/,
  },
  {
    what: 'the disk is attached to a VM',
    kinds: ['inPlace'],
    given: ({ chain }) => chain.service.foreign.attach(SOURCE),
    code: 'leaseHeld',
    says: /attached to a VM \(infinite lease\)\. Nothing was changed\. Restore to a new blob instead, or detach it first/,
  },
  {
    what: 'the disk is attached to a VM meanwhile',
    kinds: ['inPlace'],
    meanwhile: ({ chain }) => chain.service.foreign.attach(SOURCE),
    code: 'leaseHeld',
    says: /attached to a VM/,
  },
  {
    what: 'somebody leases the disk for a while',
    kinds: ['inPlace'],
    given: attachForAWhile,
    code: 'busy',
    says: /somebody else holds its lease\. Nothing was changed\. Wait/,
  },
  { what: 'somebody leases the disk for a while, meanwhile', kinds: ['inPlace'], meanwhile: attachForAWhile, code: 'busy', says: /lease/ },
  {
    what: 'the disk is deleted meanwhile',
    kinds: ['inPlace'],
    meanwhile: ({ chain }) => chain.service.foreign.deleteBlob(SOURCE),
    code: 'blobNotFound',
    says: /no blob/,
  },
  {
    what: 'the point is of another disk',
    kinds: ['inPlace'],
    given: ({ chain }) => chain.service.foreign.createBlob(TARGET, 16 * PAGE),
    request: ({ chain }) => ({ disk: chain.service.pageBlob(TARGET) }),
    code: 'otherSource',
    says: /Recovery point 1 is of .*disk\.vhd, not of .*restored\.vhd\. Nothing was changed\. Restore to a new blob/,
  },
  {
    what: 'the disk may not be written',
    kinds: ['inPlace'],
    given: ({ chain: { service } }) => {
      const error = refusal('sasLacksPermission', 'The SAS lacks permission w (write).');
      service.interceptor = ({ writes, url }) => (writes && url === SOURCE ? { kind: 'throw', error } : undefined);
    },
    code: 'sasLacksPermission',
    says: /lacks permission w/,
  },
  {
    what: 'the metadata of the disk leaves no room for the mark of an unfinished one',
    kinds: ['inPlace'],
    given: ({ chain: { service } }) => service.foreign.setMetadata(SOURCE, { notes: 'x'.repeat(7800) }),
    code: 'notSupported',
    says: /so much metadata .*half a disk could be taken for a whole one\. Nothing was changed/,
  },
];

/** Everything that is there, for people and for machines, but leases. */
function everything({ chain: { service }, files }: RestoreScene): string {
  const blobs = [SOURCE, BACKUP, TARGET].map((url) => {
    const blob = service.ledger.find(url);
    if (blob?.kind !== 'page') return undefined;
    return [blob.length, blob.metadata, Buffer.from(service.bytesOf(url)).toString('base64'), [...blob.snapshots.keys()]];
  });
  const records = [...service.ledger.containerOf(CATALOGUE).keys()];
  return JSON.stringify([blobs, records, files.finished, files.partial]);
}

describe('a restore that is asked for what cannot be', () => {
  for (const wrong of table) {
    for (const kind of wrong.kinds) {
      it(`${kind}: ${wrong.what}: says so and changes nothing`, async () => {
        const scene = await restoreScene();
        await wrong.given?.(scene);
        let asItWas = everything(scene);
        const ask: Ask<object> = {
          request: wrong.request?.(scene) ?? {},
          between: async () => {
            await wrong.meanwhile?.(scene);
            asItWas = everything(scene);
          },
        };
        await assert.rejects(
          scene[kind](ask),
          (error: unknown) => isBackupError(error, wrong.code) && wrong.says.test(error.fullText),
          `${wrong.code} ${String(wrong.says)}`,
        );
        assert.equal(everything(scene), asItWas);
      });
    }
  }
});

describe('a restore whose SAS expires in the middle', () => {
  for (const kind of KINDS) {
    it(`${kind}: at any call it says so, harms nothing, and goes on with another SAS`, async () => {
      let ended = false;
      for (let at = 0; !ended; at++) {
        const scene = await restoreScene({ seed: at + 1 });
        const { service } = scene.chain;
        const url = kind === 'inPlace' ? SOURCE : kind === 'toBlob' ? TARGET : BACKUP;
        let calls = 0;
        // From some call on, every call to that account is refused.
        service.interceptor = (call) =>
          call.url.startsWith(url) && calls++ >= at
            ? { kind: 'throw', error: new BackupError('sasExpired', 'The SAS expired.', { hint: 'Give a new SAS.' }) }
            : undefined;
        ended = await scene[kind]().then(
          () => true,
          (error: unknown) => {
            assert.ok(isBackupError(error, 'sasExpired'), `call ${at}: ${String(error)}`);
            return false;
          },
        );
        const isOver = calls <= at;
        service.interceptor = undefined;
        if (kind === 'inPlace') {
          const differs = service.oracle.differenceOf({ url: SOURCE }, { url: SOURCE, snapshot: scene.before });
          if (differs !== undefined)
            assert.ok(
              liveSnapshots(scene.chain, SOURCE).some(({ takenBy }) => takenBy.startsWith('restore')),
              'the safety snapshot',
            );
        }
        // The lease may not have been given back.
        scene.chain.world.jump(61_000);
        if (!ended) await scene[kind]();
        if (kind === 'toFile') assert.deepEqual(scene.files.finished, service.bytesOf(BACKUP, scene.points[0]));
        else assert.equal(service.oracle.differenceOf({ url }, { url: BACKUP, snapshot: scene.points[0] }), undefined, `call ${at}`);
        // What comes last is giving up a lease and a snapshot: that it fails is told, and no failure.
        if (ended) ended = isOver;
      }
    });
  }
});
