import { l10n, ThemeIcon, type QuickPickItem } from 'vscode';
import { formatAddress, parseBlobUrl, type BlobAddress } from '../../azure/blobAddress.ts';
import { restoredName } from '../../engine/jobs/restore/restoredName.ts';
import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';
import { input, type StepEnd } from '../accounts/steps.ts';
import { pointSpec } from '../restore/inputs.ts';
import { chooseFile } from '../restore/restorePages.ts';
import type { RestoreSpec } from '../runs/run.ts';
import { blobNameProblem } from '../words/blobNames.ts';
import { fileName, placeOf } from '../words/places.ts';
import { pointName } from '../words/point.ts';
import { faultIn } from './ask/askContainer.ts';
import { choose, went } from './ask/quickInput.ts';
import { askFreePlace, type Refused } from './restore/askFreePlace.ts';
import { askSteps, type Chosen, type LaterStep } from './restore/askSteps.ts';
import { askTarget } from './restore/askTarget.ts';
import { confirmRestore } from './restore/confirmRestore.ts';
import type { CommandTools, Handler } from './tools.ts';

type Where = 'beside' | 'elsewhere' | 'inPlace' | 'file';

/** *Restore Quickly…*: chain, point, where to, name, and the plan in a question; a row saves what it tells. No page is opened. */
export const restoreQuickly: Handler = async (tools, first) => {
  let where: Where = 'beside';
  let spec: RestoreSpec | undefined;
  const askWhere: LaterStep = async ({ point }, at) =>
    went(await choose({ ...at, placeholder: l10n.t('Restore to where?'), items: placesFor(point, tools) }), (item) => (where = item.where));
  const askPlace: LaterStep = async (chosen, at) => {
    const end = await specFor(chosen, where, at, tools);
    return went(end, (value) => (spec = value));
  };
  const chosen = await askSteps(first, l10n.t('Restore Quickly'), [askWhere, askPlace], tools);
  if (chosen && spec) await confirmRestore(spec, questionOf(spec, chosen.point, tools), tools);
};

type At = Parameters<LaterStep>[1];

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

async function specFor(chosen: Chosen, where: Where, at: At, tools: CommandTools): Promise<StepEnd<RestoreSpec>> {
  const from = pointSpec(chosen.backup, chosen.point);
  const beside = besideDisk(from.source, tools.directory.endpoints());
  switch (where) {
    case 'inPlace':
      return { value: { ...from, job: 'rewind' } };
    case 'file': {
      const path = await chooseFile(placeOf(from.source).name);
      return path === undefined ? 'back' : { value: { ...from, job: 'restoreFile', path } };
    }
    case 'beside':
    case 'elsewhere': {
      const ask = where === 'beside' ? askName : askTarget;
      const target = await askFreePlace((refused, last = beside) => ask(last, refused, at, tools), chosen, tools);
      return typeof target === 'string' ? target : { value: { ...from, job: 'restore', target: target.value, tier: undefined } };
    }
  }
}

/** @returns URL of the blob of this name, beside the disk */
async function askName(
  suggested: string,
  refused: Refused,
  { title, step: [step, totalSteps] }: At,
  { directory }: CommandTools,
): Promise<StepEnd<string>> {
  const address = addressOf(suggested, directory.endpoints());
  const urlOf = (text: string): string => formatAddress({ ...address, blob: text.trim() });
  const end = await input({
    title,
    step,
    totalSteps,
    placeholder: address.blob,
    prompt: l10n.t('Name of the blob. It must not exist: a restore never writes over a blob.'),
    value: address.blob,
    validate: (text) => faultIn(blobNameProblem(text.trim(), l10n.t) ?? refused.get(urlOf(text))),
  });
  return typeof end === 'string' ? end : { value: urlOf(end.value) };
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
  const label = pointName(point, voice);
  const { name } = placeOf(spec.source);
  if (spec.job === 'rewind') return l10n.t('Rewind {0} to {1}?', name, label);
  return l10n.t('Restore {0} as of {1} to {2}?', name, label, spec.job === 'restoreFile' ? fileName(spec.path) : placeOf(spec.target).path);
}
