import type { Loss } from '../commands/snapshots/loss.ts';
import { needText } from './need.ts';
import { placeOf } from './places.ts';
import { safetySentence } from './snapshot.ts';
import { secondText, timeIn } from './times.ts';
import type { Voice } from './voice.ts';

export interface Deletion {
  readonly snapshot: { readonly blob: string; readonly id: string };
  readonly loss: Loss;
}

/** `20 Nov 14:00:24 of disk.vhd`: there may be others of that minute. */
export function snapshotName({ blob, id }: Deletion['snapshot'], voice: Voice): string {
  const time = timeIn(id);
  return voice.t('{0} of {1}', time === undefined ? id : secondText(time, voice), placeOf(blob).name);
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
    case 'needed':
      return loss.needs.map((need) => needText(need, voice)).join(' ');
    case 'point':
      return t(
        'It is recovery point {0}: the disk can no longer be restored to that moment. Other points and the next backup do not need it.',
        loss.number,
      );
    case 'unsure':
      return [t('Whether a chain needs it could not be found out.'), loss.reason].filter(Boolean).join(' ');
    case 'safety':
      return [safetySentence(loss.role, voice), t('No chain needs it.')].join(' ');
    case 'nothing':
      return t('No chain needs it.');
  }
}
