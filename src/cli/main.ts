import { fileSystem } from '../files/fileSystem.ts';
import { redactWrites } from './redactWrites.ts';
import { runCli } from './runCli.ts';
import { stopOnSignals } from './signals.ts';
import { systemWorld } from '../files/systemWorld.ts';

/** Whatever is left over may end the process no later than this. */
const GRACE_MS = 2000;

redactWrites(process.stderr);
const stop = stopOnSignals(process, Date.now, () => {
  process.stderr.write('\nStopping: what is under way is brought to an end. Press Ctrl-C again to leave at once.\n');
});
// A reader that goes away (`| head`) stops the command as Ctrl-C does; without stderr nobody needs to be told anything.
process.stdout.on('error', () => stop.abort('stdout was closed'));
process.stderr.on('error', () => undefined);

void main();

async function main(): Promise<void> {
  process.exitCode = await runCli(process.argv.slice(2), {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    world: systemWorld,
    files: fileSystem,
    signal: stop.signal,
  });
  setTimeout(() => process.exit(), GRACE_MS).unref();
}
