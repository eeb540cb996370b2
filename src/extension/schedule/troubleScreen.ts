import { commands, l10n, StatusBarAlignment, window, type Disposable, type StatusBarItem } from 'vscode';
import { notices } from '../notices.ts';
import { rowKey, type FleetRow } from '../fleet/fleetRow.ts';
import { troubleText, type RowStanding } from '../fleet/fleetWords.ts';
import { COMMANDS } from '../names.ts';
import { placeOf } from '../words/places.ts';
import type { Voice } from '../words/voice.ts';
import type { ToldFiles } from './toldFiles.ts';

export interface Troubled {
  readonly row: FleetRow;
  readonly about: RowStanding;
}

/** What keeps a whole policy from being run, in a sentence. */
export interface PolicyFault {
  /** URI of the policy file. */
  readonly policy: string;
  readonly text: string;
}

export interface ScheduleState {
  /** Chains that want somebody, the worst first. Snoozed ones are not among them. */
  readonly troubled: readonly Troubled[];
  /** Chains that are due, or run, or were not looked at yet: whether a trouble of theirs is over will show. */
  readonly unsettled: ReadonlySet<string>;
  readonly faults: readonly PolicyFault[];
  readonly isPaused: boolean;
}

/**
 * The schedule as people see it: a status item that is there only when somebody should know something, and one notification for each new trouble, in one of
 * the windows of VS Code that see it.
 */
export class TroubleScreen implements Disposable {
  readonly #voice: Voice;
  readonly #windows: Pick<ToldFiles, 'claim' | 'keep'>;
  readonly #item: StatusBarItem;
  /** What was told and is not over, so that it is told once. */
  #told = new Set<string>();

  constructor(voice: Voice, windows: Pick<ToldFiles, 'claim' | 'keep'>) {
    this.#voice = voice;
    this.#windows = windows;
    this.#item = window.createStatusBarItem('pageBlobBackup.schedule', StatusBarAlignment.Left, 0);
    this.#item.name = l10n.t('Page Blob Backup Schedule');
    this.#item.command = COMMANDS.showFleet;
  }

  show(state: ScheduleState): void {
    const text = statusText(state, this.#voice);
    if (text === undefined) this.#item.hide();
    else {
      this.#item.text = text.icon + text.words;
      this.#item.accessibilityInformation = { label: text.words };
      this.#item.tooltip = l10n.t('Show the fleet of Page Blob Backup');
      this.#item.show();
    }
    this.#tellOnce(state);
  }

  hide(): void {
    this.#told.clear();
    this.#windows.keep(this.#told);
    this.#item.hide();
  }

  dispose(): void {
    this.#item.dispose();
  }

  #tellOnce({ troubled, unsettled, faults, isPaused }: ScheduleState): void {
    const now = new Map<string, string>();
    for (const { policy, text } of faults) now.set(`${policy} ${text}`, text);
    // A paused schedule says so in the status bar; that windows pass meanwhile is what was asked for.
    for (const each of troubled) if (!(isPaused && isLate(each))) now.set(toldKey(each), troubleText(each.row, each.about, this.#voice));
    const fresh = new Set(this.#windows.claim([...now.keys()].filter((key) => !this.#told.has(key))));
    // A try that may fail as well does not end a trouble; nor does a worse one end that of a verification.
    const open = new Set([...unsettled, ...[...unsettled, ...troubled.map(({ row }) => rowKey(row))].map(verificationKey)]);
    this.#told = new Set([...now.keys(), ...[...this.#told].filter((key) => open.has(key))]);
    this.#windows.keep(this.#told);
    const [first] = fresh;
    if (first === undefined) return;
    const names = troubled.filter((each) => fresh.has(toldKey(each))).map(({ row }) => placeOf(row.chain.source).name);
    void this.#tell(fresh.size === 1 ? now.get(first)! : manyText(fresh.size, names));
  }

  async #tell(text: string): Promise<void> {
    const show = l10n.t('Show Fleet');
    const snooze = l10n.t('Snooze…');
    const log = l10n.t('Show Log');
    const pressed = await notices.showWarningMessage(text, show, snooze, log);
    if (pressed === show) await commands.executeCommand(COMMANDS.showFleet);
    if (pressed === snooze) await commands.executeCommand(COMMANDS.snoozeSchedule);
    if (pressed === log) await commands.executeCommand(COMMANDS.showLog);
  }
}

/** Somebody who was told of a verification has not been told of the backups of that chain. */
function toldKey({ row, about }: Troubled): string {
  return about.standing === 'unverified' ? verificationKey(rowKey(row)) : rowKey(row);
}

function verificationKey(key: string): string {
  return `${key}#verification`;
}

/** Nothing failed: it is not done. */
function isLate({ about: { standing, doing } }: Troubled): boolean {
  return standing === 'overdue' || (standing === 'unverified' && !doing.verification?.failure);
}

function manyText(count: number, names: readonly string[]): string {
  return l10n.t('{0} scheduled backups need attention: {1}', count, names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : ''));
}

function statusText(
  { troubled, faults, isPaused }: ScheduleState,
  voice: Voice,
): { readonly icon: string; readonly words: string } | undefined {
  const count = troubled.length + faults.length;
  const [first] = troubled;
  if (count > 1) return { icon: '$(warning) ', words: l10n.t('{0} scheduled backups need attention', count) };
  if (first) return { icon: '$(warning) ', words: shortTrouble(first, voice) };
  if (count > 0) return { icon: '$(warning) ', words: l10n.t('A backup policy needs attention') };
  return isPaused ? { icon: '$(debug-pause) ', words: l10n.t('Backups paused') } : undefined;
}

/** Without the reason of a failure: the status bar is short. */
function shortTrouble({ row, about }: Troubled, voice: Voice): string {
  const { name } = placeOf(row.chain.source);
  if (about.standing === 'overdue') return troubleText(row, about, voice);
  return about.standing === 'unverified'
    ? l10n.t('Verification of {0} needs attention', name)
    : l10n.t('Backup of {0} needs attention', name);
}
