import { workspace, type Disposable } from 'vscode';
import type { Policy } from '../../policy/policy.ts';
import type { RunRecord, RunSpec } from '../runs/run.ts';
import type { PolicySession } from '../session.ts';
import { urlKey } from '../words/places.ts';
import type { PolicyFiles } from './policyFiles.ts';

export interface CataloguePlacesParts {
  readonly files: Pick<PolicyFiles, 'find' | 'read' | 'onDidChange'>;
  readonly runs: () => readonly RunRecord[];
}

/**
 * Where the catalogues lie that are not beside their backup blobs: as the policies of the workspace say, switched on or not, else as the runs of this
 * machine were begun. Policies are read when somebody asks first; those of a folder that is not trusted are not asked.
 */
export class CataloguePlaces implements Disposable {
  readonly #parts: CataloguePlacesParts;
  readonly #listening: Disposable;
  #policies: Promise<readonly Policy[]> | undefined;

  constructor(parts: CataloguePlacesParts) {
    this.#parts = parts;
    this.#listening = parts.files.onDidChange(() => (this.#policies = undefined));
  }

  /** URL of the container or folder below which the blob's catalogue lies; undefined for beside it. */
  async of(backup: string): Promise<string | undefined> {
    const policies = await this.#read();
    if (policies.length > 0) {
      const { targetsFor } = await import('../../policy/targetsFor.ts');
      const places = new Set(policies.flatMap((policy) => targetsFor(policy, backup)).map(({ catalogue }) => catalogue));
      // Two that say otherwise say nothing.
      if (places.size > 0) return places.size > 1 ? undefined : [...places][0];
    }
    return this.#scheduled().find((spec) => urlKey(spec.backup) === urlKey(backup))?.schedule?.catalogue;
  }

  /**
   * The backup blob whose catalogue this is.
   * @param catalogue URL of a catalogue as a list shows it, without the `.chain` at its end: of one beside its backup blob that is the blob's own
   */
  async backupOf(catalogue: string): Promise<string> {
    const targets = (await this.#read()).flatMap(({ rules }) => rules.flatMap(({ to }) => to));
    const runs = this.#scheduled().map(({ backup, schedule }) => ({ account: backup, catalogue: schedule?.catalogue }));
    for (const { account, catalogue: place } of [...targets, ...runs]) {
      const folder = place === undefined ? undefined : `${urlKey(place)}/`;
      if (folder === undefined || !urlKey(catalogue).startsWith(folder)) continue;
      const backup = `${new URL(account).protocol}//${urlKey(catalogue).slice(folder.length)}`;
      if (urlKey(backup).startsWith(urlKey(account))) return backup;
    }
    return catalogue;
  }

  dispose(): void {
    this.#listening.dispose();
  }

  /** Backups and verifications that a policy asked for, the youngest first. */
  #scheduled(): (RunSpec & { job: 'backup' | 'verify' })[] {
    const records = [...this.#parts.runs()].sort((a, b) => b.startedAt - a.startedAt);
    return records.flatMap(({ spec }) => ((spec.job === 'backup' || spec.job === 'verify') && spec.schedule ? spec : []));
  }

  #read(): Promise<readonly Policy[]> {
    if (!workspace.isTrusted) return Promise.resolve([]);
    this.#policies ??= this.#readAll().catch((error: unknown) => {
      // Not remembered: the next one to ask tries again.
      this.#policies = undefined;
      throw error;
    });
    return this.#policies;
  }

  async #readAll(): Promise<readonly Policy[]> {
    const { files } = this.#parts;
    const texts = await Promise.all((await files.find()).map((uri) => files.read(uri.toString())));
    if (texts.length === 0) return [];
    const { readPolicy } = await import('../../policy/file/readPolicy.ts');
    return texts.flatMap((text) => (text === undefined ? [] : (readPolicy(text).policy ?? [])));
  }
}

/** The session with catalogues where they are said to be: who names no place gets that of `placeOf`. */
export function withCatalogues(session: PolicySession, placeOf: (backup: string) => Promise<string | undefined>): PolicySession {
  return {
    pageBlob: (url) => session.pageBlob(url),
    image: (url) => session.image(url),
    surroundings: (url) => session.surroundings(url),
    browse: (endpoint, scope) => session.browse(endpoint, scope),
    lister: () => session.lister(),
    recordStoreFor: async (backup, place) => session.recordStoreFor(backup, place ?? (await placeOf(backup))),
  };
}
