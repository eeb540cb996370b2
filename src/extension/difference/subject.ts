/** A blob, or one of its snapshots. `blob` is its URL without query; the snapshot's id is opaque. */
export interface ImageRef {
  readonly blob: string;
  readonly snapshot: string | undefined;
}

/** Two images of a disk. Without `before` the other is set beside an empty disk: all that it holds counts as written. */
export interface Pair {
  readonly before: ImageRef | undefined;
  readonly after: ImageRef;
}

/** What a difference page is about: two images, or how much each recovery point of the chain on a backup blob changed. */
export type Subject = { readonly kind: 'pair'; readonly pair: Pair } | { readonly kind: 'churn'; readonly backup: string };

const EMPTY = 'empty';

/** The subject as the query of an address that can be kept, pinned and passed on. It holds no SAS nor anything else that is secret. */
export function queryOf(subject: Subject): string {
  const fields: Record<string, string> =
    subject.kind === 'churn'
      ? { churn: bareUrl({ blob: subject.backup, snapshot: undefined }) }
      : { before: subject.pair.before ? bareUrl(subject.pair.before) : EMPTY, after: bareUrl(subject.pair.after) };
  return new URLSearchParams(fields).toString();
}

/** The subject that a query names, whoever wrote it. Undefined where it names none; whatever else is in it is dropped. */
export function subjectIn(query: string): Subject | undefined {
  const fields = new URLSearchParams(query);
  const churn = fields.get('churn');
  if (churn !== null) {
    const backup = imageIn(churn)?.blob;
    return backup === undefined ? undefined : { kind: 'churn', backup };
  }
  const [before, after] = [fields.get('before') ?? '', imageIn(fields.get('after') ?? '')];
  const earlier = before === EMPTY ? EMPTY : imageIn(before);
  if (!earlier || !after) return undefined;
  return { kind: 'pair', pair: { before: earlier === EMPTY ? undefined : earlier, after } };
}

/** `https://…/blob?snapshot=…` */
export function urlOf({ blob, snapshot }: ImageRef): string {
  return snapshot === undefined ? blob : `${blob}?snapshot=${snapshot}`;
}

/** The image that a URL names, without user, SAS and fragment. Undefined for what is not the URL of a blob. */
export function imageIn(url: string): ImageRef | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname, search } = new URL(url);
  if (!/^https?:$/.test(protocol) || pathname.split('/').filter(Boolean).length < 2) return undefined;
  const written = /[?&]snapshot=(?<id>[^&]*)/.exec(search)?.groups?.['id'];
  const snapshot = written === undefined ? undefined : decoded(written);
  // Put into an address again, anything else could bring fields of its own.
  if (snapshot !== undefined && !/^[\w:.+-]+$/.test(snapshot)) return undefined;
  return { blob: `${protocol}//${host}${pathname}`, snapshot };
}

/** Whatever a blob's URL was given with. */
function bareUrl({ blob, snapshot }: ImageRef): string {
  return urlOf({ blob: imageIn(blob)?.blob ?? '', snapshot });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
