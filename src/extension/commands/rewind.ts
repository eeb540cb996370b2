import { l10n } from 'vscode';
import { pointSpec } from '../restore/inputs.ts';
import { placeOf } from '../words/places.ts';
import { describePoint } from '../words/point.ts';
import { askPoint } from './restore/askPoint.ts';
import { confirmRestore } from './restore/confirmRestore.ts';
import { whatToRestore } from './restore/whatToRestore.ts';
import type { Handler } from './tools.ts';

/** *Rewind to This Point…*: the disk itself, in place. Refused, with the way out, while a VM holds it. */
export const rewind: Handler = async (tools, first) => {
  const title = l10n.t('Rewind a Disk');
  const what = await whatToRestore(first, title, tools);
  if (!what) return;
  const end = what.point ? { value: what.point } : await askPoint(what.backup, { title, step: [1, 1] }, tools);
  if (typeof end === 'string') return;
  const spec = { ...pointSpec(what.backup, end.value), job: 'rewind' } as const;
  const { label } = describePoint(end.value, tools.voice);
  await confirmRestore(spec, l10n.t('Rewind {0} to {1}?', placeOf(spec.source).name, label), tools);
};
