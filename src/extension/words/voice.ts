/** `vscode.l10n.t`: placeholders are `{0}`, `{1}`. Texts are written where it is called, so that they can be collected for translation. */
export type Localise = (message: string, ...args: (string | number | boolean)[]) => string;

/** What turning facts into words needs besides the facts. Handed in, so that words are tested without VS Code and without a clock. */
export interface Voice {
  readonly t: Localise;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
  /** BCP 47, as `vscode.env.language`. */
  readonly locale: string;
  /** IANA name; undefined for the machine's own. */
  readonly timeZone?: string | undefined;
}

/** What a row of a tree says. */
export interface RowWords {
  readonly label: string;
  /** The one fact, in grey behind the label. */
  readonly description: string;
  readonly icon: RowIcon;
  /** The row as a full sentence, for a screen reader. */
  readonly speech: string;
}

/** A codicon; its shape tells the state, its colour only repeats it. */
export interface RowIcon {
  readonly id: string;
  /** Id of a theme colour. */
  readonly color?: string;
}
