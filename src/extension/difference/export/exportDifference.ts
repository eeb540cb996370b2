import { l10n, Uri, window, workspace } from 'vscode';
import { BackupError } from '../../../engine/errors.ts';
import type { PairView, ReadyState, RowFilter } from '../../../messages/difference.ts';
import { withWaiting } from '../../commands/progress.ts';
import { placeOf } from '../../words/places.ts';
import type { Voice } from '../../words/voice.ts';
import type { Gathered } from '../gather.ts';
import { uriOf } from '../openSubject.ts';
import type { DifferenceRows } from '../rows.ts';
import { urlOf, type Pair } from '../subject.ts';
import type { DifferenceTools } from '../tools.ts';
import { csvText, jsonText, type ExportRow } from './rangesText.ts';
import { summaryText } from './summaryText.ts';
import { writeText } from './writeText.ts';

/** Writes the ranges that pass the filter into a file that the user names. @throws fileProblem; cancelled */
export async function exportRanges(
  { format, filter }: { readonly format: 'json' | 'csv'; readonly filter: RowFilter },
  { pair, plan, areas }: Gathered,
  rows: DifferenceRows,
  really: Int32Array,
  { job, voice }: Pick<DifferenceTools, 'job' | 'voice'>,
): Promise<void> {
  const { name } = placeOf(pair.after.blob);
  const names = { json: l10n.t('JSON'), csv: l10n.t('CSV') };
  const defaultUri = Uri.file(`${name.replaceAll(/[/\\]/g, '_')}-changes.${format}`);
  const target = await window.showSaveDialog({ defaultUri, filters: { [names[format]]: [format] }, title: l10n.t('Export Ranges') });
  if (!target) return;
  if (target.scheme !== 'file') throw fileProblem(l10n.t('The ranges can be written to a file of this machine only.'));
  const { by, lengthBefore, lengthAfter } = plan;
  const facts = { before: pair.before ? urlOf(pair.before) : null, after: urlOf(pair.after), by, lengthBefore, lengthAfter };
  const nameOf = (offset: number): string => areas[rows.areaAt(offset)]?.area.name ?? '';
  const blocks = exportBlocks(rows, filter, nameOf, really);
  await withWaiting(l10n.t('Writing {0}', target.fsPath), job, async ({ signal }) => {
    const pieces = format === 'json' ? jsonText(facts, blocks) : csvText(blocks);
    try {
      await writeText(target.fsPath, pieces, signal ?? new AbortController().signal);
    } catch (error) {
      if (signal?.aborted) throw new BackupError('cancelled', voice.t('The export was stopped. No file was written.'), { cause: error });
      throw fileProblem(l10n.t('{0} could not be written.', target.fsPath), error);
    }
  });
  window.setStatusBarMessage(l10n.t('Wrote {0}', target.fsPath), 5000);
}

/** Opens the summary as a document that is not saved anywhere yet. */
export async function showSummary({ title, before, after }: PairView, state: ReadyState, pair: Pair, voice: Voice): Promise<void> {
  const link = uriOf({ kind: 'pair', pair }, voice).toString();
  const content = summaryText({ title, before: before.detail, after: after.detail, state, link }, voice);
  await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
}

function* exportBlocks(
  rows: DifferenceRows,
  filter: RowFilter,
  nameOf: (offset: number) => string,
  really: Int32Array,
): Generator<ExportRow[]> {
  for (const block of rows.blocks(filter)) {
    yield block.map((change) => {
      const known = really[change.index] ?? -1;
      return { change, area: nameOf(change.start), really: known < 0 ? undefined : known };
    });
  }
}

function fileProblem(text: string, cause?: unknown): BackupError {
  return new BackupError('fileProblem', text, { cause, hint: l10n.t('Choose another place.') });
}
