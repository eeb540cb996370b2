import { isBackupError } from '../../errors.ts';
import type { Surroundings } from '../../surroundings.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';
import type { BackupRequest } from '../backup/request.ts';
import { checkChainState, checkSnapshots } from './chain.ts';
import type { Finding, FindingLevel, Unseen } from './finding.ts';
import { checkPermissions, mayList } from './permissions.ts';
import { checkPlaces, type ChainRules } from './places.ts';
import { checkTier } from './tier.ts';

/** Looks for what would hurt a chain. */
export interface CheckRequest extends Pick<BackupRequest, 'source' | 'backup' | 'catalogue'> {
  readonly surroundings: { readonly source: Surroundings; readonly backup: Surroundings };
  readonly rules?: ChainRules;
}

export interface CheckResult {
  readonly job: 'check';
  readonly source: string;
  readonly backup: string;
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** What nobody looked at; nothing is known of it. */
  readonly unseen: readonly Unseen[];
}

const ORDER: readonly FindingLevel[] = ['stops', 'risk', 'note'];

/**
 * Looks at the chain, the sign-in, both accounts and this machine's clock, and says what would hurt, each with what to do. Changes nothing.
 * @throws cancelled, network and service errors; refusals are findings
 */
export async function checkChain(request: CheckRequest, options: JobOptions): Promise<CheckResult> {
  const tools = toolsFor(options);
  const { source, backup, catalogue, surroundings, rules = {} } = request;
  const recordsUrl = `${catalogue.url}/`;
  const isBeside = recordsUrl.startsWith(`${surroundings.backup.endpoint}/`);
  const places = await checkPlaces(
    {
      ...surroundings,
      isBeside,
      recordsAt: decoded(isBeside ? recordsUrl.slice(surroundings.backup.endpoint.length + 1) : pathOf(recordsUrl)),
      rules,
    },
    tools,
  );
  const { findings, summary } = await checkChainState(request, options);
  const permissions = await checkPermissions({ source, backup, catalogue }, tools);
  const lists = [await mayList(source, 'source', tools), await mayList(backup, 'backup', tools)];
  const snapshots: Finding[] = await checkTier(request, surroundings.backup, tools);
  for (const side of ['source', 'backup'] as const) {
    try {
      const isPremium = places.findings.some(({ code, place }) => code === 'premium' && place === side);
      snapshots.push(...(await checkSnapshots(request[side], side, request, { open: summary?.open, isPremium }, options, tools)));
    } catch (error) {
      // What may not be listed has been found above.
      if (!isBackupError(error, 'accessDenied', 'sasLacksPermission', 'signInNeeded', 'containerNotFound', 'integrity')) throw error;
    }
  }
  const all = [...findings, ...permissions.findings, ...lists.filter((one) => one !== undefined), ...places.findings, ...snapshots];
  return {
    job: 'check',
    source: source.url,
    backup: backup.url,
    findings: all.sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level)),
    unseen: [...permissions.unseen, ...places.unseen],
  };
}

/** Container and folder of a URL whose account is a host of its own, as accounts of Azure are. */
function pathOf(url: string): string {
  return url.split('/').slice(3).join('/');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
