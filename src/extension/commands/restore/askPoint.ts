import { l10n, QuickPickItemKind, ThemeIcon, type QuickPickItem } from 'vscode';
import type { RecoveryPoint } from '../../../engine/jobs/points/points.ts';
import { pointsPage } from '../../../engine/jobs/points/pointsPage.ts';
import type { StepEnd } from '../../accounts/steps.ts';
import { pointsText } from '../../words/amounts.ts';
import { crowdedPoints, describePoint } from '../../words/point.ts';
import { choose } from '../ask/quickInput.ts';
import type { CommandTools } from '../tools.ts';

/** A list to choose from holds the newest; the wizard has them all. */
const MOST = 500;

type Item = QuickPickItem & { readonly point: RecoveryPoint | undefined };

/** Asks for a recovery point of a chain; those that cannot be restored are left out. */
export async function askPoint(
  backup: string,
  question: { readonly title: string; readonly step: readonly [number, number] },
  tools: CommandTools,
): Promise<StepEnd<RecoveryPoint>> {
  const end = await choose({ ...question, placeholder: l10n.t('Point in time'), items: itemsOf(backup, tools) });
  if (typeof end === 'string') return end;
  return end.value.point ? { value: end.value.point } : question.step[0] > 1 ? 'back' : 'cancel';
}

async function itemsOf(url: string, { session, job, voice }: CommandTools): Promise<Item[]> {
  const [backup, catalogue] = await Promise.all([session.pageBlob(url), session.recordStoreFor(url)]);
  const { points, unreadable } = await pointsPage({ backup, catalogue }, { most: MOST }, job);
  const crowded = crowdedPoints(points, voice);
  const items = points
    .filter(({ state }) => state === 'good')
    .map((point): Item => {
      const { label, description, icon } = describePoint(point, voice, crowded);
      return { label, description, iconPath: new ThemeIcon(icon.id), point };
    });
  if (items.length > 0 && unreadable.length > 0) {
    // A list has nothing that cannot be chosen but headings.
    const label = l10n.t('without {0}: their records cannot be read', pointsText(unreadable.length, voice));
    items.unshift({ label, kind: QuickPickItemKind.Separator, point: undefined });
  }
  if (items.length > 0) return items;
  return [{ label: l10n.t('There is no recovery point that can be restored here.'), iconPath: new ThemeIcon('info'), point: undefined }];
}
