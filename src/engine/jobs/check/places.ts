import { shellWord } from '../../shellWord.ts';
import type { AccountRules, Surroundings, ToldRules } from '../../surroundings.ts';
import type { Tools } from '../../tools.ts';
import { orUnseen, type Finding, type Findings, type Place, type Unseen } from './finding.ts';
import { accountOptions, ruleFindings, unseenRules } from './rules.ts';

const MINUTE = 60_000;
/** A request whose date is further off than this is refused (REST: Authorize with Shared Key). */
const REFUSED_SKEW = 15 * MINUTE;
const NOTABLE_SKEW = 2 * MINUTE;
const DAY = 24 * 60 * MINUTE;
/** Who schedules backups has to hear of the end of a SAS in time. */
const SOON = 7 * DAY;

export interface PlacesRequest {
  readonly source: Surroundings;
  readonly backup: Surroundings;
  /** Does the catalogue lie beside the backup blob? */
  readonly isBeside: boolean;
  /** `container/path/` of the records, without the account. */
  readonly recordsAt: string;
  readonly rules: ChainRules;
}

/** What Azure Resource Manager told; undefined where it was not asked. */
export interface ChainRules {
  readonly source?: ToldRules | undefined;
  readonly backup?: ToldRules | undefined;
  /** Of the account in which the catalogue lies, where that is not beside the backup blob. */
  readonly catalogue?: ToldRules | undefined;
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
  }
  const { isBeside, recordsAt } = request;
  for (const place of ['source', 'backup', ...(isBeside ? [] : (['catalogue'] as const))] as const) {
    const told = rules[place] ?? { untold: 'Only Azure Resource Manager knows them, and it was not asked.' };
    if ('untold' in told) {
      unseen.push({
        what: 'lifecycle rules, versioning, version-level immutability, firewall, allowed copy scope',
        place,
        reason: told.untold,
      });
      continue;
    }
    const holdsRecords = place === 'catalogue' || (place === 'backup' && isBeside);
    const container = place === 'source' ? source.container : backup.container;
    findings.push(...ruleFindings(told, { place, container, recordsAt: holdsRecords ? recordsAt : undefined }));
    unseen.push(...unseenRules(told, place));
  }
  return { findings, unseen };
}

/** What Azure Resource Manager told of this account; undefined where it told nothing. */
function known({ rules }: PlacesRequest, place: 'source' | 'backup'): AccountRules | undefined {
  const told = rules[place];
  return told && !('untold' in told) ? told : undefined;
}

type Look = (place: 'source' | 'backup', where: Surroundings, request: PlacesRequest, tools: Tools) => Promise<readonly Finding[] | Unseen>;

const accountFindings: Look = async (place, where, { isBeside }, { world, retrier, signal }) => {
  const sent = world.now();
  const look = () => retrier.repeat('account', () => where.accountFacts({ signal }), signal);
  const looked = await orUnseen('kind of account, clock', place, look);
  if ('unseen' in looked) return looked.unseen;
  const { isPremium, isHierarchical, kind, signInEnds, serviceTime } = looked.seen;
  const findings: Finding[] = [];
  if (kind !== undefined && WITHOUT_PAGE_BLOBS.includes(kind)) findings.push(withoutPageBlobs(place, kind));
  if (isHierarchical) findings.push({ ...HIERARCHICAL, place });
  if (isPremium) findings.push({ ...PREMIUM, place });
  if (isPremium && place === 'backup' && isBeside) findings.push(PREMIUM_CATALOGUE);
  if (signInEnds !== undefined && signInEnds - world.now() < SOON) findings.push(sasEnds(place, signInEnds));
  const skew = serviceTime === undefined ? 0 : Math.abs(serviceTime - (sent + world.now()) / 2);
  if (place === 'backup' && skew > NOTABLE_SKEW) findings.push(skewed(skew));
  return findings;
};

const containerFindings: Look = async (place, where, request, { retrier, signal }) => {
  const look = () => retrier.repeat('container', () => where.containerFacts({ signal }), signal);
  const looked = await orUnseen('immutability policy, legal hold, public access', place, look);
  if ('unseen' in looked) return looked.unseen;
  const { hasImmutabilityPolicy, hasLegalHold, isPublic } = looked.seen;
  const findings: Finding[] = [];
  const rules = known(request, place);
  if (isPublic) findings.push(publicAccess(place, where));
  if (place === 'source' || !(hasImmutabilityPolicy || hasLegalHold)) return findings;
  const what = hasLegalHold ? 'a legal hold' : 'an immutability policy';
  findings.push({
    code: hasLegalHold ? 'legalHold' : 'immutabilityPolicy',
    level: 'stops',
    place,
    text: `The container of the backup blob has ${what}, under which nobody can write to a page blob.`,
    remedy: `${hasLegalHold && rules?.legalHolds.length ? `${clearHolds(where, rules)}. Or put` : 'Put'} the backup blob into a container without one${request.isBeside ? '; only the catalogue may lie under such a policy (--catalogue <url>)' : ''}.`,
  });
  return findings;
};

const serviceFindings: Look = async (place, where, request, { retrier, signal }) => {
  const look = () => retrier.repeat('service', () => where.serviceFacts({ signal }), signal);
  const looked = await orUnseen('soft delete', place, look);
  const rules = known(request, place);
  // A SAS of a container does not show it, Azure Resource Manager does.
  const told = rules && !rules.unseen.includes('service') ? rules : undefined;
  if ('unseen' in looked && !told) return looked.unseen;
  const { softDeleteDays } = 'unseen' in looked ? told! : looked.seen;
  if (place === 'backup') return softDeleteDays > 0 ? [] : [noSoftDelete(where, rules)];
  return softDeleteDays > 0 ? [{ ...KEPT_ANCHORS, text: KEPT_ANCHORS.text.replace('{days}', String(softDeleteDays)) }] : [];
};

function noSoftDelete({ account = '<account>' }: Surroundings, rules: AccountRules | undefined): Finding {
  return {
    code: 'noSoftDelete',
    level: 'risk',
    place: 'backup',
    text: 'Soft delete is off in the backup account: a recovery point that is deleted, by mistake or by an attacker, is gone for good.',
    remedy: `az storage account blob-service-properties update ${rules ? accountOptions(rules) : `--account-name ${account}`} --enable-delete-retention true --delete-retention-days 14`,
  };
}

function publicAccess(place: Place, { account = '<account>', container }: Surroundings): Finding {
  return {
    code: 'publicContainer',
    level: 'risk',
    place,
    text: `Anybody on the internet can read the container "${container}", and with it the whole disk.`,
    remedy: `az storage container set-permission --account-name ${account} --name ${shellWord(container)} --public-access off --auth-mode key`,
  };
}

function clearHolds({ container }: Surroundings, rules: AccountRules): string {
  return `az storage container legal-hold clear ${accountOptions(rules)} --container-name ${shellWord(container)} --tags ${rules.legalHolds.map(shellWord).join(' ')}`;
}

/** Kinds of account whose blobs are never page blobs. Source: Azure Storage, types of storage accounts. */
const WITHOUT_PAGE_BLOBS: readonly string[] = ['BlockBlobStorage', 'BlobStorage', 'FileStorage'];

function withoutPageBlobs(place: Place, kind: string): Finding {
  return {
    code: 'kindOfAccount',
    level: 'stops',
    place,
    text: `The account is of the kind ${kind}, which holds no page blobs.`,
    remedy: 'Use another account: az storage account create --kind StorageV2 --sku Standard_LRS --name <account> --resource-group <group>',
  };
}

function sasEnds(place: Place, ends: number): Finding {
  return {
    code: 'sasEnds',
    level: 'risk',
    place,
    text: `The SAS ends on ${new Date(ends).toISOString()}: from then on nothing works with it, and what is under way stops.`,
    remedy:
      'Take a SAS that lives longer, best by a stored access policy that can be prolonged; or sign in with Microsoft Entra ID, which renews itself.',
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
