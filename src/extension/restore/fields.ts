import { isTooSmall, TIERS } from '../../engine/premiumTiers.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { Check, FieldName, FieldView } from '../../messages/restore.ts';
import { placeOf } from '../words/places.ts';
import type { Voice } from '../words/voice.ts';
import { chosenAccount, diskOf, usablePoint, valueOf } from './inputs.ts';
import { answerFor, NOTHING, problemOf } from './questions.ts';
import type { RestoreState } from './state.ts';

/** One input as the page shows it. */
export function fieldView(state: RestoreState, name: FieldName, voice: Voice): FieldView {
  const { t } = voice;
  const value = valueOf(state, name);
  const base = { name, ...wordsOf(state, name, voice), check: checkOf(state, name, voice) };
  switch (name) {
    case 'account':
      return { ...base, kind: 'choice', value, options: accountOptions(state, value, voice) };
    case 'tier':
      return { ...base, kind: 'choice', value, options: tierOptions(state, voice) };
    case 'continueChain':
      return { ...base, kind: 'toggle', value: value === 'true' };
    case 'container': {
      const { containers } = state;
      const suggestions = containers && containers.of === chosenAccount(state)?.id ? containers.names : [];
      return { ...base, kind: 'text', value, suggestions, canBrowse: false };
    }
    case 'name':
    case 'newBackup':
      return { ...base, kind: 'text', value, suggestions: [], canBrowse: false };
    case 'path':
      return { ...base, kind: 'text', value, suggestions: [], canBrowse: true, hint: t('It must not exist.') };
  }
}

function checkOf(state: RestoreState, name: FieldName, { t }: Voice): Check {
  if (name === 'account' && state.accounts === undefined) return { state: 'checking', text: t('Looking for storage accounts…') };
  const problem = problemOf(state, name, t);
  if (problem !== undefined) return { state: 'bad', text: problem };
  return name === 'tier' || name === 'continueChain' ? NOTHING : answerFor(state, name, t);
}

function wordsOf(state: RestoreState, name: FieldName, { t }: Voice): { readonly label: string; readonly hint: string } {
  switch (name) {
    case 'account':
      return { label: t('Storage account'), hint: '' };
    case 'container':
      return { label: t('Container'), hint: t('It must be there already.') };
    case 'name':
      return { label: t('Name of the blob'), hint: t('It must not exist: a restore never writes over a blob.') };
    case 'tier':
      return { label: t('Tier'), hint: t('Only premium accounts have tiers. Without one the service takes what fits.') };
    case 'continueChain':
      return {
        label: t('Go on with backups from here'),
        hint: t(
          'The point becomes a backup blob of its own beside {0}, so that the next backup of the new disk copies only what changed.',
          placeOf(state.backup).name,
        ),
      };
    case 'newBackup':
      return { label: t('Name of the new backup blob'), hint: t('In the container of the present one, {0}.', placeOf(state.backup).path) };
    case 'path':
      return { label: t('File'), hint: '' };
  }
}

type Options = Extract<FieldView, { kind: 'choice' }>['options'];

function accountOptions(state: RestoreState, value: string, { t }: Voice): Options {
  const none = value === '' || chosenAccount(state) === undefined ? [{ value, label: t('Choose…'), description: '' }] : [];
  return [...none, ...(state.accounts ?? []).map(({ id, name, description }) => ({ value: id, label: name, description }))];
}

function tierOptions(state: RestoreState, { t }: Voice): Options {
  const length = usablePoint(state)?.entry.source.length ?? 0;
  const chosen = valueOf(state, 'tier');
  const fitting = TIERS.filter(({ name }) => name === chosen || !isTooSmall(name, length));
  return [
    { value: '', label: t('As the service chooses'), description: '' },
    ...fitting.map(({ name, holds }) => ({ value: name, label: name, description: t('up to {0}', sizeText(holds)) })),
  ];
}

/** What Windows takes for a device, whatever ending it has. */
const DEVICE = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)(?=\.|$)/i;
/** Bytes that a name may have on usual file systems are 255; a character takes three at most, and a dialog adds an ending. */
const LONGEST = 80;

/** The name that is offered for a local file: the disk's, without what some file system minds or a dialog would show the wrong way round. */
export function fileNameFor(state: RestoreState): string {
  const { name } = placeOf(diskOf(state) ?? state.backup);
  const tame = name
    .replace(/[<>:"/\\|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '-')
    .slice(-LONGEST)
    .replace(/^[\s.]+|[\s.]+$/g, '')
    .replace(DEVICE, 'disk-$&');
  return tame === '' ? 'disk.vhd' : tame;
}
