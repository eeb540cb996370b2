import { workspace, type Disposable } from 'vscode';
import { parseFolderUrl } from '../../azure/blobAddress.ts';
import type { Policy } from '../../policy/policy.ts';
import type { RunRecord, RunSpec } from '../runs/run.ts';
import type { PolicySession } from '../session.ts';
import { urlKey } from '../words/places.ts';
import type { PolicyFiles } from './policyFiles.ts';

export interface CataloguePlacesParts {
  readonly files: Pick<PolicyFiles, 'find' | 'read' | 'onDidChange'>;
  readonly runs: () => readonly RunRecord[];
  /** Blob endpoints of all known accounts, so that path-style addresses are understood. */
  readonly endpoints: () => readonly string[];
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
    for (const { account, place } of await this.#all()) {
      const folder = `${urlKey(place)}/`;
      if (!urlKey(catalogue).startsWith(folder)) continue;
      const backup = `${new URL(account).protocol}//${urlKey(catalogue).slice(folder.length)}`;
      if (urlKey(backup).startsWith(urlKey(account))) return backup;
    }
    return catalogue;
  }

  /** Containers where catalogues of backup blobs in this account lie, each once. @param account its blob endpoint */
  async placesFor(account: string): Promise<readonly { readonly account: string; readonly container: string }[]> {
    const key = urlKey(account);
    const found = new Map<string, { account: string; container: string }>();
    for (const { account: target, place } of await this.#all()) {
      if (urlKey(target) !== key && !urlKey(target).startsWith(`${key}/`)) continue;
      const { endpoint, container } = parseFolderUrl(place, this.#parts.endpoints()).address;
      found.set(`${endpoint}/${container}`, { account: endpoint, container });
    }
    return [...found.values()];
  }

  dispose(): void {
    this.#listening.dispose();
  }

  /** Each place that a policy or a run names, and an account, or a URL in one, whose backup blobs have their catalogues there. */
  async #all(): Promise<{ readonly account: string; readonly place: string }[]> {
    const targets = (await this.#read()).flatMap(({ rules }) => rules.flatMap(({ to }) => to));
    const runs = this.#scheduled().map(({ backup, schedule }) => ({ account: backup, catalogue: schedule?.catalogue }));
    return [...targets, ...runs].flatMap(({ account, catalogue: place }) => (place === undefined ? [] : [{ account, place }]));
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
