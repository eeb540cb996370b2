import { commands, l10n, ProgressLocation } from 'vscode';
import { linkless, notices } from '../notices.ts';
import { COMMANDS } from '../names.ts';
import type { Failure, Remedy } from '../words/failure.ts';
import { afterStopText, endedTitle, progressText, reachedText, runningTitle } from '../words/run.ts';
import type { Voice } from '../words/voice.ts';
import type { RunRecord } from './run.ts';
import { isRestoreSpec, productOf } from './runTarget.ts';
import type { RunScreen } from './screen.ts';

/** A notification that is written again more often than this flickers. */
const REPORT_EVERY_MS = 200;

/** Runs as notifications: one with progress while they run, one when they end. */
export class RunNotifications implements RunScreen {
  readonly #voice: Voice;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  begin(record: RunRecord, cancel: () => void): { update(record: RunRecord): void; end(): void } {
    const voice = this.#voice;
    const ended = Promise.withResolvers<void>();
    let report: (message: string) => void = () => undefined;
    let newest = record;
    let timer: NodeJS.Timeout | undefined;
    const options = { location: ProgressLocation.Notification, title: runningTitle(record.spec, voice), cancellable: true };
    void notices.withProgress(options, (progress, token) => {
      token.onCancellationRequested(cancel);
      let shownPercent = 0;
      report = (message) => {
        const percent = newest.total > 0 ? Math.floor((newest.done / newest.total) * 100) : 0;
        // The bar knows increments only; a phase that begins anew leaves it where it is.
        progress.report({ message, increment: Math.max(0, percent - shownPercent) });
        shownPercent = Math.max(shownPercent, percent);
      };
      report(messageOf(newest, voice));
      return ended.promise;
    });
    return {
      update(changed) {
        newest = changed;
        timer ??= setTimeout(() => {
          timer = undefined;
          report(messageOf(newest, voice));
        }, REPORT_EVERY_MS);
      },
      end() {
        clearTimeout(timer);
        ended.resolve();
      },
    };
  }

  tellDone(record: RunRecord, mood: 'good' | 'attention'): void {
    const show = mood === 'good' ? notices.showInformationMessage : notices.showErrorMessage;
    const product = record.spec.job === 'copy' ? undefined : productOf(record.spec);
    const compare = record.spec.job === 'backup' ? [this.#compare(record.spec.backup)] : [];
    const buttons = mood === 'good' && product !== undefined ? [...compare, this.#showInTree(product)] : [this.#showLog()];
    void offer(show(record.outcome ?? '', ...buttons));
  }

  tellStopped(record: RunRecord): void {
    const { t } = this.#voice;
    if (record.state !== 'resumable') {
      void offer(notices.showInformationMessage(record.outcome ?? '', this.#showLog()));
      return;
    }
    const title = endedTitle(record.spec, this.#voice);
    const reached = reachedText(record, this.#voice);
    const text = reached === undefined ? t('{0} was stopped.', title) : t('{0} was stopped at {1}.', title, reached);
    void offer(notices.showInformationMessage(`${text} ${afterStopText(record.spec, this.#voice)}`, this.#resume(record, t('Resume'))));
  }

  tellFailed(record: RunRecord, failure: Failure): void {
    const show = {
      error: notices.showErrorMessage,
      warning: notices.showWarningMessage,
      calm: notices.showInformationMessage,
      none: undefined,
    }[failure.severity];
    if (!show) return;
    void offer(show(failure.text, ...failure.remedies.flatMap((remedy) => this.#button(remedy, record))));
  }

  tellClash(record: RunRecord): void {
    const title = endedTitle(record.spec, this.#voice);
    const text =
      record.spec.job === 'verifyAll'
        ? l10n.t('{0} is under way already. Nothing was started.', title)
        : l10n.t('This blob is in use: {0} is under way. Nothing was started.', title);
    void offer(notices.showInformationMessage(text, this.#showLog()));
  }

  /** Runs that were interrupted while nobody looked: one notification for all. */
  tellInterrupted(records: readonly RunRecord[]): void {
    const { t } = this.#voice;
    const [only] = records;
    if (!only) return;
    const showRuns = { title: l10n.t('Show Runs'), run: () => commands.executeCommand('pageBlobBackup.runs.focus') };
    if (records.length > 1) {
      void offer(notices.showInformationMessage(l10n.t('{0} runs were interrupted. They can be resumed.', records.length), showRuns));
      return;
    }
    const reached = reachedText(only, this.#voice);
    const title = endedTitle(only.spec, this.#voice);
    const text = reached === undefined ? t('{0} was interrupted.', title) : t('{0} was interrupted at {1}.', title, reached);
    const safe = only.spec.job === 'backup' ? ` ${t('Recovery points that were made before are unharmed.')}` : '';
    const rest = isRestoreSpec(only.spec) || only.spec.job === 'promote' ? ` ${afterStopText(only.spec, this.#voice)}` : safe;
    void offer(notices.showInformationMessage(`${text}${rest}`, this.#resume(only, l10n.t('Resume')), showRuns));
  }

  #button(remedy: Remedy, record: RunRecord): Button[] {
    const { t } = this.#voice;
    const { spec } = record;
    switch (remedy) {
      case 'signIn':
        return [{ title: t('Sign In'), run: () => commands.executeCommand(COMMANDS.signIn) }];
      case 'attach':
        return [{ title: t('Attach Account…'), run: () => commands.executeCommand(COMMANDS.attachAccount) }];
      case 'resume':
        return [this.#resume(record, record.state === 'resumable' ? t('Resume') : t('Try Again'))];
      case 'retry':
        return [this.#resume(record, t('Try Again'))];
      case 'takeOver':
        return spec.job === 'backup'
          ? [{ title: t('Take It Over…'), run: () => commands.executeCommand(COMMANDS.backUp, { ...spec, adopt: true }) }]
          : [];
      case 'showLog':
        return [this.#showLog()];
    }
  }

  #resume({ id }: RunRecord, title: string): Button {
    return { title, run: () => commands.executeCommand(COMMANDS.resumeRun, id) };
  }

  #showLog(): Button {
    return { title: this.#voice.t('Show Log'), run: () => commands.executeCommand(COMMANDS.showLog) };
  }

  #compare(backup: string): Button {
    return { title: this.#voice.t('Compare with Previous'), run: () => commands.executeCommand(COMMANDS.compareWithPrevious, backup) };
  }

  #showInTree(url: string): Button {
    return { title: this.#voice.t('Show in Tree'), run: () => commands.executeCommand(COMMANDS.revealBackup, url) };
  }
}

interface Button {
  readonly title: string;
  readonly run: () => Thenable<unknown>;
}

/** Waits for what the user presses; nothing is also an answer. */
async function offer(answer: Thenable<Button | undefined>): Promise<void> {
  await (await answer)?.run();
}

/** The link runs a command of ours: notifications with progress have no buttons of their own but Cancel. */
function messageOf(record: RunRecord, voice: Voice): string {
  return `${linkless(progressText(record, voice))} ([${voice.t('Show log')}](command:${COMMANDS.showLog}))`;
}
