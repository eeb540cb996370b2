import { sizeText } from '../../engine/sizeText.ts';
import type { Loss } from '../commands/snapshots/loss.ts';
import { durationText } from './amounts.ts';
import { placeOf } from './places.ts';
import { momentText, timeIn } from './times.ts';
import type { Voice } from './voice.ts';

export interface Deletion {
  readonly snapshot: { readonly blob: string; readonly id: string };
  readonly loss: Loss;
}

/** One page blob gives no more than 60 MiB a second (Azure: scalability targets for blob storage). */
const BYTES_PER_MS = (60 * 1024 * 1024) / 1000;

/** `20 Nov 14:00 of disk.vhd` */
export function snapshotName({ blob, id }: Deletion['snapshot'], voice: Voice): string {
  const time = timeIn(id);
  return voice.t('{0} of {1}', time === undefined ? id : momentText(time, voice), placeOf(blob).name);
}

/** The question before snapshots are deleted: what it is, and what each costs. */
export function deletionWords(deletions: readonly Deletion[], voice: Voice): { readonly text: string; readonly detail: string } {
  const { t } = voice;
  const [first] = deletions;
  const text =
    deletions.length === 1
      ? t('Delete the snapshot {0}?', snapshotName(first!.snapshot, voice))
      : t('Delete {0} snapshots?', deletions.length);
  const lines = deletions.map(({ snapshot, loss }) =>
    deletions.length === 1 ? lossText(loss, voice) : t('{0}: {1}', snapshotName(snapshot, voice), lossText(loss, voice)),
  );
  return { text, detail: [...lines, t('This cannot be undone, unless soft delete is on in the storage account.')].join('\n\n') };
}

/** The second question, for those that break a chain. */
export function secondWords(breaking: readonly Deletion[], voice: Voice): { readonly text: string; readonly detail: string } {
  const { t } = voice;
  const names = breaking.map(({ snapshot }) => snapshotName(snapshot, voice)).join(', ');
  const certain = breaking.some(({ loss }) => loss.kind !== 'unsure');
  return {
    text: certain
      ? t('This breaks the chain. Delete {0} all the same?', names)
      : t('This may break a chain. Delete {0} all the same?', names),
    detail: breaking.map(({ loss }) => lossText(loss, voice)).join('\n\n'),
  };
}

function lossText(loss: Loss, voice: Voice): string {
  const { t } = voice;
  switch (loss.kind) {
    case 'anchor':
      return t(
        'It is the anchor of the chain to {0}: the next backup has to compare the whole disk ({1} to read, about {2}). Recovery points that exist stay good.',
        placeOf(loss.backup).path,
        sizeText(loss.length),
        durationText(loss.length / BYTES_PER_MS, voice),
      );
    case 'newestPoint':
      return t(
        'It is recovery point {0}, the newest of its chain: that state of the disk is lost, and the next backup has to compare the whole disk ({1} to read, about {2}).',
        loss.number,
        sizeText(loss.length),
        durationText(loss.length / BYTES_PER_MS, voice),
      );
    case 'held':
      return t('Recovery point {0} is held: somebody protects it. Release the hold first.', loss.number);
    case 'point':
      return t(
        'It is recovery point {0}: the disk can no longer be restored to that moment. Other points and the next backup do not need it.',
        loss.number,
      );
    case 'openRun':
      return t('A run that is not finished needs it, and would have to begin anew.');
    case 'unsure':
      return [t('Whether a chain needs it could not be found out.'), loss.reason].filter(Boolean).join(' ');
    case 'nothing':
      return t('No chain needs it.');
  }
}
