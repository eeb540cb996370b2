import { createRequire, enableCompileCache } from 'node:module';
import { cacheFolder, isOurs } from './cacheFolder.ts';

// The bundle's way in. Compiling the program takes longer than a small run of it, so Node keeps what it has compiled.
const folder = cacheFolder(process.env, process.platform);
if (folder !== undefined && isOurs(folder)) enableCompileCache(folder);
createRequire(import.meta.url)('./cli/program.cjs');
