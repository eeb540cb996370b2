import type { RestoreWords } from '../../messages/restore.ts';
import type { Voice } from './voice.ts';

/** The fixed texts of the restore page. */
export function restoreWords({ t }: Voice): RestoreWords {
  return {
    title: t('Restore'),
    points: t('Point in time'),
    target: t('Where to'),
    review: t('Review'),
    run: t('Restore'),
    timeline: t('Recovery points by time'),
    timelineNote: t('The higher a bar, the more has changed since the point before.'),
    now: t('now'),
    morePoints: t('Show Older Points'),
    retry: t('Try Again'),
    browse: t('Browse…'),
    reviewButton: t('Review'),
    planning: t('Counting what would be moved. Nothing is changed by this.'),
    steps: t('What will happen, in order'),
    skipped: t('not needed'),
    picture: t('The disk at this point'),
    written: t('holds data'),
    differs: t('differs from today'),
    stays: t('What stays as it is'),
    warnings: t('Before you start'),
    back: t('Back'),
    copyCommand: t('Copy as Command Line'),
    cancel: t('Cancel'),
    resume: t('Resume'),
    startOver: t('Restore Something Else'),
    showLog: t('Show Log'),
    nextSteps: t('What to do next'),
    copy: t('Copy'),
  };
}
