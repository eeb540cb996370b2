// Starts the program named on the command line and ends it, with everything it started, when standard input closes. The one who started the
// keeper holds the other end: however he goes, killed too, nothing stays behind. The keeper leads a process group of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const GRACE = 3000;
const child = spawn(process.execPath, process.argv.slice(2), { stdio: ['ignore', 'inherit', 'inherit'] });
const ended = once(child, 'exit');

process.stdin.resume();
process.stdin.on('end', end);
process.on('SIGTERM', end);
ended.then(() => endGroup());

function end() {
  child.kill('SIGTERM');
  setTimeout(endGroup, GRACE);
}

function endGroup() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // No process groups on Windows: the child is all there is to end.
    child.kill('SIGKILL');
    process.exit(0);
  }
}
