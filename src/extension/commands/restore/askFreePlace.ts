import { l10n } from 'vscode';
import type { StepEnd } from '../../accounts/steps.ts';
import { answerTo } from '../../restore/checks.ts';
import { placeOf } from '../../words/places.ts';
import { withLooking } from '../progress.ts';
import type { CommandTools } from '../tools.ts';
import type { Chosen } from './askSteps.ts';

/** What the service has against places that were named before, by URL. */
export type Refused = ReadonlyMap<string, string>;

/** Asks for the URL of a new blob, again until the service has nothing against it: nobody has to go through all steps once more. */
export async function askFreePlace(
  ask: (refused: Refused, last: string | undefined) => Promise<StepEnd<string>>,
  { backup, point }: Chosen,
  { session, voice, job }: CommandTools,
): Promise<StepEnd<string>> {
  const refused = new Map<string, string>();
  for (let last: string | undefined; ;) {
    const end = await ask(refused, last);
    if (typeof end === 'string') return end;
    last = end.value;
    const question = { name: 'target', place: last, of: last } as const;
    const parts = { session, voice, backup, point: point.entry.backup.snapshot };
    const { checks } = await withLooking(l10n.t('Looking at {0}', placeOf(last).path), () => answerTo(question, parts, job));
    // What is wrong with the account is told by the plan, with what mends it.
    const bad = [checks.container, checks.name].find((check) => check?.state === 'bad');
    if (!bad) return end;
    refused.set(last, bad.text);
  }
}
