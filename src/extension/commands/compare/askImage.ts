import { l10n, ThemeIcon } from 'vscode';
import { toolsFor } from '../../../engine/tools.ts';
import type { ImageRef } from '../../difference/subject.ts';
import { placeOf } from '../../words/places.ts';
import { crowdedMoments, distinctText, timeIn } from '../../words/times.ts';
import { askBlob } from '../ask/askBlob.ts';
import { choose } from '../ask/quickInput.ts';
import type { CommandTools } from '../tools.ts';

/** Asks for a blob, and for one of its snapshots or the blob now. @returns undefined when the user turns away */
export async function askImage(title: string, tools: CommandTools): Promise<ImageRef | undefined> {
  const blob = await askBlob(title, 'any', tools);
  if (blob === undefined) return undefined;
  const placeholder = l10n.t('Which state of {0}?', placeOf(blob).name);
  const end = await choose({ title, placeholder, items: itemsOf(blob, tools) });
  return typeof end === 'string' ? undefined : end.value.image;
}

async function itemsOf(url: string, { session, job, voice }: CommandTools) {
  const { retrier, signal } = toolsFor(job);
  const blob = await session.pageBlob(url);
  const ids = await retrier.repeat('snapshots', () => Array.fromAsync(blob.snapshots({ signal }), ({ id }) => id), signal);
  const image = (snapshot: string | undefined): ImageRef => ({ blob: url, snapshot });
  const now = { label: l10n.t('now'), description: l10n.t('as it is now'), iconPath: new ThemeIcon('database'), image: image(undefined) };
  const crowded = crowdedMoments(ids.map(timeIn), voice);
  const snapshots = ids.toReversed().map((id) => {
    const time = timeIn(id);
    const label = time === undefined ? id : distinctText(time, crowded, voice);
    return { label, description: id, iconPath: new ThemeIcon('device-camera'), image: image(id) };
  });
  return [now, ...snapshots];
}
