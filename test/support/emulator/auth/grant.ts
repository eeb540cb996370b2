/** What the caller may do, once let in. */
export interface Grant {
  readonly kind: 'key' | 'bearer' | 'sas' | 'public';
  /** The letters of a SAS; undefined where everything is allowed. */
  readonly letters: string | undefined;
}

export function allows(grant: Grant, letter: string): boolean {
  return grant.letters === undefined || grant.letters.includes(letter);
}
