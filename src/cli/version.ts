import { readFileSync } from 'node:fs';

/** package.json as seen from `dist/cli.js` and from `src/cli/version.ts`. */
const PLACES = ['../package.json', '../../package.json'];

/** The version of this program. */
export function versionText(): string {
  for (const place of PLACES) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { name?: unknown; version?: unknown };
      if (name === 'page-blob-backup' && typeof version === 'string') return version;
    } catch {
      // Looked for in the next place.
    }
  }
  return 'unknown';
}
