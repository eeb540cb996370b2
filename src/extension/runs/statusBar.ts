import { l10n, StatusBarAlignment, window, type StatusBarItem } from 'vscode';
import { VIEWS } from '../names.ts';
import { endedTitle, shortProgress } from '../words/run.ts';
import type { Voice } from '../words/voice.ts';
import type { RunRecord } from './run.ts';

/** Shown only while a run is under way or one wants somebody to look. */
export class RunStatusBar {
  readonly #item: StatusBarItem;
  readonly #voice: Voice;
  /** Failures before this moment have been seen. */
  #seenAt: number;

  constructor(voice: Voice) {
    this.#voice = voice;
    this.#seenAt = voice.now();
    this.#item = window.createStatusBarItem('pageBlobBackup.runs', StatusBarAlignment.Left, 0);
    this.#item.name = l10n.t('Page Blob Backup Runs');
    this.#item.command = `${VIEWS.runs}.focus`;
  }

  /** The list of runs was looked at. */
  markSeen(): void {
    this.#seenAt = this.#voice.now();
  }

  /** @returns how many runs want somebody to look */
  update(records: readonly RunRecord[]): number {
    const running = records.filter(({ state }) => state === 'running');
    const care = records.filter(({ state, endedAt }) => state === 'resumable' || (state === 'failed' && (endedAt ?? 0) > this.#seenAt));
    const [first] = running.length > 0 ? running : care;
    if (!first) this.#item.hide();
    else {
      this.#item.text = running.length > 0 ? `$(sync~spin) ${this.#runningText(running)}` : `$(debug-pause) ${careText(care, this.#voice)}`;
      this.#item.accessibilityInformation = { label: running.length > 0 ? this.#runningText(running) : careText(care, this.#voice) };
      this.#item.tooltip = l10n.t('Show the runs of Page Blob Backup');
      this.#item.show();
    }
    return care.length;
  }

  dispose(): void {
    this.#item.dispose();
  }

  #runningText(running: readonly RunRecord[]): string {
    return running.length === 1 ? shortProgress(running[0]!, this.#voice) : l10n.t('{0} runs under way', running.length);
  }
}

function careText(care: readonly RunRecord[], voice: Voice): string {
  const [first] = care;
  if (care.length > 1) return l10n.t('{0} runs need attention', care.length);
  return first?.state === 'failed'
    ? l10n.t('{0} failed', endedTitle(first.spec, voice))
    : l10n.t('{0} interrupted', endedTitle(first!.spec, voice));
}
