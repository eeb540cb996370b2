/** Looks for secrets in everything that a program lets out, in any of the forms that they come in. */
export class SecretHunt {
  /** Form → what it is of. */
  readonly #forms = new Map<string, string>();
  /** `what in where`, each once. */
  readonly found = new Set<string>();
  /** Characters that were looked through. */
  searched = 0;

  /** From here on nobody may say this. */
  hide(what: string, secret: string): void {
    const encoded = encodeURIComponent(secret);
    for (const form of [secret, encoded, encodeURIComponent(encoded), encoded.replaceAll(/%[A-F\d]{2}/g, (code) => code.toLowerCase())])
      if (form.length >= 12) this.#forms.set(form, what);
    // The middle of it, so that a cut or quoted one is found too.
    this.#forms.set(secret.slice(4, Math.max(16, secret.length - 6)), what);
  }

  /** The signature of a SAS, wherever it stands in a URL. */
  hideSas(what: string, query: string): void {
    for (const [, signature] of query.matchAll(/\bsig=([^&]+)/g)) this.hide(what, decodeURIComponent(signature!));
  }

  get hidden(): number {
    return new Set(this.#forms.values()).size;
  }

  search(where: string, text: string): void {
    this.searched += text.length;
    for (const [form, what] of this.#forms) if (text.includes(form)) this.found.add(`${what} in ${where}`);
  }
}
