/** Who is signed in to VS Code with a Microsoft account. */
export interface MicrosoftAccount {
  readonly id: string;
  /** Usually a mail address. */
  readonly label: string;
}

export interface TokenWish {
  readonly account: MicrosoftAccount;
  /** One resource's scope, such as `https://storage.azure.com/.default`. */
  readonly scope: string;
  /** undefined: the account's own tenant. */
  readonly tenantId: string | undefined;
  /** What the service asks for on top (continuous access evaluation), as JSON. */
  readonly claims: string | undefined;
}

/** Sessions of VS Code's Microsoft account. Nothing here ever shows a dialog. */
export interface MicrosoftSessions {
  /** All accounts, whether or not this extension may use them. */
  accounts(): Promise<readonly MicrosoftAccount[]>;
  /** An access token, renewed by VS Code when it has to be; undefined where that would need a dialog. */
  token(wish: TokenWish): Promise<string | undefined>;
}
