import { redact } from '../../engine/redact.ts';
import type { Localise } from './voice.ts';

/** What is wrong with the name of a blob; undefined for a good one. REST: Naming and Referencing Blobs. */
export function blobNameProblem(name: string, t: Localise): string | undefined {
  if (name === '') return t('Type a name.');
  if (redact(name) !== name) return t('This looks like a key or a SAS. Only a name goes here.');
  if (name.length > 1000) return t('At most 1,000 characters.');
  if (/[\\\p{Cc}]/u.test(name)) return t('No backslashes and no control characters.');
  return /^\/|\/$|[./]$|\/\/|\.\//.test(name)
    ? t('A name does not begin or end with a slash or end with a dot, and has something between slashes.')
    : undefined;
}

/** REST: Naming and Referencing Containers. */
export function containerNameProblem(name: string, t: Localise): string | undefined {
  if (name === '') return t('Type a name.');
  if (/^\$(?:root|web)$/.test(name)) return undefined;
  if (!/^[a-z0-9-]*$/.test(name)) return t('Only lower-case letters, digits and hyphens.');
  if (name.length < 3 || name.length > 63) return t('3 to 63 characters.');
  return /^-|-$|--/.test(name) ? t('Hyphens stand alone, between letters or digits.') : undefined;
}
