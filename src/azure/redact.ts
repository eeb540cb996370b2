const GONE = '(redacted)';

/** What a secret looks like in a text, and what stays of it. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // SAS signatures: in URLs, in encoded URLs (x-ms-copy-source in a query), in XML (&amp;sig=)
  [/\b(sig=)(?!\(redacted\))[^&\s"'<>;,)\]}]+/gi, `$1${GONE}`],
  [/(\bsig|%26sig|%3Fsig|amp%3Bsig)(%3D)(?!\(redacted\))(?:(?!%26)[^&\s"'<>;,)\]}])+/gi, `$1$2${GONE}`],
  // connection strings
  [/\b((?:Account|Shared|Primary|Secondary)?Access?Key\s*=\s*)[^;\s"'<>]+/gi, `$1${GONE}`],
  [/\b(AccountKey\s*=\s*)[^;\s"'<>]+/gi, `$1${GONE}`],
  [/\b(SharedAccessSignature\s*=\s*)[^;\s"'<>]+/gi, `$1${GONE}`],
  // Authorization headers, and tokens wherever they are
  [/\b(authorization\W{1,4}Basic\s+)[\w+/=.~-]+/gi, `$1${GONE}`],
  [/\b(Bearer\s+)[\w.~+/=-]+/gi, `$1${GONE}`],
  [/\b(SharedKey(?:Lite)?\s+[^\s:]+:)[\w+/=]+/gi, `$1${GONE}`],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, GONE],
  [/\b((?:client_secret|client_assertion|password|refresh_token|access_token)=)[^&\s"'<>]+/gi, `$1${GONE}`],
  // name and password in a URL, as proxies have them
  [/\b([a-z][a-z\d+.-]{1,9}:\/\/)[^\s/@"'<>]+:[^\s/@"'<>]+@/gi, `$1${GONE}@`],
  // an account key by itself: 64 bytes in base64
  [/(?<![\w+/])[A-Za-z0-9+/]{86}==/g, GONE],
];

/** The one place that takes secrets out of a text: SAS signatures, account keys, connection strings, tokens. Everything else stays, and so does what it has made: a text may pass it twice. */
export function redact(text: string): string {
  return PATTERNS.reduce((safe, [pattern, rest]) => safe.replace(pattern, rest), text);
}
