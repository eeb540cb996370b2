// Lives in the same process as the extension that is measured. Connects to the bench (PBB_SAMPLER_PORT) and answers its questions, a line of JSON each:
// `run` runs a command of VS Code, `start` begins to measure, `stop` tells what was measured since, `isActive` whether an extension has started.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { commands, extensions } from 'vscode';

/** Milliseconds between two looks. A delay is told with these in it, so it is at most that much too long. */
const RESOLUTION = 1;
/** A folder for CPU profiles of the extension host, one for each measurement. */
const PROFILES = process.env.PBB_SAMPLER_PROFILES;

let measuring;

export function activate() {
  const socket = connect(Number(process.env.PBB_SAMPLER_PORT), '127.0.0.1');
  socket.on('error', () => undefined);
  createInterface({ input: socket }).on('line', async (line) => {
    const { ask, args } = JSON.parse(line);
    const told = await answers[ask](...args).then(
      (answer) => ({ answer }),
      (error) => ({ problem: String(error) }),
    );
    socket.write(`${JSON.stringify(told)}\n`);
  });
}

const answers = {
  async run(command, ...args) {
    await commands.executeCommand(command, ...args);
  },
  async isActive(extension) {
    return extensions.getExtension(extension)?.isActive ?? false;
  },
  async start() {
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    const gaps = [];
    let last = performance.now();
    const look = setInterval(() => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
    }, RESOLUTION);
    const profile = PROFILES === undefined ? undefined : await profiling();
    measuring = { delay, gaps, look, profile, began: performance.now(), cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
    delay.enable();
  },
  async stop() {
    const { delay, gaps, look, profile, began, cpu, loop } = measuring;
    delay.disable();
    clearInterval(look);
    const { user, system } = process.cpuUsage(cpu);
    const told = {
      seconds: (performance.now() - began) / 1000,
      cpu: (user + system) / 1e6,
      peakMemory: process.resourceUsage().maxRSS * 1024,
      delay: { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6 },
      wait: waitOf(gaps, 0.99),
      busy: performance.eventLoopUtilization(loop).utilization,
    };
    await profile?.();
    return told;
  },
};

/** Milliseconds that so much of what comes at any moment waits at most: of a gap's milliseconds the first waits for all of it, the last for none. */
function waitOf(gaps, share) {
  const all = gaps.reduce((sum, gap) => sum + gap, 0);
  let [low, high] = [0, Math.max(0, ...gaps)];
  while (high - low > 0.01) {
    const middle = (low + high) / 2;
    const longer = gaps.reduce((sum, gap) => sum + Math.max(0, gap - middle), 0);
    if (longer > all * (1 - share)) low = middle;
    else high = middle;
  }
  return high;
}

async function profiling() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    writeFileSync(join(PROFILES, `extension-host-${Date.now()}.cpuprofile`), JSON.stringify(profile));
  };
}
