import type { ChainVerdict, VerifyTotals } from '../../engine/jobs/verify/verifyChains.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { countText } from './amounts.ts';
import { placeOf } from './places.ts';
import type { Voice } from './voice.ts';

/** What verifying every chain in a place came to. */
export interface VerifyAllResult {
  readonly job: 'verifyAll';
  readonly totals: VerifyTotals;
  /** Chains with a wrong point, and those that could not be verified. */
  readonly trouble: readonly ChainVerdict[];
}

/** So many are named; the log has all. */
const NAMED = 3;

/** Says only what matters: what is wrong and what to do, or that nothing is. */
export function verifyAllText({ totals, trouble }: VerifyAllResult, place: string, voice: Voice): string {
  const { t } = voice;
  const failed = trouble.filter(({ outcome }) => outcome === 'failed');
  const unverified = trouble.filter(({ outcome }) => outcome === 'unverified');
  const parts: string[] = [];
  if (failed.length > 0) parts.push(...wrongTexts(failed, voice));
  if (unverified.length > 0) {
    const [first] = unverified;
    const { name } = placeOf(first!.backup);
    parts.push(
      unverified.length === 1
        ? t('{0} could not be verified: {1}', name, first!.error?.message ?? '')
        : t('{0} backups could not be verified; of {1}: {2}', countText(unverified.length, voice), name, first!.error?.message ?? ''),
    );
  }
  const good = totals.passed + totals.structure;
  const compared = sizeText(totals.compared);
  if (trouble.length === 0)
    parts.push(t('No fault was found in {0} of {1}: {2} compared with the disks.', backupsText(good, voice), place, compared));
  else if (good > 0) parts.push(t('No fault was found in {0}.', othersText(good, voice)));
  if (totals.structure > 0)
    parts.push(t('Of {0} no content was compared, since the snapshots of the disks are gone.', backupsText(totals.structure, voice)));
  return parts.join(' ');
}

/** What is wrong, and what to do. */
function wrongTexts(failed: readonly ChainVerdict[], voice: Voice): string[] {
  const { t } = voice;
  const points = failed.reduce((count, { result }) => count + (result?.failed ?? 0), 0);
  const newest = failed.filter(({ result }) => result?.newestFailed).length;
  const names = failed.slice(0, NAMED).map((verdict) => wrongText(verdict, voice));
  const all = names.join(', ') + (failed.length > NAMED ? ', …' : '');
  const parts =
    points === 1
      ? [t('A wrong recovery point was found: {0}.', all), t('Do not restore it.')]
      : [t('Wrong recovery points were found: {0}.', all), t('Do not restore them.')];
  if (newest === 0) return parts;
  return [
    ...parts,
    points === 1
      ? t('Back the disk up now: that compares the whole disk, and makes a right point.')
      : t('Back up the disks whose newest point is wrong: that compares the whole disk, and makes a right point.'),
  ];
}

function wrongText({ backup, result }: ChainVerdict, { t }: Voice): string {
  const numbers = (result?.verdicts ?? []).filter(({ verdict }) => verdict === 'failed').map(({ number }) => number);
  const { name } = placeOf(backup);
  return numbers.length === 1 ? t('point {0} of {1}', numbers[0]!, name) : t('points {0} of {1}', numbers.slice(0, NAMED).join(', '), name);
}

function backupsText(count: number, voice: Voice): string {
  return count === 1 ? voice.t('1 backup') : voice.t('{0} backups', countText(count, voice));
}

function othersText(count: number, voice: Voice): string {
  return count === 1 ? voice.t('1 other backup') : voice.t('{0} other backups', countText(count, voice));
}
