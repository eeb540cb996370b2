import * as vscode from 'vscode';
import { STORAGE_SCOPE } from '../../azure/tokens.ts';
import type { Cloud } from './cloud.ts';
import type { UserProblem } from './discovery.ts';
import type { MicrosoftAccount } from './sessions.ts';
import type { VsCodeSessions } from './vscodeSessions.ts';

const { t } = vscode.l10n;

interface Target {
  readonly account: MicrosoftAccount | undefined;
  readonly tenantId: string | undefined;
}

/**
 * Signs in with VS Code's Microsoft account: first what a service has asked for, then a directory that needs a sign-in of its own, then anybody.
 * @param tenants directories that need one
 * @returns whether somebody is signed in now
 */
export async function signIn(sessions: VsCodeSessions, { arm }: Cloud, tenants: readonly UserProblem[]): Promise<boolean> {
  const { unmet } = sessions;
  if (unmet) return (await sessions.signIn(unmet)) !== undefined;
  const target = await targetOf(await sessions.accounts(), tenants);
  if (!target) return false;
  const { tenantId } = target;
  const account = await sessions.signIn({ account: target.account, scope: arm.scope, tenantId, claims: undefined });
  if (!account) return false;
  // The data needs a token of its own; nearly always it comes without another dialog.
  const wish = { account, scope: STORAGE_SCOPE, tenantId, claims: undefined };
  if ((await sessions.token(wish)) === undefined) await sessions.signIn(wish);
  return true;
}

async function targetOf(accounts: readonly MicrosoftAccount[], tenants: readonly UserProblem[]): Promise<Target | undefined> {
  const anybody: Target = { account: undefined, tenantId: undefined };
  if (tenants.length === 0) return anybody;
  const items = [
    ...tenants.map(({ label, tenantId, user }) => {
      const account = accounts.find(({ id }) => id === user);
      return { label: `$(organization) ${label}`, description: account?.label ?? '', target: { account, tenantId } };
    }),
    { label: `$(account) ${t('Another account…')}`, description: '', target: anybody },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Sign In'),
    placeHolder: t('These directories ask for a sign-in of their own'),
  });
  return picked?.target;
}
