import { isPattern } from '../glob.ts';
import { nameFrom } from '../naming.ts';
import type { ChainRule, Policy } from '../policy.ts';

/** What an identity may do somewhere. */
export type Right =
  /** Read disks, take snapshots of them and delete those. */
  | 'snapshot'
  /** Read and write blobs and records, and delete nothing. */
  | 'write'
  /** The same, and delete snapshots. */
  | 'prune'
  | 'read'
  /** Ask for a key for SAS by which the service reads a disk. */
  | 'delegate';

export interface Access {
  readonly task: 'backup' | 'prune';
  readonly right: Right;
  /** Blob endpoint. */
  readonly account: string;
  /** Undefined: the whole account. */
  readonly container: string | undefined;
}

/** The least that the policy needs, by account, each place once. Patterns over containers need the whole account. */
export function accessOf({ rules }: Policy): Access[] {
  const all = rules.flatMap(accessOfRule);
  const key = ({ task, right, account, container }: Access): string => JSON.stringify([account, task, right, container ?? '']);
  const there = new Map(all.map((access) => [key(access), access]));
  return [...there.keys()]
    .sort()
    .map((each) => there.get(each)!)
    .filter((access) => access.container === undefined || !there.has(key({ ...access, container: undefined })));
}

function accessOfRule(rule: ChainRule): Access[] {
  const { account, retention, transfer } = rule;
  const source = sourceContainers(rule);
  const access: Access[] = source.map((container) => ({ task: 'backup', right: 'snapshot', account, container }));
  if (transfer !== 'relay') access.push({ task: 'backup', right: 'delegate', account, container: undefined });
  // A prune finds by it which disks a pattern means, and whether a rewind of one needs a point.
  if (retention) access.push(...source.map((container): Access => ({ task: 'prune', right: 'read', account, container })));
  for (const target of rule.to) {
    const containers = [...new Set(source.map((container) => targetContainer(target.blob, account, container)))];
    for (const container of containers) {
      access.push({ task: 'backup', right: 'write', account: target.account, container });
      if (retention) access.push({ task: 'prune', right: 'prune', account: target.account, container });
    }
    const [, endpoint, folder] = /^(https?:\/\/[^/]+)\/([^/]+)/.exec(target.catalogue ?? '') ?? [];
    if (endpoint === undefined) continue;
    access.push({ task: 'backup', right: 'write', account: endpoint, container: folder });
    if (retention) access.push({ task: 'prune', right: 'write', account: endpoint, container: folder });
  }
  return access;
}

function sourceContainers({ blobs }: ChainRule): (string | undefined)[] {
  return [...new Set(blobs.map((glob) => glob.split('/')[0]!).map((container) => (isPattern(container) ? undefined : container)))];
}

/** The container that a template names, undefined where it depends on what is not known. */
function targetContainer(template: string, account: string, container: string | undefined): string | undefined {
  const name = template.split('/')[0]!;
  const needsMore = /\{(?:blob|name)\}/.test(name) || (container === undefined && name.includes('{container}'));
  return needsMore ? undefined : nameFrom(name, { account, container: container ?? '', blob: '' });
}
