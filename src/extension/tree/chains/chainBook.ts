import { chainSummary, isRestore, type ChainSummary } from '../../../engine/jobs/points/chainSummary.ts';
import { isBackupError } from '../../../engine/errors.ts';
import type { JobOptions } from '../../../engine/tools.ts';
import { urlKey } from '../../words/places.ts';
import { problemOf } from '../../words/problem.ts';
import type { ChainKnowledge, RunningHere } from '../../words/standing.ts';
import type { Voice } from '../../words/voice.ts';
import type { AzureSession } from '../../session.ts';
import type { Log } from '../../log.ts';

export interface ChainBookOptions {
  readonly session: AzureSession;
  /** World and patience for short questions. */
  readonly job: JobOptions;
  readonly voice: Voice;
  readonly log: Log;
  /** The run of this machine on a backup blob, by the blob's key. */
  readonly runningOn: (backupKey: string) => RunningHere | undefined;
  /** Told when something was learned or forgotten about a chain, by the key of its backup blob, and of its disk where that is known. */
  readonly learned: (backupKey: string) => void;
}

interface Page {
  readonly url: string;
  knowledge: ChainKnowledge;
  asking: Promise<void> | undefined;
}

/** What is known of the chains so far, by backup blob. Each is asked once, however many rows want to know. Both views share one book. */
export class ChainBook {
  readonly #options: ChainBookOptions;
  readonly #pages = new Map<string, Page>();
  /** Backup blobs of a disk, learned from catalogues. Keys and URLs. */
  readonly #backupsOf = new Map<string, Map<string, string>>();
  #abort = new AbortController();

  constructor(options: ChainBookOptions) {
    this.#options = options;
  }

  of(backupUrl: string): ChainKnowledge {
    const key = urlKey(backupUrl);
    const knowledge = this.#pages.get(key)?.knowledge ?? { state: 'unasked' };
    const running = knowledge.state === 'known' ? this.#options.runningOn(key) : undefined;
    return running && knowledge.state === 'known' ? { ...knowledge, running } : knowledge;
  }

  summary(backupUrl: string): ChainSummary | undefined {
    const knowledge = this.of(backupUrl);
    return knowledge.state === 'known' ? knowledge.summary : undefined;
  }

  /** URL of the disk that the chain in this blob is of. */
  sourceOf(backupUrl: string): string | undefined {
    const summary = this.summary(backupUrl);
    const open = summary?.open?.record;
    return summary?.newest?.entry.source.url ?? (open && !isRestore(open) ? open.source : undefined);
  }

  /** Backup blobs whose catalogues say that they are of this disk. */
  backupsOf(sourceUrl: string): readonly string[] {
    return [...(this.#backupsOf.get(urlKey(sourceUrl))?.values() ?? [])];
  }

  /** URLs of the backup blobs that hold a recovery point, as far as the book knows. */
  get withPoints(): readonly string[] {
    const all = [...this.#pages.values()];
    return all.flatMap(({ url, knowledge }) => (knowledge.state === 'known' && knowledge.summary.points > 0 ? url : []));
  }

  /** Reads how the chain stands unless that is known. Never rejects: what went wrong is knowledge too. */
  async ask(backupUrl: string): Promise<ChainKnowledge> {
    const key = urlKey(backupUrl);
    const page = this.#pages.get(key) ?? { url: backupUrl, knowledge: { state: 'unasked' }, asking: undefined };
    this.#pages.set(key, page);
    if (page.knowledge.state === 'unasked') {
      page.knowledge = { state: 'asking' };
      page.asking = this.#read(backupUrl, key, page, this.#abort.signal);
    }
    await page.asking;
    return this.of(backupUrl);
  }

  /** @param key the key of a backup blob's URL @returns whether anything was known */
  forget(key: string): boolean {
    if (!this.#pages.delete(key)) return false;
    for (const backups of this.#backupsOf.values()) backups.delete(key);
    this.#options.learned(key);
    return true;
  }

  /** Accounts or credentials have changed: what could not be read is tried again. */
  retryUnreadable(): void {
    for (const [key, { url, knowledge }] of this.#pages) {
      if (knowledge.state === 'unreadable' && this.forget(key)) void this.ask(url);
    }
  }

  /** Forgets all, and gives up what is being read. */
  forgetAll(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#pages.clear();
    this.#backupsOf.clear();
  }

  async #read(backupUrl: string, key: string, page: Page, signal: AbortSignal): Promise<void> {
    const { session, job, voice, log, learned } = this.#options;
    try {
      const [backup, catalogue] = await Promise.all([session.pageBlob(backupUrl), session.recordStoreFor(backupUrl)]);
      const summary = await chainSummary({ backup, catalogue }, { ...job, signal });
      page.knowledge = { state: 'known', summary };
    } catch (error) {
      if (!isBackupError(error)) log.error(`Reading the chain in ${backupUrl}`, error);
      page.knowledge = signal.aborted ? { state: 'unasked' } : { state: 'unreadable', reason: problemOf(error, voice).text };
    }
    page.asking = undefined;
    if (this.#pages.get(key) !== page) return;
    const source = this.sourceOf(backupUrl);
    if (source !== undefined) {
      const backups = this.#backupsOf.get(urlKey(source)) ?? new Map<string, string>();
      this.#backupsOf.set(urlKey(source), backups.set(key, backupUrl));
      learned(urlKey(source));
    }
    learned(key);
  }
}
