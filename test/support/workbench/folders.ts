import { join } from 'node:path';

/** The project's root. */
export const root = join(import.meta.dirname, '..', '..', '..');

/** What the tests install or write and git does not see. */
export const cacheFolder = join(root, '.cache');
