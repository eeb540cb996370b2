import { l10n } from 'vscode';
import { pointSpec } from '../restore/inputs.ts';
import { placeOf } from '../words/places.ts';
import { pointName } from '../words/point.ts';
import { askSteps } from './restore/askSteps.ts';
import { confirmRestore } from './restore/confirmRestore.ts';
import type { Handler } from './tools.ts';

/** *Rewind to This Point…*: the disk itself, in place. Refused, with the way out, while a VM holds it. */
export const rewind: Handler = async (tools, first) => {
  const chosen = await askSteps(first, l10n.t('Rewind a Disk'), [], tools);
  if (!chosen) return;
  const spec = { ...pointSpec(chosen.backup, chosen.point), job: 'rewind' } as const;
  const label = pointName(chosen.point, tools.voice);
  await confirmRestore(spec, l10n.t('Rewind {0} to {1}?', placeOf(spec.source).name, label), tools);
};
