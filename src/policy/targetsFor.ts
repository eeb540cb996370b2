import { globMatcher } from './glob.ts';
import { namesIn } from './naming.ts';
import type { ChainRule, Policy, Target } from './policy.ts';

/**
 * Where the policy says that a backup blob belongs, told from its URL alone: no account is listed for it.
 * @param backup URL without query
 * @returns targets that could have made it; more than one where their names overlap
 */
export function targetsFor({ rules }: Policy, backup: string): Target[] {
  return rules.flatMap((rule) => rule.to.filter((target) => fits(rule, target, backup)));
}

function fits(rule: ChainRule, target: Target, backup: string): boolean {
  const path = pathIn(target.account, backup);
  const names = path === undefined ? undefined : namesIn(target.blob, path, rule.account);
  if (!names) return false;
  // A template without them says nothing of which disk it was.
  if (names.container === undefined || names.blob === undefined) return true;
  const disk = `${names.container}/${names.blob}`;
  return rule.blobs.some((glob) => globMatcher(glob)(disk)) && !rule.except.some((glob) => globMatcher(glob)(disk));
}

/** `container/blob` of a blob in the account, decoded; undefined for one that lies elsewhere. */
function pathIn(account: string, url: string): string | undefined {
  if (!URL.canParse(url) || !URL.canParse(account)) return undefined;
  const [home, blob] = [new URL(account), new URL(url)];
  const prefix = `${home.pathname.replace(/\/+$/, '')}/`;
  if (home.origin !== blob.origin || !blob.pathname.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(blob.pathname.slice(prefix.length));
  } catch {
    return undefined;
  }
}
