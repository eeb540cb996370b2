import { sizeText } from '../../engine/sizeText.ts';
import { card } from '../words/markdown.ts';
import { placeOf } from '../words/places.ts';
import { proofWord } from '../words/proof.ts';
import { agoText, exactText, momentText } from '../words/times.ts';
import type { RowIcon, RowWords, Voice } from '../words/voice.ts';
import type { FleetRow } from './fleetRow.ts';
import type { ChainStanding, Doing } from './standing.ts';
import { unverifiedSince, verifyDueOfRow } from './verifyDueOfRow.ts';

/** How a chain stands, with what the words need besides its facts. */
export interface RowStanding {
  readonly standing: ChainStanding;
  readonly doing: Doing;
  /** When it is due next, in milliseconds. */
  readonly next?: number | undefined;
  /** Until when it is left alone. */
  readonly snoozedUntil?: number | undefined;
}

/** `backed up 2 h ago · next 14:00 · 64 GiB · 1.2 MiB changed · proven`, or what is wrong. */
export function describeFleetRow(row: FleetRow, about: RowStanding, voice: Voice): RowWords {
  const { name } = placeOf(row.chain.source);
  const standing = standingText(row, about, voice);
  const description = [standing, ...factsOf(row, about, voice), snoozeText(about, voice)].filter(Boolean).join(' · ');
  return { label: name, description, icon: iconOf(about.standing), speech: voice.t('{0}: {1}.', name, description) };
}

export function fleetCard(row: FleetRow, about: RowStanding, voice: Voice): string {
  const { t } = voice;
  const { chain, facts, problem } = row;
  const { newest } = facts ?? {};
  const { next } = about;
  return card(
    t('Chain of {0}', placeOf(chain.source).name),
    [
      [t('State'), standingText(row, about, voice)],
      chain.rule.name === undefined ? undefined : [t('Rule'), chain.rule.name],
      [t('Disk'), chain.source],
      [t('Backup blob'), chain.backup],
      facts?.lookedOn === undefined ? undefined : [t('Disk as of'), exactText(facts.lookedOn, voice)],
      facts && next !== undefined ? [t('Next due'), exactText(next, voice)] : undefined,
      ...verificationFacts(row, voice),
      newest && [t('Disk size'), sizeText(newest.source.length)],
      newest && [t('Changed in the newest point'), sizeText(newest.written + newest.cleared)],
      facts && [t('Points'), String(facts.points)],
    ],
    [about.doing.failure?.text, about.doing.verification?.failure?.text, problem?.text],
  );
}

/** `overdue: no good backup for 26 h` */
export function standingText(row: FleetRow, { standing, doing }: RowStanding, voice: Voice): string {
  const { t } = voice;
  const { facts, problem } = row;
  const ago = facts?.lookedOn === undefined ? undefined : agoText(facts.lookedOn, voice);
  switch (standing) {
    case 'failed':
      return t('failed: {0}', doing.failure?.text ?? '');
    case 'unreadable':
      return t('cannot be read: {0}', problem?.text ?? '');
    case 'wrong':
      return t('newest point was found wrong');
    case 'overdue':
      return t('overdue: {0}', ageText(row, voice));
    case 'unverified':
      return doing.verification?.failure ? t('verification fails: {0}', doing.verification.failure.text) : proofAgeText(row, voice);
    case 'running':
      return t('backing up');
    case 'due':
      return ago === undefined ? t('due, never backed up') : t('due, backed up {0}', ago);
    case 'good':
      return t('backed up {0}', ago ?? '');
    case 'unknown':
      return problem ? t('not reachable: {0}', problem.text) : t('not looked at yet');
  }
}

/** `no good backup for 26 h` */
export function ageText({ facts }: FleetRow, voice: Voice): string {
  if (facts?.lookedOn === undefined) return voice.t('no good backup yet');
  return voice.t('no good backup for {0}', hoursText(voice.now() - facts.lookedOn, voice));
}

/** `not verified for 15 d` */
function proofAgeText(row: FleetRow, voice: Voice): string {
  const now = voice.now();
  if (verifyDueOfRow(row, now)?.last === undefined) return voice.t('never verified');
  return voice.t('not verified for {0}', hoursText(now - unverifiedSince(row, now), voice));
}

/** One sentence about a chain that wants somebody. */
export function troubleText(row: FleetRow, about: RowStanding, voice: Voice): string {
  const { name } = placeOf(row.chain.source);
  if (about.standing === 'failed') return voice.t('The scheduled backup of {0} failed. {1}', name, about.doing.failure?.text ?? '');
  if (about.standing === 'overdue') return voice.t('{0}: {1}.', name, ageText(row, voice));
  if (about.standing === 'wrong')
    return voice.t(
      '{0}: a verification found the newest recovery point wrong. Do not restore it; earlier points are unharmed. Back up now: that compares the whole disk, and makes a right point.',
      name,
    );
  if (about.standing === 'unverified') {
    const { failure } = about.doing.verification ?? {};
    if (failure) return voice.t('The scheduled verification of {0} failed; its backups go on. {1}', name, failure.text);
    return voice.t('{0}: {1}; its backups go on.', name, proofAgeText(row, voice));
  }
  return voice.t('{0}: {1}.', name, standingText(row, about, voice));
}

function factsOf(row: FleetRow, { next }: RowStanding, voice: Voice): string[] {
  const { t } = voice;
  const { newest } = row.facts ?? {};
  if (!newest) return [];
  return [
    next === undefined ? '' : t('next {0}', momentText(next, voice)),
    sizeText(newest.source.length),
    t('{0} changed', sizeText(newest.written + newest.cleared)),
    proofWord(newest.proof, voice),
  ];
}

/** When the policy had a point verified last, and has one verified next. */
function verificationFacts(row: FleetRow, voice: Voice): [label: string, value: string][] {
  const due = verifyDueOfRow(row, voice.now());
  if (!due) return [];
  const { last, isDue, next } = due;
  return [
    [voice.t('Last verification'), last === undefined ? voice.t('never') : exactText(last, voice)],
    [voice.t('Next verification'), isDue ? voice.t('due now') : exactText(next, voice)],
  ];
}

function snoozeText({ snoozedUntil }: RowStanding, voice: Voice): string {
  return snoozedUntil === undefined ? '' : voice.t('snoozed until {0}', momentText(snoozedUntil, voice));
}

const HOUR = 60 * 60_000;

/** `26 h`; days from two days on. */
function hoursText(ms: number, { t }: Voice): string {
  const hours = Math.max(1, Math.round(ms / HOUR));
  return hours < 48 ? t('{0} h', hours) : t('{0} d', Math.floor(hours / 24));
}

function iconOf(standing: ChainStanding): RowIcon {
  switch (standing) {
    case 'failed':
      return { id: 'error', color: 'list.errorForeground' };
    case 'wrong':
    case 'unreadable':
      return { id: 'warning', color: 'list.warningForeground' };
    case 'overdue':
      return { id: 'clock', color: 'list.warningForeground' };
    case 'unverified':
      return { id: 'unverified', color: 'list.warningForeground' };
    case 'running':
      return { id: 'sync~spin' };
    case 'due':
      return { id: 'watch' };
    case 'good':
      return { id: 'workspace-trusted', color: 'testing.iconPassed' };
    case 'unknown':
      return { id: 'circle-large' };
  }
}
