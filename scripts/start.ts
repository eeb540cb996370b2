/**
 * VS Code in the browser with this extension in it, and a storage emulator with two accounts: a disk with a chain of recovery points, and one that was
 * never backed up. Runs until Ctrl-C; nothing outlives it. Options: --port N, --extension FOLDER (another extension than this one).
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { SETTINGS } from '../src/extension/names.ts';
import { startEmulator, type Emulator } from '../test/support/emulator/emulator.ts';
import { buildExtension } from '../test/support/extension/build.ts';
import { backUpByCli, makeSampleDisk } from '../test/support/sampleDisk.ts';
import { root } from '../test/support/workbench/folders.ts';
import { startWorkbench } from '../test/support/workbench/startWorkbench.ts';

const MiB = 1024 ** 2;
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, extension: { type: 'string', default: root } } });

// Asked for once, whenever it comes: what has been started by then is ended, in the end of this file.
const stop = new Promise<void>((asked) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked());
});
const stack = new AsyncDisposableStack();
try {
  const starting = start();
  // Asked to stop in the middle, it fails at what is gone already.
  void stop.then(() => starting.catch(() => undefined));
  await Promise.race([stop, starting]);
  await stop;
  say('\nStopping …');
} finally {
  await stack.disposeAsync();
}
process.exit(0);

async function start(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pbb-start-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulator();
  stack.defer(() => emulator.close());
  const connections = emulator.accounts.map(({ name }) => emulator.connectionString(name));

  let { extension } = values;
  if (extension === root) {
    say('Building the extension …');
    // In a folder of its own: a build in another terminal does not pull it away.
    const built = await buildExtension();
    stack.use(built);
    extension = built.folder;
  }
  say('Making a disk and backing it up twice …');
  await fill(emulator, folder);
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  const workbench = await startWorkbench({
    extension,
    folder: workspace,
    port: Number(values.port),
    // The extension knows these accounts from the start.
    settings: { [`pageBlobBackup.${SETTINGS.emulatorConnectionStrings}`]: connections },
    // So that "Azure CLI" works as the way to sign in.
    env: { AZURE_CONFIG_DIR: process.env.AZURE_CONFIG_DIR ?? join(homedir(), '.azure') },
  });
  stack.use(workbench);

  say(`\nVS Code with Page Blob Backup:  ${workbench.url}\n`);
  say('The two accounts of the storage emulator, in the settings already:');
  for (const connection of connections) say(`  ${connection}`);
  say('\nCtrl-C ends it all.');
}

/** The first account has two disks, the second one the backup of one of them. */
async function fill(emulator: Emulator, folder: string): Promise<void> {
  const [live, backup] = emulator.accounts.map(({ name }) => name);
  const place = { emulator, account: live!, container: 'vhds', folder };
  const web = await makeSampleDisk({ ...place, name: 'web.vhd', size: 256 * MiB, seed: 1 });
  await makeSampleDisk({ ...place, name: 'data.vhd', size: 64 * MiB, seed: 2 });
  const backups = BlobServiceClient.fromConnectionString(emulator.connectionString(backup!)).getContainerClient('backups');
  await backups.create();
  const target = backups.getPageBlobClient('web.vhd').url;
  await backUpByCli(emulator, web.blob.url, target);
  await web.work();
  await backUpByCli(emulator, web.blob.url, target);
  // Changes that are not in a backup yet.
  await web.work();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
