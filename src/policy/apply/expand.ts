import type { CallOptions } from '../../engine/pageBlob.ts';
import { BackupError, isBackupError } from '../../engine/errors.ts';
import { globMatcher, isPattern, literalFolder } from '../glob.ts';
import { blobUrl, nameFrom } from '../naming.ts';
import type { ChainRule, Policy, Target } from '../policy.ts';

/** Lists what there is in an account. */
export interface Lister {
  /** Names of the containers at a blob endpoint. */
  containers(account: string, options?: CallOptions): AsyncIterable<string>;
  /** Page blobs in a container or a folder of it, by the name in their container. */
  pageBlobs(folder: string, options?: CallOptions): AsyncIterable<{ readonly name: string }>;
}

/** One disk and one place that it is backed up to. */
export interface PolicyChain {
  readonly rule: ChainRule;
  readonly target: Target;
  /** URLs without query. */
  readonly source: string;
  readonly backup: string;
  /** Names the chain wherever it is run: shards and jitter rest on it. */
  readonly key: string;
}

/** A pattern or chain that cannot be run; the others can. */
export interface ExpansionFault {
  readonly what: string;
  readonly error: BackupError;
}

export interface Expansion {
  /** By source, then by backup. */
  readonly chains: readonly PolicyChain[];
  readonly faults: readonly ExpansionFault[];
  /** Patterns that no page blob matches. */
  readonly empty: readonly string[];
}

/** Finds the disks that the patterns of a policy match now. One account that cannot be listed does not take the others away. */
export async function expandPolicy({ rules }: Policy, lister: Lister, options: CallOptions = {}): Promise<Expansion> {
  const chains = new Map<string, PolicyChain>();
  const faults: ExpansionFault[] = [];
  const empty: string[] = [];
  for (const rule of rules) {
    for (const glob of rule.blobs) {
      const what = `${rule.account}/${glob}`;
      try {
        let found = 0;
        for await (const path of pathsOf(rule, glob, lister, options)) {
          found++;
          for (const target of rule.to) {
            const chain = chainOf(rule, target, path);
            // A disk that two patterns of one rule match is one chain.
            if (!chains.has(chain.key)) chains.set(chain.key, chain);
          }
        }
        if (found === 0) empty.push(what);
      } catch (error) {
        if (!isBackupError(error) || error.code === 'cancelled') throw error;
        faults.push({ what, error });
      }
    }
  }
  const sorted = [...chains.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return { ...withoutClashes(sorted, faults), empty };
}

/** `container/blob` of the disks that a pattern means; one without wildcards is taken at its word. */
async function* pathsOf(rule: ChainRule, glob: string, lister: Lister, options: CallOptions): AsyncGenerator<string> {
  const excluded = rule.except.map(globMatcher);
  const isIn = (path: string): boolean => !excluded.some((matches) => matches(path));
  if (!isPattern(glob)) {
    if (isIn(glob)) yield glob;
    return;
  }
  const matches = globMatcher(glob);
  const [containerGlob = '', ...rest] = glob.split('/');
  for await (const container of containersOf(rule, containerGlob, lister, options)) {
    const folder = literalFolder(rest.join('/'));
    const place = blobUrl(rule.account, folder === '' ? container : `${container}/${folder}`);
    for await (const { name } of lister.pageBlobs(place, options)) {
      const path = `${container}/${name}`;
      if (matches(path) && isIn(path)) yield path;
    }
  }
}

async function* containersOf({ account }: ChainRule, glob: string, lister: Lister, options: CallOptions): AsyncGenerator<string> {
  if (!isPattern(glob)) return void (yield glob);
  // "**" may go over the slash, so every container may hold a match.
  const matches = glob.includes('**') ? () => true : globMatcher(glob);
  for await (const name of lister.containers(account, options)) if (matches(name)) yield name;
}

function chainOf(rule: ChainRule, target: Target, path: string): PolicyChain {
  const [container = '', ...rest] = path.split('/');
  const source = blobUrl(rule.account, path);
  const backup = blobUrl(target.account, nameFrom(target.blob, { account: rule.account, container, blob: rest.join('/') }));
  return { rule, target, source, backup, key: `${source} ${backup}` };
}

/** A backup blob is for one disk, and is no disk itself: of chains that break this none is run. */
function withoutClashes(chains: readonly PolicyChain[], before: readonly ExpansionFault[]): Pick<Expansion, 'chains' | 'faults'> {
  const byBackup = Map.groupBy(chains, ({ backup }) => backup);
  const faults = [...before];
  const good = chains.filter(({ source, backup }) => {
    const others = byBackup.get(backup)!.length - 1;
    if (others === 0 && !byBackup.has(source)) return true;
    const text =
      others > 0 ? `${others + 1} disks of the policy have the backup blob ${backup}` : `${source} is itself a backup blob of the policy`;
    const error = new BackupError('badInput', `${text}, so ${source} is not backed up to ${backup}.`, {
      unharmed: 'Nothing was changed.',
      hint: 'Give the name in the policy more of the disk, such as {account}/{container}/{blob}, or leave blobs out with "except".',
    });
    faults.push({ what: source, error });
    return false;
  });
  return { chains: good, faults };
}
