import type { UnreadableRecord } from '../../engine/chain/catalogue.ts';
import type { Need } from '../../engine/jobs/points/needs.ts';
import { badgeOfPoint, type RecoveryPoint } from '../../engine/jobs/points/points.ts';
import type { Proof } from '../../engine/proof/proof.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { card } from './markdown.ts';
import { lockIcon, lockSentences, lockSpeech } from './need.ts';
import { badgeSentence, besidesText, proofState, proofWord, provenOn, readText } from './proof.ts';
import { pointTime } from './standing.ts';
import { crowdedMoments, distinctText, exactText, secondText, timeIn } from './times.ts';
import type { RowIcon, RowWords, Voice } from './voice.ts';

/** Moments that several of these points have; see `crowdedMoments`. */
export function crowdedPoints(points: readonly RecoveryPoint[], voice: Voice): ReadonlySet<string> {
  return crowdedMoments(
    points.map(({ entry }) => timeIn(entry.startedOn)),
    voice,
  );
}

const NONE: ReadonlySet<string> = new Set();

/**
 * `21 Nov 14:00 — incremental · 1.2 GiB · proven`
 * @param crowded moments that several points of the same list have: then the seconds are told
 * @param needs what it is needed for, where that was looked up
 */
export function describePoint(point: RecoveryPoint, voice: Voice, crowded = NONE, needs: readonly Need[] = []): RowWords {
  const { entry, state } = point;
  const { t } = voice;
  const time = timeIn(entry.startedOn);
  const label = time === undefined ? t('Point {0}', entry.number) : distinctText(time, crowded, voice);
  const changed = sizeText(entry.written + entry.cleared);
  const trust = stateWord(state, voice) ?? proofWord(bestProof(point), voice);
  const kind = kindWord(entry.kind, voice);
  return {
    label,
    description: [kind, changed, trust, ...(point.isHeld ? [t('held')] : [])].join(' · '),
    icon: needs.length > 0 && state === 'good' ? lockIcon(iconOf(point)) : iconOf(point),
    speech: [
      t('Recovery point {0} of {1}: {2}, {3} changed, {4}.', entry.number, label, kind, changed, trust),
      ...(needs.length > 0 ? lockSpeech(needs, voice) : point.isHeld ? [t('Held: no prune deletes it.')] : []),
    ].join(' '),
  };
}

/** `21 Nov 14:00:24`: a point that stands alone, in a question or a message, where no list beside it tells it from others of that minute. */
export function pointName({ entry }: RecoveryPoint, voice: Voice): string {
  const time = timeIn(entry.startedOn);
  return time === undefined ? voice.t('Point {0}', entry.number) : secondText(time, voice);
}

export function pointCard(point: RecoveryPoint, voice: Voice, needs: readonly Need[] = []): string {
  const { entry, state } = point;
  const { t } = voice;
  const badge = state === 'good' ? badgeOfPoint(point) : undefined;
  return card(
    t('Recovery point {0}', entry.number),
    [
      [t('Disk as of'), exactText(pointTime(entry.startedOn, voice.now()), voice)],
      [t('Committed'), exactText(pointTime(entry.committedOn, voice.now()), voice)],
      [t('Kind'), kindWord(entry.kind, voice)],
      [t('Written'), sizeText(entry.written)],
      [t('Cleared'), sizeText(entry.cleared)],
      [t('Moved'), `${sizeText(entry.transferred)} · ${entry.transfer === 'server' ? t('by the service') : t('through this machine')}`],
      [t('Disk size'), sizeText(entry.source.length)],
      [t('Backup snapshot'), entry.backup.snapshot],
      [t('Disk snapshot'), entry.source.snapshot],
      badge && [t('Compared with the disk'), readText(badge, voice)],
      badge && [t('Compared on'), provenOn(badge, voice)],
    ],
    [
      badge && badgeSentence(badge, voice),
      badge && besidesText(badge, voice),
      point.isHeld && needs.length === 0 ? t('Held: no prune deletes it.') : undefined,
      ...lockSentences(needs, voice),
      state === 'missing'
        ? t('Its snapshot was deleted outside this tool: it cannot be restored. Other points are unharmed.')
        : state === 'failed'
          ? t('A later verification found it wrong: do not restore it. The next backup compares the whole disk.')
          : undefined,
    ],
  );
}

/** A point whose record cannot be read: `Point 12 — cannot be read`. */
export function describeUnreadable(number: number, { t }: Voice): RowWords {
  const label = t('Point {0}', number);
  return {
    label,
    description: t('its record cannot be read'),
    icon: { id: 'warning', color: 'list.warningForeground' },
    speech: t('Recovery point {0}: its record cannot be read, so it cannot be chosen. Other points are unharmed.', number),
  };
}

export function unreadableCard({ number, error }: UnreadableRecord, { t }: Voice): string {
  return card(
    t('Recovery point {0}', number),
    [],
    [t('Its record cannot be read, so nobody can tell what it holds. Other points are unharmed.'), error.fullText],
  );
}

export function kindWord(kind: RecoveryPoint['entry']['kind'], { t }: Voice): string {
  switch (kind) {
    case 'full':
      return t('full');
    case 'incremental':
      return t('incremental');
    case 'rebase':
      return t('rebase');
  }
}

function stateWord(state: RecoveryPoint['state'], { t }: Voice): string | undefined {
  if (state === 'missing') return t('missing');
  return state === 'failed' ? t('found wrong') : undefined;
}

/** The comparison that says most of it. */
export function bestProof(point: RecoveryPoint): Proof {
  return badgeOfPoint(point).best.proof;
}

function iconOf(point: RecoveryPoint): RowIcon {
  const { state } = point;
  if (state === 'missing') return { id: 'circle-slash', color: 'list.errorForeground' };
  if (state === 'failed') return { id: 'error', color: 'list.errorForeground' };
  switch (proofState(bestProof(point))) {
    case 'all':
      return { id: 'pass-filled', color: 'testing.iconPassed' };
    case 'part':
      return { id: 'color-mode' };
    case 'none':
      return { id: 'circle-large' };
  }
}
