import { parseArgs } from 'node:util';

import { startEmulator } from './emulator.ts';

/** `node test/support/emulator/main.ts --port N`: runs until it is stopped; nothing outlives it. */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const emulator = await startEmulator({ port: Number(values.port) });
for (const { name } of emulator.accounts) console.log(emulator.connectionString(name));
