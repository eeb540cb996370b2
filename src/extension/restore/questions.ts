import { isAbsolute } from 'node:path';
import { redact } from '../../engine/redact.ts';
import { isTooSmall } from '../../engine/premiumTiers.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { Check, FieldName, TargetKind } from '../../messages/restore.ts';
import { blobNameProblem, containerNameProblem } from '../words/blobNames.ts';
import type { Localise } from '../words/voice.ts';
import { chosenAccount, continuesChain, diskOf, hasTier, newBackupUrl, specOf, targetUrl, usablePoint, valueOf } from './inputs.ts';
import type { QuestionName, RestoreState } from './state.ts';

/** Something about the inputs that only the service, or the file system, can say. */
export interface Question {
  readonly name: QuestionName;
  /** Changes with whatever the answer depends on. */
  readonly of: string;
  /** URL of a blob, or a path. */
  readonly place: string;
}

/** What has to be known before the inputs can be reviewed. Nothing is asked about inputs that are wrong by themselves. */
export function questionsOf(state: RestoreState): readonly Question[] {
  const point = usablePoint(state);
  if (!point) return [];
  const ask = (name: QuestionName, place: string): Question => ({
    name,
    place,
    of: JSON.stringify([name, place, point.entry.backup.snapshot]),
  });
  if (state.kind === 'inPlace') return [ask('disk', diskOf(state)!)];
  if (state.kind === 'file') return isSound(state, 'path') ? [ask('path', valueOf(state, 'path').trim())] : [];
  return [
    ...(isSound(state, 'account') && isSound(state, 'container') && isSound(state, 'name') ? [ask('target', targetUrl(state)!)] : []),
    ...(continuesChain(state) && isSound(state, 'newBackup') ? [ask('newBackup', newBackupUrl(state))] : []),
  ];
}

/** Those that have no answer yet. */
export function openQuestions(state: RestoreState): readonly Question[] {
  return questionsOf(state).filter(({ name, of }) => state.answers[name]?.of !== of);
}

/** Is every input there, and none known to be wrong? */
export function isReady(state: RestoreState): boolean {
  if (specOf(state) === undefined || openQuestions(state).length > 0) return false;
  if (fieldsOf(state).some((field) => !isSound(state, field))) return false;
  const checks = questionsOf(state).flatMap(({ name }) => Object.values(state.answers[name]!.checks));
  return checks.every(({ state: is }) => is !== 'bad' && is !== 'checking');
}

const FIELDS: Readonly<Record<TargetKind, readonly FieldName[]>> = {
  blob: ['account', 'container', 'name', 'tier', 'continueChain', 'newBackup'],
  inPlace: [],
  file: ['path'],
};

/** The fields that are shown, in order. */
export function fieldsOf(state: RestoreState): readonly FieldName[] {
  return FIELDS[state.kind].filter((field) => {
    if (field === 'tier') return hasTier(state);
    return field !== 'newBackup' || continuesChain(state);
  });
}

/** What the service says of a field, or of the target as a `whole`. */
export function answerFor(state: RestoreState, field: FieldName | 'whole', t: Localise): Check {
  const questions = questionsOf(state);
  const given = questions.flatMap(({ name, of }) => {
    const answer = state.answers[name];
    return answer?.of === of ? (answer.checks[field] ?? []) : [];
  });
  if (given[0]) return given[0];
  const isOpen = openQuestions(state).some(({ name }) => MAIN_FIELD[name] === field);
  return isOpen ? { state: 'checking', text: t('Checking…') } : NOTHING;
}

export const NOTHING: Check = { state: 'none', text: '' };

/** Where it is shown that a question has no answer yet. */
const MAIN_FIELD: Readonly<Record<QuestionName, FieldName | 'whole'>> = {
  target: 'name',
  newBackup: 'newBackup',
  disk: 'whole',
  path: 'path',
};

/** What is wrong with an input by itself, without asking anybody; undefined for nothing. */
export function problemOf(state: RestoreState, field: FieldName, t: Localise): string | undefined {
  const text = valueOf(state, field).trim();
  switch (field) {
    case 'account':
      return chosenAccount(state) ? undefined : t('Choose a storage account.');
    case 'container':
      return text === '' ? t('Type the name of a container.') : containerNameProblem(text, t);
    case 'name':
      return blobNameProblem(text, t);
    case 'newBackup':
      return (
        blobNameProblem(text, t) ??
        (newBackupUrl(state) === targetUrl(state) ? t('The disk itself gets this name. Choose another one.') : undefined)
      );
    case 'tier': {
      const length = usablePoint(state)?.entry.source.length ?? 0;
      return isTooSmall(text, length) ? t('This tier is too small: the disk has {0}.', sizeText(length)) : undefined;
    }
    case 'path':
      if (text === '') return t('Choose a file.');
      if (redact(text) !== text) return t('This looks like a key or a SAS. Only a path goes here.');
      return isAbsolute(text) ? undefined : t('Type the whole path, from the root on.');
    case 'continueChain':
      return undefined;
  }
}

function isSound(state: RestoreState, field: FieldName): boolean {
  return problemOf(state, field, (text) => text) === undefined;
}
