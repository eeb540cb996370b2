import { BackupError, isBackupError } from '../../errors.ts';
import type { PageBlob } from '../../pageBlob.ts';
import { PAGE } from '../../ranges/pageRange.ts';
import type { RecordStore } from '../../recordStore.ts';
import type { Tools } from '../../tools.ts';
import { orUnseen, type Finding, type FindingLevel, type Findings, type Place, type Unseen } from './finding.ts';

/** A snapshot id in the service's form that no blob has. */
const MADE_UP = '2015-07-08T00:00:00.0000002Z';
const ROLE = 'the role "Storage Blob Data Contributor" on the account';

interface Try {
  readonly code: string;
  readonly place: Place;
  readonly level: FindingLevel;
  /** What it is for. */
  readonly text: string;
  readonly remedy: string;
  readonly act: () => Promise<unknown>;
}

/**
 * Tries what a backup needs, each in a form that the service judges after it has looked at the sign-in and then refuses for another reason: writes that
 * name a lease which nobody holds, the deletion of a snapshot that never was, a record whose name is taken. Nothing changes.
 */
export async function checkPermissions(
  { source, backup, catalogue }: { readonly source: PageBlob; readonly backup: PageBlob; readonly catalogue: RecordStore },
  { world, retrier, signal }: Tools,
): Promise<Findings> {
  const fence = { leaseId: world.uuid() };
  const page = { start: 0, end: PAGE };
  const tries: readonly Try[] = [
    {
      code: 'maySnapshotSource',
      place: 'source',
      level: 'stops',
      text: 'This sign-in may not take a snapshot of the disk, and every backup begins with one.',
      remedy: `Use ${ROLE} of the disk, or a SAS with c (create) or w (write).`,
      act: () => source.createSnapshot({}, { fence, signal }),
    },
    {
      code: 'mayDeleteAnchors',
      place: 'source',
      level: 'risk',
      text: 'This sign-in may not delete snapshots of the disk: backups work, but each one leaves a snapshot there that costs money.',
      remedy: `Use ${ROLE} of the disk, or a SAS with d (delete); or delete old snapshots from time to time with another sign-in.`,
      act: () => source.deleteSnapshot(MADE_UP, { signal }),
    },
    {
      code: 'mayWriteBackup',
      place: 'backup',
      level: 'stops',
      text: 'This sign-in may not write to the backup blob.',
      remedy: `Use ${ROLE} of the backup, or a SAS with c (create) and w (write).`,
      act: () => backup.clearPages(page, { fence, signal }),
    },
    {
      code: 'maySnapshotBackup',
      place: 'backup',
      level: 'stops',
      text: 'This sign-in may not take a snapshot of the backup blob, and a recovery point is one.',
      remedy: `Use ${ROLE} of the backup, or a SAS with c (create) or w (write).`,
      act: () => backup.createSnapshot({}, { fence, signal }),
    },
    {
      code: 'mayRecord',
      place: 'catalogue',
      level: 'stops',
      text: 'This sign-in may not write to the catalogue, and a recovery point counts only once it is there.',
      remedy: `Use ${ROLE} in which the catalogue lies, or a SAS with c (create).`,
      // A chain that is begun has this record, and records are never replaced.
      act: async () => {
        const begun = await catalogue.read('chain.json', { signal });
        if (begun === undefined) throw new BackupError('blobNotFound', 'The catalogue is not begun.');
        await catalogue.create('chain.json', begun, { signal });
      },
    },
  ];
  const findings: Finding[] = [];
  const unseen: Unseen[] = [];
  for (const { code, place, level, text, remedy, act } of tries) {
    const answer = await retrier.repeat(code, () => judged(act), signal);
    if (answer === 'refused') findings.push({ code, level, place, text, remedy });
    if (answer === 'unknown')
      unseen.push({ what: text.replace(/ may not /, ' may '), place, reason: 'There is nothing yet to try it on.' });
  }
  const mayDelete = await retrier.repeat('mayDeletePoints', () => judged(() => backup.deleteSnapshot(MADE_UP, { signal })), signal);
  if (mayDelete === 'allowed') {
    findings.push({
      code: 'mayDeletePoints',
      level: 'note',
      place: 'backup',
      text: 'This sign-in may delete recovery points, and so may whoever steals it. Backups do not need that.',
      remedy: 'For backups use a SAS with r, l, c and w but without d, and delete points (prune) with another sign-in.',
    });
  }
  return { findings, unseen };
}

/** What a try says about the sign-in. */
async function judged(act: () => Promise<unknown>): Promise<'allowed' | 'refused' | 'unknown'> {
  try {
    await act();
    return 'allowed';
  } catch (error) {
    if (isBackupError(error, 'accessDenied', 'sasLacksPermission')) return 'refused';
    if (
      isBackupError(
        error,
        'leaseLost',
        'leaseHeld',
        'busy',
        'conditionNotMet',
        'snapshotNotFound',
        'snapshotLimit',
        'immutable',
        'systemInUse',
      )
    )
      return 'allowed';
    if (isBackupError(error, 'blobNotFound', 'containerNotFound', 'notSupported', 'badInput', 'notPageBlob')) return 'unknown';
    throw error;
  }
}

/** Can the snapshots be listed? A SAS of a single blob cannot. */
export async function mayList(blob: PageBlob, place: Place, { retrier, signal }: Tools): Promise<Finding | undefined> {
  const look = async (): Promise<void> => {
    for await (const _ of blob.snapshots({ signal })) return;
  };
  const looked = await orUnseen('snapshots', place, () => retrier.repeat('snapshots', look, signal));
  if ('seen' in looked || / no such | does not exist/.test(looked.unseen.reason)) return undefined;
  return {
    code: place === 'source' ? 'mayListSource' : 'mayListBackup',
    level: 'stops',
    place,
    text: `This sign-in may not list the snapshots of the ${place === 'source' ? 'disk' : 'backup blob'}.`,
    remedy: 'Use a SAS of the container (not of the blob) with l (list), or the role "Storage Blob Data Contributor".',
  };
}
