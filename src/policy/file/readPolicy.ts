import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import type { Node } from 'yaml';
import { isPattern } from '../glob.ts';
import { blobUrl, nameFrom, tellsApart, templateFault } from '../naming.ts';
import type { ChainRule, Policy, Target, VerifyRule } from '../policy.ts';
import { choice, count, listOf, mapping, oneOrMore, placed, text, type Placed, type Read } from './fields.ts';
import { PolicyText, type PolicyProblem } from './policyText.ts';
import { readVerify, type WrittenVerify } from './readVerify.ts';
import { inZone, readDuration, readRetention, readTimeZone, readWindow, type WrittenWindow } from './readWindow.ts';

/** A policy, unless something is wrong with its file. */
export type PolicyReading =
  | { readonly policy: Policy; readonly problems: readonly [] }
  | { readonly policy: undefined; readonly problems: readonly PolicyProblem[] };

/** Without query: a SAS is a secret and belongs into the environment. */
const readAccount = text(
  'the blob endpoint of an account, such as https://name.blob.core.windows.net, without a SAS',
  /^https?:\/\/[^/?#\s]+[^?#\s]*$/,
);
const readFolder = text('the URL of a container or folder, without a SAS', /^https?:\/\/[^/?#\s]+\/[^?#\s]+$/);
const readBlobs = oneOrMore(placed(text('a pattern of container/blob, such as vhds/*.vhd', /^[^/]+\/.*[^/]$/)));

interface WrittenTarget {
  readonly account: string;
  readonly blob: Placed<string>;
  readonly catalogue: string;
}

const readTarget = mapping<WrittenTarget>(
  'a target',
  { account: readAccount, blob: placed(text('a name such as backups/{container}/{blob}')), catalogue: readFolder },
  ['account', 'blob'],
);

/** What chains and their defaults have in common. */
interface Shared {
  readonly to: readonly Partial<WrittenTarget>[];
  readonly window: WrittenWindow;
  readonly jitter: number;
  readonly retention: Exclude<ReturnType<typeof readRetention>, undefined>;
  readonly transfer: ChainRule['transfer'];
  readonly proof: NonNullable<ChainRule['proof']>;
  readonly keepSourceSnapshots: number;
  readonly verify: WrittenVerify;
}

interface WrittenChain extends Shared {
  readonly name: string;
  readonly account: string;
  readonly blobs: readonly Placed<string>[];
  readonly except: readonly Placed<string>[];
}

interface WrittenPolicy {
  readonly version: number;
  readonly timeZone: string;
  readonly defaults: Partial<Shared>;
  readonly chains: readonly Placed<Partial<WrittenChain>>[];
}

const shared = {
  to: oneOrMore(readTarget),
  window: readWindow,
  jitter: readDuration,
  retention: readRetention,
  transfer: choice(['auto', 'server', 'relay']),
  proof: choice(PROOF_LEVELS),
  keepSourceSnapshots: count(1),
  verify: readVerify,
} satisfies { readonly [K in keyof Shared]: Read<Shared[K]> };

const readVersion: Read<number> = (node, file) => {
  const version = count(1)(node, file);
  return version === undefined || version === 1
    ? version
    : file.complain(node, `This program reads version 1 of policy files, not ${version}.`);
};

const readChain = mapping<WrittenChain>(
  'a chain',
  { name: text('a name'), account: readAccount, blobs: readBlobs, except: readBlobs, ...shared },
  ['account', 'blobs'],
);
const readFile = mapping<WrittenPolicy>(
  'a policy',
  { version: readVersion, timeZone: readTimeZone, defaults: mapping<Shared>('defaults', shared, []), chains: listOf(placed(readChain)) },
  ['version', 'chains'],
);

/** Reads a policy file; every mistake is told with its line and column, in plain words. */
export function readPolicy(yaml: string): PolicyReading {
  const file = new PolicyText(yaml);
  // What is no YAML, or holds a secret, is not read any further: messages repeat what they are about.
  const isReadable = file.problems.length === 0;
  const written = isReadable ? readFile(file.root, file) : undefined;
  const rules = (written?.chains ?? []).map((chain) => ruleOf(chain, written!, file));
  refuseTwins(written?.chains ?? [], rules, file);
  const { problems } = file;
  if (problems.length > 0 || !written) return { policy: undefined, problems };
  return { policy: { rules: rules.filter((rule) => rule !== undefined) }, problems: [] };
}

/** Fills the defaults in. Complains where something is said neither there nor in the chain. */
function ruleOf(
  { value: chain, node }: Placed<Partial<WrittenChain>>,
  { defaults = {}, timeZone = 'UTC' }: Partial<WrittenPolicy>,
  file: PolicyText,
): ChainRule | undefined {
  const before = file.problems.length;
  const at = chain.blobs?.[0]?.node ?? node;
  const need = <K extends keyof Shared>(key: K, what: string): Shared[K] | undefined => {
    // What is written wrong has been told already.
    const value = chain[key] ?? defaults[key];
    return value ?? (before > 0 ? undefined : file.complain(at, `This chain has no "${key}", and the defaults have none: say ${what}.`));
  };
  const to = need('to', 'where its backups go');
  const window = need('window', 'when it is backed up, such as 12h');
  const retention = need('retention', 'which points are kept, such as { daily: 7 }, or all');
  const { account, blobs = [] } = chain;
  const targets = (to ?? []).map((target) => targetOf(target, blobs, account, file));
  if (!account || !window || !retention || targets.includes(undefined)) return undefined;
  return {
    name: chain.name,
    account: account.replace(/\/+$/, ''),
    blobs: blobs.map(({ value }) => value),
    except: (chain.except ?? []).map(({ value }) => value),
    to: targets as Target[],
    window: inZone(window, timeZone),
    jitter: chain.jitter ?? defaults.jitter ?? 0,
    retention: retention === 'all' ? undefined : { ...retention, timeZone: retention.timeZone ?? timeZone },
    transfer: chain.transfer ?? defaults.transfer ?? 'auto',
    proof: chain.proof ?? defaults.proof,
    keepSourceSnapshots: chain.keepSourceSnapshots ?? defaults.keepSourceSnapshots ?? 1,
    verify: ruleOrNone(chain.verify ?? defaults.verify),
  };
}

function ruleOrNone(written: WrittenVerify | undefined): VerifyRule | undefined {
  return written === 'never' ? undefined : written;
}

function targetOf(
  { account, blob, catalogue }: Partial<WrittenTarget>,
  blobs: readonly Placed<string>[],
  source: string | undefined,
  file: PolicyText,
): Target | undefined {
  if (account === undefined || blob === undefined) return undefined;
  const fault = templateFault(blob.value);
  if (fault !== undefined) return file.complain(blob.node, fault);
  if (!tellsApart(blob.value) && (blobs.length > 1 || blobs.some(({ value }) => isPattern(value)))) {
    return file.complain(blob.node, 'All disks of this chain would be backed up to one blob: put {blob} or {name} into the name.');
  }
  const target = { account: account.replace(/\/+$/, ''), blob: blob.value, catalogue };
  for (const { value, node } of blobs) {
    if (source === undefined || isPattern(value)) continue;
    if (backupUrlOf(target, source, value) === blobUrl(source, value)) file.complain(node, 'Source and backup are the same blob.');
  }
  return target;
}

/** One backup blob is for one disk. What patterns find is looked at again when they are expanded. */
function refuseTwins(chains: readonly Placed<Partial<WrittenChain>>[], rules: readonly (ChainRule | undefined)[], file: PolicyText): void {
  const seen = new Map<string, string>();
  for (const [at, rule] of rules.entries()) {
    for (const [i, blob] of (rule?.blobs ?? []).entries()) {
      const node: Node | undefined = chains[at]!.value.blobs?.[i]?.node;
      for (const target of rule!.to) {
        const key = isPattern(blob)
          ? `${rule!.account}/${blob} ${target.account}/${target.blob}`
          : backupUrlOf(target, rule!.account, blob);
        const source = `${rule!.account}/${blob}`;
        const other = seen.get(key);
        if (other === source) file.complain(node, `This chain is there twice: ${source} is backed up to the same place before.`);
        else if (other !== undefined) file.complain(node, `Two disks have the same backup blob ${key}: this one and ${other}.`);
        seen.set(key, source);
      }
    }
  }
}

function backupUrlOf(target: Target, account: string, path: string): string {
  const [container = '', ...rest] = path.split('/');
  return blobUrl(target.account, nameFrom(target.blob, { account, container, blob: rest.join('/') }));
}
