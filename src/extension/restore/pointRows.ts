import type { UnreadableRecord } from '../../engine/chain/catalogue.ts';
import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';
import type { PointRow } from '../../messages/restore.ts';
import { bestProof, crowdedPoints, describePoint, describeUnreadable } from '../words/point.ts';
import { proofState } from '../words/proof.ts';
import { pointTime } from '../words/standing.ts';
import { dayText, exactText, timeIn } from '../words/times.ts';
import type { Voice } from '../words/voice.ts';
import type { RestoreState } from './state.ts';

/** Points do not change, and there is a view at every key that is pressed. */
const rows = new WeakMap<readonly RecoveryPoint[], { readonly of: readonly UnreadableRecord[]; readonly rows: readonly PointRow[] }>();

/** The rows of the list, newest first, those that cannot be read in their places. */
export function pointRows({ list, unreadable }: RestoreState['points'], voice: Voice): readonly PointRow[] {
  const known = rows.get(list);
  if (known?.of === unreadable) return known.rows;
  const crowded = crowdedPoints(list, voice);
  const numbered = [
    ...list.map((point) => ({ number: point.entry.number, row: pointRow(point, crowded, voice) })),
    ...unreadable.map(({ number }) => ({ number, row: unreadableRow(number, voice) })),
  ];
  const made = numbered.sort((a, b) => b.number - a.number).map(({ row }) => row);
  rows.set(list, { of: unreadable, rows: made });
  return made;
}

function pointRow(point: RecoveryPoint, crowded: ReadonlySet<string>, voice: Voice): PointRow {
  const { entry, state } = point;
  const { label, description, speech } = describePoint(point, voice, crowded);
  const time = timeIn(entry.startedOn);
  return {
    id: entry.backup.snapshot,
    label,
    day: time === undefined ? '' : dayText(time, voice),
    description,
    exact: exactText(pointTime(entry.startedOn, voice.now()), voice),
    speech,
    kind: entry.kind,
    proof: state === 'missing' ? 'missing' : state === 'failed' ? 'wrong' : proofState(bestProof(point)),
    changed: entry.written + entry.cleared,
    time,
  };
}

/** Of such a point nothing is known but its number; its kind says nothing. */
function unreadableRow(number: number, voice: Voice): PointRow {
  const { label, description, speech } = describeUnreadable(number, voice);
  const id = `unreadable:${number}`;
  return { id, label, day: '', description, exact: speech, speech, kind: 'incremental', proof: 'missing', changed: 0, time: undefined };
}
