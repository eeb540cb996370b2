import { l10n, ThemeIcon, type QuickPickItem } from 'vscode';
import { formatAddress, parseBlobUrl, type BlobAddress } from '../../azure/blobAddress.ts';
import { restoredName } from '../../engine/jobs/restore/restoredName.ts';
import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';
import { input, runSteps } from '../accounts/steps.ts';
import { pointSpec } from '../restore/inputs.ts';
import { chooseFile } from '../restore/restorePages.ts';
import type { RestoreSpec } from '../runs/run.ts';
import { blobNameProblem } from '../words/blobNames.ts';
import { fileName, placeOf } from '../words/places.ts';
import { describePoint } from '../words/point.ts';
import { askPlace } from './ask/askBlobName.ts';
import { faultIn } from './ask/askContainer.ts';
import { choose, went } from './ask/quickInput.ts';
import { askPoint } from './restore/askPoint.ts';
import { confirmRestore } from './restore/confirmRestore.ts';
import { whatToRestore } from './restore/whatToRestore.ts';
import type { CommandTools, Handler } from './tools.ts';

type Where = 'beside' | 'elsewhere' | 'inPlace' | 'file';
type Step = () => Promise<'next' | 'back' | 'cancel'>;

/** *Restore Quickly…*: point, where to, name, and the plan in a question. No page is opened. */
export const restoreQuickly: Handler = async (tools, first) => {
  const title = l10n.t('Restore Quickly');
  const what = await whatToRestore(first, title, tools);
  if (!what) return;
  let point = what.point;
  let where: Where = 'beside';
  let spec: RestoreSpec | undefined;
  const total = point ? 3 : 4;
  const askWhere = async (step: number): ReturnType<Step> =>
    went(
      await choose({ title, step: [step, total], placeholder: l10n.t('Restore to where?'), items: placesFor(point!, tools) }),
      (item) => (where = item.where),
    );
  const askRest = async (step: number): ReturnType<Step> => {
    const end = await specFor(what.backup, point!, where, { title, step, total }, tools);
    if (typeof end !== 'string') spec = end;
    return typeof end === 'string' ? end : 'next';
  };
  const steps: Step[] = [
    ...(point ? [] : [async () => went(await askPoint(what.backup, { title, step: [1, total] }, tools), (chosen) => (point = chosen))]),
    () => askWhere(total - 2),
    () => askRest(total - 1),
  ];
  if ((await runSteps((at) => steps[at])) && spec) await confirmRestore(spec, questionOf(spec, point!, tools), tools);
};

type PlaceItem = QuickPickItem & { readonly where: Where };

function placesFor({ entry }: RecoveryPoint, { directory }: CommandTools): PlaceItem[] {
  const { account, path } = placeOf(besideDisk(entry.source.url, directory.endpoints()));
  const { name } = placeOf(entry.source.url);
  return [
    {
      label: l10n.t('A new blob beside the disk'),
      description: `${account} / ${path}`,
      iconPath: new ThemeIcon('new-file'),
      where: 'beside',
    },
    { label: l10n.t('A new blob somewhere else…'), iconPath: new ThemeIcon('cloud-upload'), where: 'elsewhere' },
    { label: l10n.t('The disk itself, in place'), description: name, iconPath: new ThemeIcon('discard'), where: 'inPlace' },
    { label: l10n.t('A file on this machine…'), iconPath: new ThemeIcon('desktop-download'), where: 'file' },
  ];
}

interface Place {
  readonly title: string;
  readonly step: number;
  readonly total: number;
}

async function specFor(
  backup: string,
  point: RecoveryPoint,
  where: Where,
  { title, step, total }: Place,
  tools: CommandTools,
): Promise<RestoreSpec | 'back' | 'cancel'> {
  const from = pointSpec(backup, point);
  const beside = besideDisk(from.source, tools.directory.endpoints());
  switch (where) {
    case 'inPlace':
      return { ...from, job: 'rewind' };
    case 'file': {
      const path = await chooseFile(placeOf(from.source).name);
      return path === undefined ? 'back' : { ...from, job: 'restoreFile', path };
    }
    case 'elsewhere': {
      const target = await askPlace(
        {
          title,
          from: from.source,
          name: placeOf(beside).name,
          accountPlaceholder: l10n.t('Storage account to restore to'),
          containerPlaceholder: l10n.t('Container to restore to'),
          namePrompt: l10n.t('Name of the blob. It must not exist: a restore never writes over a blob.'),
        },
        tools,
      );
      return target === undefined ? 'back' : { ...from, job: 'restore', target, tier: undefined };
    }
    case 'beside': {
      const address = addressOf(beside, tools.directory.endpoints());
      const end = await input({
        title,
        step,
        totalSteps: total,
        placeholder: address.blob,
        prompt: l10n.t('Name of the blob. It must not exist: a restore never writes over a blob.'),
        value: address.blob,
        validate: (text) => faultIn(blobNameProblem(text.trim(), l10n.t)),
      });
      if (typeof end === 'string') return end;
      return { ...from, job: 'restore', target: formatAddress({ ...address, blob: end.value.trim() }), tier: undefined };
    }
  }
}

/** URL of a blob beside the disk, with the name that the recipe gives it. */
function besideDisk(disk: string, endpoints: readonly string[]): string {
  const address = addressOf(disk, endpoints);
  return formatAddress({ ...address, blob: restoredName(address.blob) });
}

function addressOf(url: string, endpoints: readonly string[]): BlobAddress {
  return parseBlobUrl(url, endpoints).address;
}

function questionOf(spec: RestoreSpec, point: RecoveryPoint, { voice }: CommandTools): string {
  const { label } = describePoint(point, voice);
  const { name } = placeOf(spec.source);
  if (spec.job === 'rewind') return l10n.t('Rewind {0} to {1}?', name, label);
  return l10n.t('Restore {0} as of {1} to {2}?', name, label, spec.job === 'restoreFile' ? fileName(spec.path) : placeOf(spec.target).path);
}
