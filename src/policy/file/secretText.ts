/** A SAS, a connection string, a key by itself (64 bytes in base64), name and password in a URL. */
const SECRETS = [
  /\bsig=[^&\s"']+/gi,
  /\b(?:AccountKey|SharedAccessSignature)\s*=\s*[^;\s"']+/gi,
  /(?<![\w+/])[a-z\d+/]{86}==/gi,
  /(?<=:\/\/)[^\s/@"']+:[^\s/@"']+(?=@)/g,
] as const;

/** The text without what looks like a secret. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((rest, pattern) => rest.replace(pattern, '…'), text);
}

/** Is there something in it that looks like a secret? */
export function looksSecret(text: string): boolean {
  return withoutSecrets(text) !== text;
}
