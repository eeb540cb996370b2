import type { AccountRules, LifecycleRule, Surroundings } from '../../surroundings.ts';
import type { Tools } from '../../tools.ts';
import { orUnseen, type Finding, type Findings, type Place, type Unseen } from './finding.ts';

const MINUTE = 60_000;
/** A request whose date is further off than this is refused (REST: Authorize with Shared Key). */
const REFUSED_SKEW = 15 * MINUTE;
const NOTABLE_SKEW = 2 * MINUTE;

export interface PlacesRequest {
  readonly source: Surroundings;
  readonly backup: Surroundings;
  /** Does the catalogue lie beside the backup blob? */
  readonly isBeside: boolean;
  /** `container/path/` of the records, without the account. */
  readonly recordsAt: string;
  /** What Azure Resource Manager told; undefined where it was not asked. */
  readonly rules: { readonly source: AccountRules | undefined; readonly backup: AccountRules | undefined };
}

/** What accounts and containers do with what lies in them. Reads only. */
export async function checkPlaces(request: PlacesRequest, tools: Tools): Promise<Findings> {
  const findings: Finding[] = [];
  const unseen: Unseen[] = [];
  const { source, backup, rules } = request;
  if (source.endpoint === backup.endpoint) findings.push(SAME_ACCOUNT);
  for (const [place, where] of [
    ['source', source],
    ['backup', backup],
  ] as const) {
    for (const look of [accountFindings, containerFindings, serviceFindings]) {
      const found = await look(place, where, request, tools);
      if (Array.isArray(found)) findings.push(...(found as readonly Finding[]));
      else unseen.push(found as Unseen);
    }
    const known = rules[place];
    if (known) findings.push(...ruleFindings(place, known, request));
    else
      unseen.push({
        what: 'lifecycle rules, versioning, firewall, allowed copy scope',
        place,
        reason: 'Only Azure Resource Manager knows them, and it was not asked.',
      });
  }
  return { findings, unseen };
}

type Look = (place: 'source' | 'backup', where: Surroundings, request: PlacesRequest, tools: Tools) => Promise<readonly Finding[] | Unseen>;

const accountFindings: Look = async (place, where, { isBeside }, { world, retrier, signal }) => {
  const sent = world.now();
  const look = () => retrier.repeat('account', () => where.accountFacts({ signal }), signal);
  const looked = await orUnseen('kind of account, clock', place, look);
  if ('unseen' in looked) return looked.unseen;
  const { isPremium, isHierarchical, serviceTime } = looked.seen;
  const findings: Finding[] = [];
  if (isHierarchical) findings.push({ ...HIERARCHICAL, place });
  if (isPremium) findings.push({ ...PREMIUM, place });
  if (isPremium && place === 'backup' && isBeside) findings.push(PREMIUM_CATALOGUE);
  const skew = serviceTime === undefined ? 0 : Math.abs(serviceTime - (sent + world.now()) / 2);
  if (place === 'backup' && skew > NOTABLE_SKEW) findings.push(skewed(skew));
  return findings;
};

const containerFindings: Look = async (place, where, { isBeside }, { retrier, signal }) => {
  const look = () => retrier.repeat('container', () => where.containerFacts({ signal }), signal);
  const looked = await orUnseen('immutability policy, legal hold, public access', place, look);
  if ('unseen' in looked) return looked.unseen;
  const { hasImmutabilityPolicy, hasLegalHold, isPublic } = looked.seen;
  const findings: Finding[] = [];
  if (isPublic) findings.push(publicAccess(place, where));
  if (place === 'source' || !(hasImmutabilityPolicy || hasLegalHold)) return findings;
  const what = hasLegalHold ? 'a legal hold' : 'an immutability policy';
  findings.push({
    code: hasLegalHold ? 'legalHold' : 'immutabilityPolicy',
    level: 'stops',
    place,
    text: `The container of the backup blob has ${what}, under which nobody can write to a page blob.`,
    remedy: `Put the backup blob into a container without one${isBeside ? '; only the catalogue may lie under such a policy (--catalogue <url>)' : ''}.`,
  });
  return findings;
};

const serviceFindings: Look = async (place, where, _request, { retrier, signal }) => {
  const look = () => retrier.repeat('service', () => where.serviceFacts({ signal }), signal);
  const looked = await orUnseen('soft delete', place, look);
  if ('unseen' in looked) return looked.unseen;
  const { softDeleteDays } = looked.seen;
  if (place === 'backup') return softDeleteDays > 0 ? [] : [noSoftDelete(where)];
  return softDeleteDays > 0 ? [{ ...KEPT_ANCHORS, text: KEPT_ANCHORS.text.replace('{days}', String(softDeleteDays)) }] : [];
};

function ruleFindings(place: 'source' | 'backup', rules: AccountRules, { backup, isBeside, recordsAt }: PlacesRequest): Finding[] {
  const findings: Finding[] = [];
  if (rules.versioning) findings.push({ ...VERSIONING, place });
  if (rules.network === 'restricted') findings.push({ ...FIREWALL, place });
  if (place === 'backup' && rules.copyScope) findings.push(copyScope(rules.copyScope));
  if (place === 'source' || !isBeside) return findings;
  for (const rule of rules.lifecycle.filter((one) => reaches(one, recordsAt))) findings.push(lifecycle(rule, recordsAt, backup));
  return findings;
}

/** Lifecycle rules name blobs by `container/prefix`. */
function reaches({ blobTypes, prefixes, deletes, archives }: LifecycleRule, recordsAt: string): boolean {
  if (!(deletes || archives) || !blobTypes.includes('blockBlob')) return false;
  return prefixes.length === 0 || prefixes.some((prefix) => recordsAt.startsWith(prefix) || prefix.startsWith(recordsAt));
}

function lifecycle({ name, deletes }: LifecycleRule, recordsAt: string, { account }: Surroundings): Finding {
  return {
    code: 'lifecycleRule',
    level: 'risk',
    place: 'catalogue',
    text: `The lifecycle rule "${name}" ${deletes ? 'deletes' : 'archives'} block blobs, and the records of the catalogue (${recordsAt}) are some: recovery points would be forgotten.`,
    remedy: `Give that rule prefixes that do not reach ${recordsAt} (portal: storage account${account ? ` ${account}` : ''} > Lifecycle management), or put the catalogue into another account (--catalogue <url>).`,
  };
}

function noSoftDelete({ account = '<account>' }: Surroundings): Finding {
  return {
    code: 'noSoftDelete',
    level: 'risk',
    place: 'backup',
    text: 'Soft delete is off in the backup account: a recovery point that is deleted, by mistake or by an attacker, is gone for good.',
    remedy: `az storage account blob-service-properties update --account-name ${account} --enable-delete-retention true --delete-retention-days 14`,
  };
}

function publicAccess(place: Place, { account = '<account>', container }: Surroundings): Finding {
  return {
    code: 'publicContainer',
    level: 'risk',
    place,
    text: `Anybody on the internet can read the container "${container}", and with it the whole disk.`,
    remedy: `az storage container set-permission --account-name ${account} --name '${container}' --public-access off --auth-mode key`,
  };
}

function skewed(skew: number): Finding {
  return {
    code: 'clockSkew',
    level: skew > REFUSED_SKEW ? 'stops' : 'risk',
    place: 'machine',
    text: `The clock of this machine is ${Math.round(skew / MINUTE)} minutes off the service's. From 15 minutes on requests are refused.`,
    remedy: 'Set the clock, or let it be set from the network (NTP).',
  };
}

function copyScope(scope: 'AAD' | 'PrivateLink'): Finding {
  const from = scope === 'AAD' ? 'accounts of the same Entra directory' : 'accounts with a private link to the same network';
  return {
    code: 'copyScope',
    level: 'note',
    place: 'backup',
    text: `The backup account takes copies only from ${from} (allowedCopyScope ${scope}). Pages of another disk pass through this machine instead.`,
    remedy: 'Nothing, or name --transfer relay to save the try; az storage account update --allowed-copy-scope takes the limit away.',
  };
}

const SAME_ACCOUNT: Finding = {
  code: 'sameAccount',
  level: 'risk',
  place: 'backup',
  text: 'The backup lies in the same storage account as the disk: whoever or whatever destroys the one destroys the other.',
  remedy: 'Begin the chain anew with a backup blob in another account, best in another region and under other keys.',
};
const HIERARCHICAL: Omit<Finding, 'place'> = {
  code: 'hierarchical',
  level: 'stops',
  text: 'The account has a hierarchical namespace, which knows no page blobs.',
  remedy: 'Use a storage account without hierarchical namespace.',
};
const PREMIUM: Omit<Finding, 'place'> = {
  code: 'premium',
  level: 'note',
  text: 'A premium page blob takes one snapshot in ten minutes, and 100 in all.',
  remedy: 'Back up less often than every ten minutes, and delete old recovery points (prune) in time.',
};
const PREMIUM_CATALOGUE: Finding = {
  code: 'premiumCatalogue',
  level: 'stops',
  place: 'catalogue',
  text: 'Accounts for premium page blobs take no block blobs, so the catalogue cannot lie beside the backup blob.',
  remedy: 'Name a place in a standard account with --catalogue <url>, in every command on this chain.',
};
const KEPT_ANCHORS: Finding = {
  code: 'sourceSoftDelete',
  level: 'note',
  place: 'source',
  text: 'Soft delete is on in the account of the disk: the snapshot that a backup deletes there is billed for {days} more days.',
  remedy: undefined,
};
const VERSIONING: Omit<Finding, 'place'> = {
  code: 'versioning',
  level: 'note',
  text: 'Versioning is on: each snapshot makes a version too, and each change of metadata may; versions are billed.',
  remedy: 'Turn versioning off for this account, or use another one for page blobs.',
};
const FIREWALL: Omit<Finding, 'place'> = {
  code: 'firewall',
  level: 'note',
  text: 'A firewall lets only some networks in. The service of one account may not read from the other; pages then pass through this machine, which must be let in.',
  remedy: 'Let this machine’s network in (portal: storage account > Networking), and name --transfer relay to save the try.',
};
