/** Where facts without secrets are kept between windows: `context.globalState`. */
export interface Memory {
  get<T>(key: string): T | undefined; // oxlint-disable-line typescript/no-unnecessary-type-parameters -- as vscode.Memento has it
  update(key: string, value: unknown): Thenable<void>;
}

/** Where secrets are kept: `context.secrets`, and nowhere else. */
export interface Secrets {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
  delete(key: string): Thenable<void>;
}

/** Keys in `Memory`. */
export const KEPT = {
  attached: 'pageBlobBackup.attachedAccounts',
  found: 'pageBlobBackup.foundAccounts',
  pinned: 'pageBlobBackup.pinnedAccounts',
  subscriptions: 'pageBlobBackup.selectedSubscriptions',
} as const;

/** Key in `Secrets` of an account's secret. */
export function secretKey(accountId: string): string {
  return `pageBlobBackup.account:${accountId}`;
}
