const GONE = '(redacted)';

type Pattern = readonly [RegExp, string];

/** What people copy and paste that is a secret, and what stays of it. */
const PASTED: readonly Pattern[] = [
  // SAS signatures: in URLs, in encoded URLs (x-ms-copy-source in a query), in XML (&amp;sig=)
  [/\b(sig=)(?!\(redacted\))[^&\s"'][^&\s"'<>;,)\]}]*/gi, `$1${GONE}`],
  [/(\bsig|%26sig|%3Fsig|amp%3Bsig)(%3D)(?!\(redacted\))(?:(?!%26)[^&\s"'<>;,)\]}])+/gi, `$1$2${GONE}`],
  // connection strings
  [/\b((?:Account|Shared|Primary|Secondary)?Access?Key\s*=\s*)[^;\s"'<>]+/gi, `$1${GONE}`],
  [/\b(AccountKey\s*=\s*)[^;\s"'][^;\s"'<>]*/gi, `$1${GONE}`],
  [/\b(SharedAccessSignature\s*=\s*)[^;\s"'][^;\s"'<>]*/gi, `$1${GONE}`],
  // name and password in a URL, as proxies have them; what stands in angle brackets is to be filled in
  [/(:\/\/)(?!<)[^\s/@"']+:[^\s/@"']+@/g, `$1${GONE}@`],
  // an account key by itself: 64 bytes in base64
  [/(?<![\w+/])[A-Za-z0-9+/]{86}==/g, GONE],
];

/** Authorization headers, and tokens wherever they are. */
const SENT: readonly Pattern[] = [
  [/\b(authorization\W{1,4}Basic\s+)[\w+/=.~-]+/gi, `$1${GONE}`],
  [/\b(Bearer\s+)[\w.~+/=-]+/gi, `$1${GONE}`],
  [/\b(SharedKey(?:Lite)?\s+[^\s:]+:)[\w+/=]+/gi, `$1${GONE}`],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, GONE],
  [/\b((?:client_secret|client_assertion|password|refresh_token|access_token)=)[^&\s"'<>]+/gi, `$1${GONE}`],
];

const ALL = [...PASTED, ...SENT];

/**
 * The one place that takes secrets out of a text: SAS signatures, account keys, connection strings, tokens. Everything else stays, and so does what it
 * has made: a text may pass it twice.
 */
export function redact(text: string): string {
  return ALL.reduce((safe, [pattern, rest]) => safe.replace(pattern, rest), text);
}

/** The same for what people paste alone, with nothing left that tells what it was. */
export function withoutPasted(text: string): string {
  return PASTED.reduce((rest, [pattern]) => rest.replace(pattern, '…'), text);
}

/** Is there a secret in it of the kinds that people copy and paste? */
export function holdsSecret(text: string): boolean {
  return withoutPasted(text) !== text;
}
