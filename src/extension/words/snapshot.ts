import type { SnapshotItem } from '../../azure/browse/accountBrowser.ts';
import type { Need } from '../../engine/jobs/points/needs.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { countText } from './amounts.ts';
import { card } from './markdown.ts';
import { lockIcon, lockSentences, lockSpeech } from './need.ts';
import { distinctText, exactText, timeIn } from './times.ts';
import type { RowIcon, RowWords, Voice } from './voice.ts';

/**
 * What a snapshot is to the chains of its blob:
 * - `anchor`: equals the newest recovery point; the next difference needs it
 * - `earlier`: an older recovery point names it
 * - `open`: an open run took it and goes on with it
 * - `orphan`: carries the mark of a run, but no point and no open run names it
 * - `marked`: carries the mark of a run; whether a point names it was not found out
 * - `safety`: a rewind took it before it wrote
 * - `rewound`: a rewind took it afterwards, to prove what it wrote
 * - `replaced`: a promotion took it before another snapshot was copied over the blob
 * - `foreign`: somebody else took it
 */
export type SnapshotRole = 'anchor' | 'earlier' | 'open' | 'orphan' | 'marked' | 'safety' | 'rewound' | 'replaced' | 'foreign';

export interface SnapshotFacts {
  readonly item: SnapshotItem;
  readonly role: SnapshotRole;
  /** Number of the recovery point that names it. */
  readonly point: number | undefined;
  /** What the chains need it for. */
  readonly needs: readonly Need[];
}

/** @param crowded moments that several snapshots of the same list have: then the seconds are told */
export function describeSnapshot(
  { item, role, point, needs }: SnapshotFacts,
  voice: Voice,
  crowded: ReadonlySet<string> = new Set(),
): RowWords {
  const time = timeIn(item.id);
  const label = time === undefined ? item.id : distinctText(time, crowded, voice);
  const word = roleWord(role, point, voice);
  return {
    label,
    description: word,
    icon: needs.length > 0 ? lockIcon(iconOf(role)) : iconOf(role),
    speech: [voice.t('Snapshot of {0}: {1}.', label, word), ...lockSpeech(needs, voice)].join(' '),
  };
}

export function snapshotCard({ item, role, point, needs }: SnapshotFacts, voice: Voice): string {
  const { t } = voice;
  const time = timeIn(item.id);
  return card(
    t('Snapshot'),
    [
      [t('Role'), roleWord(role, point, voice)],
      [t('Id'), item.id],
      time === undefined ? undefined : [t('Taken'), exactText(time, voice)],
      [t('Size'), sizeText(item.length)],
    ],
    needs.length > 0 ? lockSentences(needs, voice) : [roleSentence(role, voice)],
  );
}

/** `Snapshots on the disk — 2 · 1 anchor` */
export function describeSnapshots(on: 'disk' | 'backup', count: number, anchors: number, voice: Voice): RowWords {
  const { t } = voice;
  const label = on === 'disk' ? t('Snapshots on the disk') : t('Other snapshots');
  const anchor = anchors === 1 ? t('1 anchor') : t('{0} anchors', anchors);
  const total = countText(count, voice);
  const description = anchors > 0 ? `${total} · ${anchor}` : total;
  const speech = anchors > 0 ? t('{0}: {1}, {2}.', label, total, anchor) : t('{0}: {1}.', label, total);
  return { label, description, icon: { id: 'device-camera' }, speech };
}

function roleWord(role: SnapshotRole, point: number | undefined, { t }: Voice): string {
  switch (role) {
    case 'anchor':
      return t('anchor · point {0}', point ?? '?');
    case 'earlier':
      return t('of point {0}', point ?? '?');
    case 'open':
      return t('of the open run');
    case 'orphan':
      return t('orphan · no point names it');
    case 'marked':
      return t('of a backup run');
    case 'safety':
      return t('before a rewind');
    case 'rewound':
      return t('after a rewind');
    case 'replaced':
      return t('before a promotion');
    case 'foreign':
      return t('foreign · not taken by a backup');
  }
}

/** What needs say is left to them. */
function roleSentence(role: SnapshotRole, { t }: Voice): string | undefined {
  switch (role) {
    case 'anchor':
    case 'open':
      return undefined;
    case 'earlier':
      return t('An older recovery point was made from it. No backup needs it any more.');
    case 'orphan':
      return t('A run took it, but nothing names it: no recovery point and no open run.');
    case 'marked':
      return t('A run took it. It is not the anchor; which point names it, if any, was not looked up.');
    case 'safety':
      return t('The disk as it was before a rewind wrote to it. Nothing else may hold that state.');
    case 'rewound':
      return t('The disk as a rewind left it; it was compared with the recovery point.');
    case 'replaced':
      return t('The blob as it was before another snapshot was promoted over it. Nothing else may hold that state.');
    case 'foreign':
      return t('Somebody else took it: a person or another tool. No chain here knows it.');
  }
}

function iconOf(role: SnapshotRole): RowIcon {
  switch (role) {
    case 'anchor':
      return { id: 'pinned' };
    case 'earlier':
    case 'marked':
      return { id: 'history' };
    case 'open':
      return { id: 'debug-pause' };
    case 'orphan':
      return { id: 'question', color: 'list.warningForeground' };
    case 'safety':
    case 'replaced':
      return { id: 'shield' };
    case 'rewound':
    case 'foreign':
      return { id: 'device-camera' };
  }
}
