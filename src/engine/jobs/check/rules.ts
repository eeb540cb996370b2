import { shellWord } from '../../shellWord.ts';
import type { AccountRules, LifecycleRule, RulesPart } from '../../surroundings.ts';
import type { Finding, Place, Unseen } from './finding.ts';

/** Which account is looked at, and what lies in it. */
export interface RulesScene {
  /** `catalogue`: an account in which nothing but the catalogue lies. */
  readonly place: 'source' | 'backup' | 'catalogue';
  readonly container: string;
  /** `container/path/` of the catalogue's records in this account; undefined where they lie elsewhere. */
  readonly recordsAt: string | undefined;
}

/** What the rules of an account would do to a chain, each with the command that mends it. */
export function ruleFindings(rules: AccountRules, scene: RulesScene): Finding[] {
  const { place, recordsAt } = scene;
  const findings: Finding[] = [];
  if (rules.network !== 'open') findings.push(network(rules, place));
  for (const rule of recordsAt === undefined ? [] : rules.lifecycle.filter((one) => reaches(one, recordsAt)))
    findings.push(lifecycle(rule, recordsAt!, rules));
  if (place !== 'source' && rules.containerSoftDeleteDays === 0 && !rules.unseen.includes('service'))
    findings.push(noContainerSoftDelete(place, rules));
  // Records are never written twice, so nothing of this hurts them.
  if (place === 'catalogue') return findings;
  if (rules.versioning) findings.push(versioning(place, rules));
  if (rules.copyScope) findings.push(copyScope(place, rules.copyScope));
  if (rules.keepsVersions) findings.push(keptVersions(rules.keepsVersions, scene, rules));
  return findings;
}

const PARTS: Readonly<Record<RulesPart, string>> = {
  service: 'versioning, soft delete',
  container: 'immutability of the container',
  lifecycle: 'lifecycle rules',
};

/** What the sign-in may not look at. */
export function unseenRules({ unseen }: AccountRules, place: Place): Unseen[] {
  return unseen.map((part) => ({
    what: PARTS[part],
    place,
    reason: 'Azure Resource Manager does not show them to this sign-in; the role "Reader" on the account is enough.',
  }));
}

/** The options by which `az` finds the account. */
export function accountOptions({ resource: { subscription, group, account } }: AccountRules): string {
  return `--account-name ${shellWord(account)} --resource-group ${shellWord(group)} --subscription ${shellWord(subscription)}`;
}

/** The same for `az storage account update`. */
function accountItself(rules: AccountRules): string {
  return accountOptions(rules).replace('--account-name', '--name');
}

/** Lifecycle rules name blobs by `container/prefix`. */
function reaches({ blobTypes, prefixes, deletes, archives, tagged }: LifecycleRule, recordsAt: string): boolean {
  // Records have no tags.
  if (!(deletes || archives) || tagged || !blobTypes.includes('blockBlob')) return false;
  return prefixes.length === 0 || prefixes.some((prefix) => recordsAt.startsWith(prefix) || prefix.startsWith(recordsAt));
}

function lifecycle({ name, deletes }: LifecycleRule, recordsAt: string, rules: AccountRules): Finding {
  return {
    code: 'lifecycleRule',
    level: 'risk',
    place: 'catalogue',
    text: `The lifecycle rule "${name}" ${deletes ? 'deletes' : 'archives'} block blobs, and the records of the catalogue (${recordsAt}) are some: recovery points would be forgotten.`,
    remedy:
      `Give that rule prefixes that do not reach ${recordsAt}: az storage account management-policy show ${accountOptions(rules)} > policy.json, change it, ` +
      `and az storage account management-policy create ${accountOptions(rules)} --policy @policy.json. Or put the catalogue into another account (--catalogue <url>).`,
  };
}

function noContainerSoftDelete(place: Place, rules: AccountRules): Finding {
  return {
    code: 'noContainerSoftDelete',
    level: 'risk',
    place,
    text: 'Soft delete of containers is off: whoever deletes the container deletes all that lies in it for good.',
    remedy: `az storage account blob-service-properties update ${accountOptions(rules)} --enable-container-delete-retention true --container-delete-retention-days 14`,
  };
}

function network(rules: AccountRules, place: Place): Finding {
  // Of a catalogue that lies apart the service copies nothing: this machine reads and writes its records.
  const hasPages = place !== 'catalogue';
  if (rules.network === 'closed') {
    const copying =
      ' The service of another account may not read from it; pages then pass through this machine, which needs such an endpoint.';
    return {
      code: 'firewall',
      level: 'note',
      place,
      text: `Only private endpoints lead into this account.${hasPages ? copying : ' This machine needs one.'}`,
      remedy: `Run backups from a machine in that network${hasPages ? ', with --transfer relay to save the try' : ''}; or open it: az storage account update ${accountItself(rules)} --public-network-access Enabled`,
    };
  }
  const copying = ' The service of one account may not read from the other; pages then pass through this machine, which must be let in.';
  return {
    code: 'firewall',
    level: 'note',
    place,
    text: `A firewall lets only some networks in.${hasPages ? copying : ' This machine must be let in.'}`,
    remedy: `az storage account network-rule add ${accountOptions(rules)} --ip-address <the address of this machine>${hasPages ? '; and name --transfer relay to save the try.' : ''}`,
  };
}

function copyScope(place: Place, scope: 'AAD' | 'PrivateLink'): Finding {
  const from = scope === 'AAD' ? 'accounts of the same Entra directory' : 'accounts with a private link to the same network';
  const what = place === 'source' ? 'A restore into it from elsewhere passes' : 'Pages of another disk pass';
  return {
    code: 'copyScope',
    level: 'note',
    place,
    text: `This account takes copies only from ${from} (allowedCopyScope ${scope}). ${what} through this machine instead.`,
    remedy:
      'Nothing, or name --transfer relay to save the try. Portal: storage account > Configuration > Permitted scope for copy operations > From any storage account.',
  };
}

function versioning(place: Place, rules: AccountRules): Finding {
  return {
    code: 'versioning',
    level: 'note',
    place,
    text: 'Versioning is on: each snapshot makes a version too, and each change of metadata may; versions are billed.',
    remedy: `az storage account blob-service-properties update ${accountOptions(rules)} --enable-versioning false, or use another account for page blobs.`,
  };
}

function keptVersions(
  { by, days, locked }: NonNullable<AccountRules['keepsVersions']>,
  { place, container }: RulesScene,
  rules: AccountRules,
): Finding {
  const what =
    place === 'source'
      ? 'Snapshots that a backup no longer needs cannot be deleted before, and are billed.'
      : 'Page blobs do not get on with that: writes may be refused or kept as versions of the whole blob, and recovery points cannot be pruned before.';
  const undo =
    by === 'account'
      ? `az storage account update ${accountItself(rules)} --immutability-state Disabled`
      : `az storage container immutability-policy delete ${accountOptions(rules)} --container-name ${shellWord(container)} --if-match '*'`;
  return {
    code: 'keptVersions',
    level: 'risk',
    place,
    text: `The ${by} keeps every version of a blob for ${days} days (version-level immutability). ${what}`,
    remedy: locked
      ? `The policy is locked, and nobody can take it back: use another ${by} for page blobs.`
      : `${undo}, or use another ${by} for page blobs.`,
  };
}
