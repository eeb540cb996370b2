import type { RecoveryPoint } from '../../../engine/jobs/points/points.ts';
import { runSteps } from '../../accounts/steps.ts';
import { went } from '../ask/quickInput.ts';
import { rowOf } from '../rows.ts';
import type { CommandTools } from '../tools.ts';
import { askChain } from './askChain.ts';
import { askPoint } from './askPoint.ts';
import { whatToRestore } from './whatToRestore.ts';

/** A recovery point, and the backup blob that it lies on, by URL. */
export interface Chosen {
  readonly backup: string;
  readonly point: RecoveryPoint;
}

/** A step that comes after the point is chosen. */
export type LaterStep = (chosen: Chosen, at: { readonly title: string; readonly step: readonly [number, number] }) => Promise<Way>;

type Way = 'next' | 'back' | 'cancel';

/**
 * Asks for chain and point, as far as the row does not tell them, and then what else there is to ask; Back leads through all of it.
 * @returns undefined when the user turns away
 */
export async function askSteps(
  first: unknown,
  title: string,
  later: readonly LaterStep[],
  tools: CommandTools,
): Promise<Chosen | undefined> {
  const told = rowOf(first) && (await whatToRestore(first, title, tools));
  if (rowOf(first) && !told) return undefined;
  let backup = told?.backup;
  let point = told?.point;
  const total = (told ? 0 : 1) + (told?.point ? 0 : 1) + later.length;
  const at = (step: number) => ({ title, step: [step, total] as const });
  const steps: ((step: number) => Promise<Way>)[] = [
    ...(told ? [] : [async (step: number) => went(await askChain(at(step), tools), (chosen) => (backup = chosen))]),
    ...(told?.point ? [] : [async (step: number) => went(await askPoint(backup!, at(step), tools), (chosen) => (point = chosen))]),
    ...later.map((ask) => async (step: number) => ask({ backup: backup!, point: point! }, at(step))),
  ];
  const isDone = await runSteps((index) => steps[index] && (() => steps[index]!(index + 1)));
  return isDone ? { backup: backup!, point: point! } : undefined;
}
