import { l10n, window } from 'vscode';
import { RULES, type RetentionPolicy } from '../../../engine/retention/policy.ts';

/** `last 3, daily 7, weekly 5` as a policy; undefined where it is none. */
export function parseRetention(text: string): RetentionPolicy | undefined {
  const rules: Partial<Record<(typeof RULES)[number], number>> = {};
  for (const part of text.split(/[,;]/).map((each) => each.trim())) {
    const [, rule, count] = /^([a-z]+)[ :=]+(\d{1,6}|all)$/i.exec(part) ?? [];
    const known = RULES.find((each) => each === rule?.toLowerCase());
    if (known === undefined || rules[known] !== undefined) return undefined;
    rules[known] = count === 'all' ? Infinity : Number(count);
  }
  return Object.values(rules).some((count) => count > 0) ? { ...rules, timeZone: zoneHere() } : undefined;
}

/** What a prune keeps, asked where no policy file says it. */
export async function askRetention(name: string): Promise<RetentionPolicy | undefined> {
  const hint = l10n.t('For example: last 3, daily 7, weekly 5, monthly 12');
  const text = await window.showInputBox({
    title: l10n.t('Prune {0}', name),
    prompt: l10n.t('Which recovery points stay? A point stays when any rule keeps it. Rules: {0}.', RULES.join(', ')),
    placeHolder: hint,
    value: 'last 3, daily 7, weekly 5, monthly 12',
    validateInput: (value) => (parseRetention(value) ? undefined : hint),
  });
  return text === undefined ? undefined : parseRetention(text);
}

function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
