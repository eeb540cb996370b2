import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';

/** Stock Azurite, as npm has it, in a process of its own: the second opinion beside our emulator, and a server that ignores differences. */
export interface Azurite {
  connectionString(account: 'disks' | 'backups'): string;
  stop(): Promise<void>;
}

const KEY = Buffer.from('a key for tests, worth nothing').toString('base64');

export async function startAzurite(): Promise<Azurite> {
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const port = await freePort();
  const args = [
    '--blobHost',
    '127.0.0.1',
    '--blobPort',
    String(port),
    '--inMemoryPersistence',
    '--skipApiVersionCheck',
    '--disableTelemetry',
  ];
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, AZURITE_ACCOUNTS: `disks:${KEY};backups:${KEY}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => reject(new Error(`Azurite ended with status ${status}.`)));
    child.stdout.on('data', (text: Buffer) => {
      if (String(text).includes('successfully listen')) resolve();
    });
  });
  return {
    connectionString: (account) =>
      `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:${port}/${account};`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
