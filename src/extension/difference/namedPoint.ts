import { namingPoints } from '../../engine/jobs/points/namingPoints.ts';
import { badgeOfPoint, type RecoveryPoint } from '../../engine/jobs/points/points.ts';
import { pointsPage } from '../../engine/jobs/points/pointsPage.ts';
import type { PointText } from '../../messages/difference.ts';
import { badgeText, besidesText, provenOn } from '../words/proof.ts';
import type { Voice } from '../words/voice.ts';
import type { ImageRef } from './subject.ts';
import type { DifferenceTools } from './tools.ts';

/** The recovery point that this image is, if any. @throws what reading a catalogue throws */
export async function pointNaming(
  { blob, snapshot }: ImageRef,
  { session, job }: Pick<DifferenceTools, 'session' | 'job'>,
): Promise<RecoveryPoint | undefined> {
  if (snapshot === undefined) return undefined;
  const [backup, catalogue] = await Promise.all([session.pageBlob(blob), session.recordStoreFor(blob)]);
  const { named } = await namingPoints(catalogue, [snapshot], 'backup', job);
  const number = named.get(snapshot);
  if (number === undefined) return undefined;
  const { points } = await pointsPage({ backup, catalogue }, { below: number + 1, most: 1 }, job);
  return points.find(({ entry }) => entry.backup.snapshot === snapshot);
}

/** `Recovery point 12 · proven 2 h ago: all changed pages` */
export function pointText(point: RecoveryPoint, voice: Voice): PointText {
  const { t } = voice;
  const name = t('Recovery point {0}', point.entry.number);
  if (point.state === 'missing') return { text: `${name} · ${t('missing')}`, detail: '' };
  if (point.state === 'failed') return { text: `${name} · ${t('found wrong')}`, detail: '' };
  const badge = badgeOfPoint(point);
  const detail = [provenOn(badge, voice), besidesText(badge, voice)].filter(Boolean).join(' · ');
  return { text: `${name} · ${badgeText(badge, voice)}`, detail };
}
