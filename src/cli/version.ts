import { readFileSync } from 'node:fs';

/** package.json as seen from `dist/cli/program.cjs`, and from here. */
const PACKAGE = new URL('../../package.json', import.meta.url);

/** The version of this program. */
export function versionText(): string {
  try {
    return (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}
