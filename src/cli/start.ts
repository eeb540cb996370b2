import { createRequire, enableCompileCache } from 'node:module';
import { cacheFolder } from './cacheFolder.ts';

// The bundle's way in. Compiling the program takes longer than a small run of it, so Node keeps what it has compiled.
enableCompileCache(cacheFolder(process.env, process.platform));
createRequire(import.meta.url)('./cli/program.cjs');
