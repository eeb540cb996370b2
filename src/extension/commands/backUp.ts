import { l10n } from 'vscode';
import { notices } from '../notices.ts';
import type { RunSpec } from '../runs/run.ts';
import { placeOf } from '../words/places.ts';
import { askBlob } from './ask/askBlob.ts';
import { whereTo } from './backup/whereTo.ts';
import { diskOf, rowsOf } from './rows.ts';
import type { CommandTools, Handler } from './tools.ts';

/** *Back Up Incrementally*: one click once the chain knows where to. */
export const backUp: Handler = async (tools, first, selected) => {
  if (isTakeOver(first)) return takeOver(first, tools);
  return backUpAll(first, selected, false, l10n.t('Back Up Incrementally'), tools);
};

/** *Back Up Now (Full)*: copies every page, also where a difference could be had. */
export const backUpFull: Handler = (tools, first, selected) => backUpAll(first, selected, true, l10n.t('Back Up Now (Full)'), tools);

async function backUpAll(first: unknown, selected: unknown, full: boolean, title: string, tools: CommandTools): Promise<void> {
  const rows = rowsOf(first, selected);
  const targets =
    rows.length > 0
      ? rows.map((row) => ({ disk: diskOf(row), chain: row.kind === 'chain' ? row.backup : undefined }))
      : [{ disk: diskOf(first), chain: undefined }];
  const specs: RunSpec[] = [];
  for (const { disk = await askBlob(title, 'disk', tools), chain } of targets) {
    if (disk === undefined) return;
    const backup = chain ?? (await whereTo(disk, l10n.t('{0}: {1}', title, placeOf(disk).name), tools));
    if (backup === undefined) continue;
    specs.push({ job: 'backup', source: disk, backup, full, adopt: false });
  }
  await Promise.all(specs.map((spec) => tools.runs.start(spec)));
}

type TakeOver = RunSpec & { readonly job: 'backup' };

function isTakeOver(value: unknown): value is TakeOver {
  return typeof value === 'object' && value !== null && (value as TakeOver).job === 'backup' && (value as TakeOver).adopt;
}

/** From the failure that says that the blob holds other data. */
async function takeOver(spec: TakeOver, { runs }: CommandTools): Promise<void> {
  const { account, path } = placeOf(spec.backup);
  const yes = l10n.t('Take It Over');
  const answer = await notices.showWarningMessage(
    l10n.t('Take over {0}?', path),
    {
      modal: true,
      detail: l10n.t(
        'The blob in {0} holds data that is not a backup of this tool. It is compared with {1} and made equal to it: whatever else is in it is overwritten. Its snapshots stay.',
        account,
        placeOf(spec.source).name,
      ),
    },
    yes,
  );
  if (answer === yes) await runs.start(spec);
}
