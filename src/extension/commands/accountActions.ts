import type { Accounts } from '../accounts/accounts.ts';

/** What commands do with accounts. */
export type AccountActions = Pick<Accounts, 'attachAccount' | 'attachEmulator' | 'detach' | 'signIn' | 'selectSubscriptions' | 'pin'>;
